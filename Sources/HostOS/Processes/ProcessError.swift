package import Core

/// Why a program could not be started or its output not be had.
package enum ProcessError: DiagnosticConvertible, Equatable {
    /// No directory of PATH has such a program.
    case notFound(String)
    /// A step on the way to the program failed; the step as words.
    case cannotStart(program: String, step: String, errno: Int32)
    /// It wrote more than the caller allows, in bytes.
    case tooMuchOutput(program: String, limit: Int)
    /// It ran longer than the caller allows and was ended.
    case timedOut(program: String)
    /// A system call of the parent failed.
    case system(SystemError)

    package var diagnostic: Diagnostic {
        switch self {
        case .notFound(let name):
            Diagnostic(
                code: "process.not-found", "the program '\(name)' is not installed",
                hint: "install it, or add its directory to PATH")
        case .cannotStart(let program, let step, let errno):
            Diagnostic(
                code: "process.cannot-start", "cannot start '\(program)': \(step)",
                causes: [SystemError(errno, step).reason])
        case .tooMuchOutput(let program, let limit):
            Diagnostic(code: "process.output-limit", "'\(program)' wrote more than \(limit) bytes")
        case .timedOut(let program):
            Diagnostic(code: "process.timeout", "'\(program)' took too long and was ended")
        case .system(let error): error.diagnostic
        }
    }
}

extension ProcessError {
    /// Runs a call of this module and turns its error into one of this kind.
    static func wrap<Value>(_ body: () throws(SystemError) -> Value) throws(ProcessError) -> Value {
        do throws(SystemError) { return try body() } catch { throw .system(error) }
    }
}
