package import Core
package import HostOS

/// Why a program could not be run in a sandbox. A program that ran and failed is no error of this kind.
package enum SandboxError: DiagnosticConvertible, Codable, Equatable {
    /// A system call failed; what was being done as words.
    case system(operation: String, path: String?, errno: Int32)
    /// No OCI runtime works here: each one's name and what it said.
    case noRuntime([RuntimeRefusal])
    /// The runtime could not start the program, and said this.
    case runtimeFailed(runtime: String, message: String)
    /// The root has no such program.
    case programNotFound(String)
    /// The program is there but cannot be executed.
    case programNotExecutable(String)
    /// The loader or interpreter that the program names is not in the root.
    case interpreterNotFound(program: String, interpreter: String)
    /// A mount needs a directory (or a file) at its target, and the root has the other there.
    case targetMismatch(target: String, needsDirectory: Bool)
    /// A mount's source is not there.
    case sourceNotFound(String)
    /// A ulimit that Linux does not have.
    case unknownUlimit(String)
    /// The seccomp profile given is no JSON object of the right form.
    case badSeccompProfile(String)
    /// The helper process ended before the program did.
    case helperDied(ExitStatus)
    /// Something that a sandbox needs is not allowed here.
    case notAllowed(Obstacle)
    /// Programs for this platform cannot run here.
    case cannotEmulate(platform: String, EmulationObstacle)

    package struct RuntimeRefusal: Codable, Equatable, Sendable {
        package var name: String
        package var reason: String
    }

    package init(_ error: SystemError) {
        self = .system(operation: error.operation, path: error.path, errno: error.errno)
    }

    package init(_ error: ProcessError) {
        switch error {
        case .system(let error): self.init(error)
        case .cannotStart(let program, let step, let errno):
            self = .system(operation: step + " of", path: program, errno: errno)
        case .notFound(let name): self = .sourceNotFound(name)
        case .tooMuchOutput(let program, _), .timedOut(let program):
            self = .runtimeFailed(runtime: program, message: error.diagnostic.message)
        }
    }

    package var diagnostic: Diagnostic {
        switch self {
        case .system(let operation, let path, let errno): SystemError(errno, operation, path).diagnostic
        case .noRuntime(let refusals): Self.noRuntime(refusals)
        case .runtimeFailed(let runtime, let message):
            Diagnostic(code: "sandbox.runtime", "\(runtime) could not start the program", causes: [message])
        case .programNotFound(let name):
            Diagnostic(
                code: "sandbox.program-not-found", "the program '\(name)' is not in the image",
                hint: "check its path and the PATH variable; the shell form needs /bin/sh in the image", exitCode: 127)
        case .programNotExecutable(let path):
            Diagnostic(
                code: "sandbox.program-not-executable", "'\(path)' is not executable",
                hint: "set its mode, with COPY --chmod=755 for instance", exitCode: 126)
        case .interpreterNotFound(let program, let interpreter):
            Diagnostic(
                code: "sandbox.interpreter-not-found", "'\(program)' needs '\(interpreter)', which is not in the image",
                hint: "link the program statically, or use a base with its loader", exitCode: 127)
        case .targetMismatch(let target, let needsDirectory):
            Diagnostic(
                code: "sandbox.mount-target",
                needsDirectory
                    ? "cannot mount a directory on '\(target)', which is not one"
                    : "cannot mount a file on '\(target)', which is a directory",
                hint: "choose another target")
        case .sourceNotFound(let path):
            Diagnostic(code: "sandbox.source-not-found", "'\(path)' does not exist")
        case .unknownUlimit(let name):
            Diagnostic(
                code: "sandbox.ulimit", "there is no limit called '\(name)'",
                hint: Suggestion.hint(for: name, in: ResourceLimits.names.sorted()))
        case .badSeccompProfile(let reason):
            Diagnostic(code: "sandbox.seccomp-profile", "the seccomp profile cannot be used", causes: [reason])
        case .helperDied(let status):
            Diagnostic(
                code: "sandbox.helper-died", "the sandbox was ended from outside: \(status)",
                hint: "the kernel may have run out of memory (see dmesg)")
        case .notAllowed(let obstacle): obstacle.diagnostic
        case .cannotEmulate(let platform, let obstacle): obstacle.diagnostic(platform)
        }
    }

    private static func noRuntime(_ refusals: [RuntimeRefusal]) -> Diagnostic {
        let missing = refusals.isEmpty
        return Diagnostic(
            code: "sandbox.no-runtime", "RUN needs an OCI runtime, and none works here",
            causes: refusals.map { "\($0.name): \($0.reason)" },
            hint: missing
                ? "install crun or runc" : "install crun, runc or youki, or name one that works in SAMPAN_RUNTIME")
    }
}

extension SandboxError {
    /// Runs a call of HostOS and turns its error into one of this kind.
    static func wrap<Value>(_ body: () throws(SystemError) -> Value) throws(SandboxError) -> Value {
        do throws(SystemError) { return try body() } catch { throw SandboxError(error) }
    }
}
