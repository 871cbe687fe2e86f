import Core
import DockerfileLint
import HostOS

/// One run of `sampan lint`: the plan, the files, the work, the report.
struct LintRun: Sendable {
    let request: LintRequest
    var plan: LintPlan
    let paths: LintPaths
    private let shellcheck: ShellCheckProgram?

    /// Reads the settings and finds the files.
    init(_ request: LintRequest) throws {
        self.request = request
        plan = try request.plan()
        shellcheck = try request.shellCheck()
        if let context = request.context, try FileInfo.of(context, followLinks: true)?.kind != .directory {
            throw Diagnostic(
                code: "lint.context", "there is no directory '\(SafeText.text(context))' to be the build context")
        }
        paths = LintPaths(request.files.isEmpty ? ["."] : request.files)
    }

    /// Looks at the files and writes the report.
    /// - Throws: `ExitCode` for anything but success.
    func finish() async throws {
        warn()
        try end(try await job.run(paths.files))
    }

    /// The same in this thread.
    /// - Returns: false, with nothing done, when there is work for more than one.
    func finishHere() throws -> Bool {
        guard let results = job.runHere(paths.files) else { return false }
        warn()
        try end(results)
        return true
    }

    /// Says what is odd about the settings, and what they are to those who want to know.
    private func warn() {
        for warning in plan.warnings { Console.shared.diagnostic(warning) }
        if plan.config.isVerbose { Console.shared.message(plan.told) }
    }

    private var job: LintJob {
        LintJob(settings: plan.settings, context: request.context, fixes: request.fixes, shellcheck: shellcheck)
    }

    private func end(_ results: [Result<LintJob.Outcome, Diagnostic>]) throws {
        try LintEnding(
            request: request, plan: plan, results: results, failures: paths.failures, hadShellCheck: shellcheck != nil
        ).finish()
    }
}
