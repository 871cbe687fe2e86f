package import Core

/// Why packages and a recipe don't make a file system.
package enum AssemblyError: DiagnosticConvertible, Equatable {
    /// Two packages have different files of one name and neither replaces the other.
    case conflict(path: String, first: String, second: String)
    /// A package is there already, at this level or below.
    case duplicatePackage(String)
    case wrongArchitecture(package: String, architecture: String, wanted: String)
    /// A maintainer script moves other packages' files aside, which only running it can do.
    case diversion(package: String, script: String, line: String)
    /// A move whose source no package of the level has.
    case moveOfNothing(String)
    /// A recipe's file or link where a directory is, or a directory where something else is.
    case inTheWay(path: String, what: String)
    case accountTwice(kind: String, name: String)
    case identifierTwice(kind: String, identifier: UInt32, first: String, second: String)
    /// A name or field that would break the format of /etc/passwd and /etc/group.
    case accountField(kind: String, name: String, field: String)
    /// /etc/passwd or /etc/group comes from somewhere else.
    case foreignAccounts(path: String)
    /// Certificates for a configured level that nothing would add to the bundle.
    case noCertificateTool
    /// A certificate file that is not what it should be.
    case certificate(file: String, problem: CertificateProblem)
    /// A kind of file in an archive that a base does not take.
    case archiveKind(path: String, archive: String)
    case emptyArchive(archive: String, strip: Int)

    package var diagnostic: Diagnostic {
        let (code, message, hint) = text
        return Diagnostic(code: "base.\(code)", message, hint: hint)
    }

    private var text: (code: String, message: String, hint: String) {
        switch self {
        case .conflict(let path, let first, let second):
            (
                "conflict", "\(first) and \(second) both have /\(path), and the files differ",
                "leave one of them out, or slice the file away: slices: [{paths: [\"/\(path)\"]}]"
            )
        case .duplicatePackage(let name):
            ("duplicate-package", "package '\(name)' is in the base already", "name it at one level only")
        case .wrongArchitecture(let package, let architecture, let wanted):
            (
                "architecture", "package '\(package)' is for \(architecture), and the base is for \(wanted)",
                "take the package of the base's architecture"
            )
        case .diversion(let package, let script, let line):
            (
                "diversion", "the \(script) of package '\(package)' diverts files of other packages: \(line)",
                "say `configure: true`, so that maintainer scripts run, or do without the package"
            )
        case .moveOfNothing(let path):
            (
                "move", "no package of this level has \(path), which is to be moved",
                "correct `moves`, or add the package that has it"
            )
        case .inTheWay(let path, let what):
            ("in-the-way", "\(what) /\(path) is wanted where something of another kind is", "choose another path")
        case .accountTwice(let kind, let name):
            ("account", "\(kind) '\(name)' is given twice", "a level below may have it; name it once")
        case .identifierTwice(let kind, let identifier, let first, let second):
            (
                "account", "\(kind)s '\(first)' and '\(second)' have one number, \(identifier)",
                "give each a number of its own"
            )
        case .accountField(let kind, let name, let field):
            (
                "account", "the \(field) of \(kind) '\(name)' cannot stand in the account files",
                "leave out ':' and line breaks, and start names with a letter or '_'"
            )
        case .foreignAccounts(let path):
            (
                "account", "/\(path) comes from a file or a package, so accounts cannot be added to it",
                "give all accounts in `accounts`"
            )
        case .noCertificateTool:
            (
                "certificate", "there is no update-ca-certificates to add the recipe's certificates",
                "add the package ca-certificates"
            )
        case .certificate(let file, let problem):
            ("certificate", "'\(file)' \(problem.text)", problem.hint)
        case .archiveKind(let path, let archive):
            (
                "archive", "the archive '\(archive)' has '\(path)', which is neither a file, a directory nor a link",
                "make the archive without devices and pipes"
            )
        case .emptyArchive(let archive, let strip):
            (
                "archive", "nothing is left of the archive '\(archive)' when \(strip) components of its paths go",
                "lower `strip`"
            )
        }
    }
}

/// What is wrong with a PEM file.
package enum CertificateProblem: Error, Equatable, Sendable {
    case empty
    case junk(line: Int)
    case unfinished(line: Int)
    case notACertificate(label: String)
    case encoding(line: Int)

    var text: String {
        switch self {
        case .empty: "has no certificate"
        case .junk(let line): "has text outside of certificates in line \(line)"
        case .unfinished(let line): "has a certificate without an end, from line \(line)"
        case .notACertificate(let label): "holds '\(label)', not only certificates"
        case .encoding(let line): "has a damaged certificate from line \(line)"
        }
    }

    var hint: String {
        switch self {
        case .notACertificate(let label) where label.hasSuffix("PRIVATE KEY"):
            "never put a private key into an image; give the certificate alone"
        default: "give a PEM file: BEGIN CERTIFICATE, base64, END CERTIFICATE; lines with # are comments"
        }
    }
}
