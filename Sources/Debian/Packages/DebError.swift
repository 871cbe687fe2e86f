package import Core

/// Why a file is not a package that can be used.
package enum DebError: DiagnosticConvertible, Equatable {
    /// The first member is not `debian-binary`.
    case notAPackage
    /// A format other than 2.x.
    case format(String)
    /// A member that may not be there, or not at this place.
    case unexpectedMember(String, wanted: String)
    case missingMember(String)
    /// A member whose name says a compression that packages don't have.
    case compression(String)
    /// A file of the control archive that is missing.
    case missingControlFile(String)
    /// A name in an archive that packages never have: absolute, with `..`, or a directory inside the control archive.
    case badName(String, archive: String)
    /// A kind of file that packages never have.
    case badKind(String)
    case missingField(String)
    case field(String, value: String)
    /// A line of a file in the control archive that is not as it should be.
    case controlLine(String, file: String)

    package var diagnostic: Diagnostic {
        Diagnostic(code: "debian.package", text, hint: hint)
    }

    private var text: String {
        switch self {
        case .notAPackage: "the file is not a Debian package: its first member is not 'debian-binary'"
        case .format(let version): "the package has format '\(version)', and 2.x is known"
        case .unexpectedMember(let name, let wanted): "the package has '\(name)' where \(wanted) should be"
        case .missingMember(let name): "the package ends before its \(name)"
        case .compression(let name): "the package's member '\(name)' is compressed in an unknown way"
        case .missingControlFile(let name): "the package has no control file '\(name)'"
        case .badName(let name, let archive): "the package's \(archive) has the name '\(name)'"
        case .badKind(let name): "the package's '\(name)' is neither a file, a directory nor a link"
        case .missingField(let name): "the package's control file has no field '\(name)'"
        case .field(let name, let value): "the package's control file has '\(name): \(value)'"
        case .controlLine(let line, let file): "the package's file '\(file)' has the line '\(line)'"
        }
    }

    private var hint: String {
        switch self {
        case .badName, .badKind: "do not trust this package: no honest tool makes such a one"
        case .compression: "packages are compressed with gzip, xz, zstd or bzip2, or not at all"
        default: "fetch the package again; if it stays so, it was not made by dpkg"
        }
    }
}
