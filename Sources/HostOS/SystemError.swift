package import Core
internal import Glibc

/// A system call that failed: which one, on what, and the kernel's reason.
package struct SystemError: DiagnosticConvertible, Equatable {
    package var errno: Int32
    /// What was being done, as words: `open`, `rename`, `mount overlay`.
    package var operation: String
    package var path: String?

    package init(_ errno: Int32 = Glibc.errno, _ operation: String, _ path: String? = nil) {
        self.errno = errno
        self.operation = operation
        self.path = path
    }

    /// The kernel's reason as text.
    package var reason: String { String(cString: strerror(errno)) }

    package var diagnostic: Diagnostic {
        let subject = path.map { " '\($0)'" } ?? ""
        let hint: String? =
            switch errno {
            case ENOSPC:
                "the disk is full: free some space there; of the store's, sampan cache prune frees what is not needed, and "
                    + "SAMPAN_HOME names a larger disk"
            case EDQUOT: "the disk quota is used up"
            case EMFILE, ENFILE: "too many open files: raise the limit (ulimit -n)"
            case EROFS: "the file system is read-only"
            default: nil
            }
        return Diagnostic(code: "system.\(errno)", "cannot \(operation)\(subject): \(reason)", hint: hint)
    }
}

/// Repeats a call that a signal interrupted; throws its errno as a ``SystemError``.
@discardableResult
package func check<Value: SignedInteger>(
    _ operation: @autoclosure () -> String, _ path: @autoclosure () -> String? = nil, _ call: () -> Value
) throws(SystemError) -> Value {
    while true {
        let result = call()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw SystemError(code, operation(), path()) }
    }
}
