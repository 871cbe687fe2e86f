package import Core

/// Why a program's bytes can't be understood. Errors of reading them pass through as they are.
package enum BinaryError: Error, Sendable, Hashable {
    /// What lies beyond the end of the file.
    case truncated(String)
    /// What holds values that no tool writes.
    case malformed(String)
}

extension BinaryError: DiagnosticConvertible {
    package var diagnostic: Diagnostic {
        switch self {
        case .truncated(let part):
            Diagnostic(
                code: "binary.truncated", "the program's \(part) lies beyond the end of the file",
                hint: "the file was cut while it was copied or downloaded: build or fetch it again")
        case .malformed(let part):
            Diagnostic(
                code: "binary.malformed", "the program's \(part) can't be read",
                hint: "see what `readelf -a` says of the file, and build or fetch it again")
        }
    }
}
