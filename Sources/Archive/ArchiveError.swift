package import Core

/// What is wrong with a compressed stream or an archive.
package enum ArchiveError: DiagnosticConvertible, Equatable {
    /// The stream ends before its format says it may. The text names the stream: `gzip`, `tar`, a file.
    case truncated(String)
    /// The bytes are not what the format prescribes.
    case corrupt(Compression)
    /// Something other than zeros follows the compressed data.
    case trailingGarbage(Compression)
    /// Decompressing would need more memory than is allowed.
    case tooMuchMemory(Compression)
    /// More bytes came than the reader is ready to take.
    case tooLong(String, limit: Int64)
    /// A tar header is wrong; the offset is that of its block in the uncompressed stream.
    case tar(TarProblem, offset: Int64)
    /// An ar header is wrong; the offset is where it starts.
    case ar(ArProblem, offset: Int64)
    /// A value that no tar header can hold.
    case unwritable(name: String, field: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .truncated(let what):
            Diagnostic(
                code: "archive.truncated", "the \(what) data ends too early", hint: "fetch or make the file again")
        case .corrupt(let format):
            Diagnostic(
                code: "archive.corrupt", "the \(format.rawValue) data is damaged",
                hint: "fetch or make the file again")
        case .trailingGarbage(let format):
            Diagnostic(
                code: "archive.trailing-garbage", "other data follows the \(format.rawValue) data",
                hint: "the file was joined or overwritten with something else; make it again")
        case .tooMuchMemory(let format):
            Diagnostic(
                code: "archive.memory", "decompressing this \(format.rawValue) data needs too much memory",
                hint: "compress it again with a smaller window or dictionary (128 MiB at most)")
        case .tooLong(let what, let limit):
            Diagnostic(
                code: "archive.too-long", "\(what) is larger than \(limit) bytes",
                hint: "this looks like a decompression bomb; if it is not, split the content")
        case .tar(let problem, let offset):
            Diagnostic(
                code: "archive.tar", "the tar archive is wrong at byte \(offset): \(problem.text)",
                hint: problem.hint)
        case .ar(let problem, let offset):
            Diagnostic(
                code: "archive.ar", "the ar archive is wrong at byte \(offset): \(problem.text)",
                hint: "the archive is damaged; fetch or make it again")
        case .unwritable(let name, let field):
            Diagnostic(
                code: "archive.unwritable", "'\(name)' has a \(field) that a tar archive cannot hold",
                hint: "change the \(field) of that file or leave it out")
        }
    }
}

/// One way in which a tar header can be wrong.
package enum TarProblem: Error, Equatable {
    case checksum
    case number(field: String)
    case extendedHeader
    case extendedHeaderTooLarge(limit: Int)
    case tooManyExtendedHeaders
    case nameTooLong(limit: Int)
    case emptyName
    case nulInName
    case loneZeroBlock
    case sparse(name: String)
    case memberType(UInt8, name: String)
    /// A name whose `..` leads out of the root.
    case climbs(name: String)
    /// Something other than zeros after the end of the archive.
    case trailingData

    /// The problem as the end of a sentence.
    package var text: String {
        switch self {
        case .checksum: "a header's checksum does not match"
        case .number(let field): "the \(field) of a header is not a number in range"
        case .extendedHeader: "an extended header is malformed"
        case .extendedHeaderTooLarge(let limit): "an extended header is larger than \(limit) bytes"
        case .tooManyExtendedHeaders: "too many extended headers precede one file"
        case .nameTooLong(let limit): "a name is longer than \(limit) bytes"
        case .emptyName: "a file has no name"
        case .nulInName: "a name has a NUL byte"
        case .loneZeroBlock: "a block of zeros stands where a header or the end should be"
        case .sparse(let name): "'\(name)' is a sparse file"
        case .memberType(let type, let name):
            "'\(name)' is of the unknown type '\(Character(Unicode.Scalar(type)))'"
        case .climbs(let name): "the name '\(name)' leads out of the root"
        case .trailingData: "other data follows its end"
        }
    }

    var hint: String {
        switch self {
        case .sparse: "archive it without sparse files (GNU tar: leave out --sparse)"
        case .climbs: "do not trust this archive: no honest tool writes such a name"
        case .memberType: "archive regular files, directories, links, devices and FIFOs only"
        default: "the archive is damaged or was made to do harm; make or fetch it again"
        }
    }
}
