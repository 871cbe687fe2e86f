internal import Core

/// Why programs of another architecture cannot run.
package enum EmulationObstacle: Codable, Equatable, Sendable {
    /// Another operating system's, or of an architecture without an emulator.
    case unknownPlatform
    /// The emulator is not installed (or only one that is linked to libraries, which images don't have).
    case noEmulator(program: String)
    /// The kernel has handlers of the host alone, and the host none for this architecture.
    case oldKernel(release: String, program: String)
    /// The kernel refused a handler of the sandbox's own.
    case refused(operation: String, errno: Int32)

    func diagnostic(_ platform: String) -> Diagnostic {
        let crossCompile =
            "do the work of this stage on this machine's platform: `FROM --platform=$BUILDPLATFORM` and a compiler "
            + "for $TARGETPLATFORM"
        var diagnostic = Diagnostic(
            code: "run.platform", "programs for \(platform) cannot run on this machine (\(Platform.host))")
        switch self {
        case .unknownPlatform:
            diagnostic.hint = crossCompile
        case .noEmulator(let program):
            diagnostic.causes = ["there is no \(program) in PATH"]
            diagnostic.hint = "`apt-get install qemu-user-static`; or \(crossCompile)"
        case .oldKernel(let release, let program):
            diagnostic.causes = ["Linux \(release) has no handlers for a sandbox alone (6.7 has), and the host none"]
            diagnostic.hint =
                "register \(program) on the host, with flag F: `apt-get install qemu-user-static binfmt-support`; "
                + "or \(crossCompile)"
        case .refused(let operation, let errno):
            diagnostic.causes = ["cannot \(operation): \(ErrnoText.describe(errno))"]
            diagnostic.hint =
                "`modprobe binfmt_misc` if the kernel has it as a module; or register a handler on the host, with flag "
                + "F: `apt-get install qemu-user-static binfmt-support`; or \(crossCompile)"
        }
        return diagnostic
    }
}
