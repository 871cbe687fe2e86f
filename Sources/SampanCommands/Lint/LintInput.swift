import Core
import Glibc
import HostOS

/// Reads what is to be looked at.
enum LintInput {
    /// Bytes; the longest Dockerfile that makes sense is far shorter.
    private static let limit = 16 << 20

    /// - Parameter path: `-` is standard input.
    /// - Throws: a `Diagnostic` for what is no text file, or can't be read.
    static func read(_ path: String) throws(Diagnostic) -> SourceFile {
        // Nobody knows when a pipe's writer writes; an interruption needs not wait for it, as nothing was begun.
        let forget = Interruption.shared.onInterrupt { _exit(130) }
        defer { forget() }
        let bytes: [UInt8]
        do throws(SystemError) {
            if path == "-" {
                bytes = try WholeFile.read(FileDescriptor.duplicating(0), limit: limit, name: "standard input")
            } else {
                // What is no file, such as a pipe that nobody writes to, is not waited for.
                let file = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
                let info = try file.info()
                guard info.kind == .file || info.kind == .fifo else {
                    throw SystemError(info.kind == .directory ? EISDIR : EINVAL, "read", path)
                }
                guard info.size <= Int64(limit) else { throw SystemError(EFBIG, "read", path) }
                bytes = try WholeFile.read(
                    info.kind == .fifo ? FileDescriptor.open(path, O_RDONLY) : file, limit: limit, name: path)
            }
        } catch {
            throw failure(path, error)
        }
        if bytes.prefix(8192).contains(0) {
            throw Diagnostic(
                code: "lint.binary", "\(path == "-" ? "standard input" : "'\(SafeText.text(path))'") is no text file",
                hint: path == "-" ? nil : "name a Dockerfile; a directory is searched for them")
        }
        return SourceFile(name: path, bytes: bytes)
    }

    private static func failure(_ path: String, _ error: SystemError) -> Diagnostic {
        let name = path == "-" ? "standard input" : "'\(SafeText.text(path))'"
        switch error.errno {
        case EFBIG:
            return Diagnostic(
                code: "lint.size", "\(name) is larger than \(limit >> 20) MiB, which no Dockerfile is",
                hint: "name a Dockerfile")
        case ELOOP:
            return Diagnostic(code: "lint.read", "cannot read \(name)", causes: ["its links lead in a circle"])
        default: return Diagnostic(code: "lint.read", "cannot read \(name)", causes: [error.reason])
        }
    }
}
