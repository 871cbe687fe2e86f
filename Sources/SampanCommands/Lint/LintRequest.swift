import Core
import DockerfileLint
import HostOS

/// What a run of `sampan lint` is asked for, as plain values.
struct LintRequest: Sendable {
    /// As they were given; none stands for all below the working directory.
    var files: [String] = []
    /// Nil leaves the form to the settings.
    var format: LintFormat?
    var fixes = LintJob.Fixes.none
    /// Shows what fixes would change, in place of making them.
    var showsDifference = false
    /// The file of settings; nil takes the one that is found.
    var config: String?
    /// The build context; nil takes the Dockerfile's.
    var context: String?
    /// What the file is called in reports for programs.
    var pathInReport: String?
    /// The file for the report; nil stands for standard output.
    var output: String?
    /// Nil uses the program shellcheck where it is installed.
    var usesShellCheck: Bool?
    /// Options that go before the settings of files.
    var overrides = HadolintConfig()

    var writesFixes: Bool { fixes != .none && !showsDifference }

    /// What the options and the settings files decide together.
    /// - Throws: for settings that can't be read, or have mistakes.
    func plan() throws -> LintPlan {
        var (config, warnings, path) = try LintConfigFiles.read(config)
        config = config.merging(overrides)
        var plan = LintPlan(config: config, warnings: warnings, path: path)
        config.apply(to: &plan.settings)
        plan.settings.today = Today.days
        // One report is written: in the form that was asked for last.
        if let format { plan.format = format }
        return plan
    }

    /// The program, where it is to be used.
    /// - Throws: a `Diagnostic` when it was asked for and is not there.
    func shellCheck() throws -> ShellCheckProgram? {
        guard usesShellCheck != false else { return nil }
        if let program = ShellCheckProgram.find() { return program }
        if usesShellCheck == true {
            throw Diagnostic(
                code: "lint.shellcheck", "the program shellcheck is not installed",
                hint: "install it (apt-get install shellcheck), or leave --shellcheck out")
        }
        return nil
    }
}
