// https://docs.docker.com/build/checks/
import ArgumentParser
import Core
import DockerfileLint
import HostOS

/// `sampan build --check`: what `sampan lint` says of the file that a build would take, so far as the target needs it.
struct BuildCheck {
    let input: BuildInput
    /// The build's.
    let arguments: [String: String]
    /// Those that the target needs; nil where the file can't be built.
    let stages: Set<Int>?

    /// Writes what is found.
    /// - Throws: `ExitCode(1)` where `sampan lint` would fail.
    func run() async throws {
        let (config, warnings, _) = try LintConfigFiles.read(nil)
        for warning in warnings { Console.shared.diagnostic(warning) }
        var settings = LintSettings()
        config.apply(to: &settings)
        settings.today = Today.days
        settings.checks = try BuildChecks.options(arguments)
        let file = LintFile(parsing: input.dockerfile, settings: settings, project: input.lintProject)
        if let problem = file.checkProblem { throw problem }
        var scripts: [Finding] = []
        if let shellcheck = ShellCheckProgram.find() {
            scripts = try await shellcheck.findings([file], BlockingPool.compute).first ?? []
        }
        let findings = file.findings(Linter.lint(file, with: scripts), in: stages)
        var writer = LintReportWriter(
            [LintedFile(source: input.dockerfile, findings: findings)], version: Version.text)
        writer.usesColor = !config.noColor && Console.shared.outputUsesColor
        writer.width = min(120, Console.shared.outputWidth ?? 100)
        Console.shared.output(writer.text(.tty))
        if findings.isEmpty { Console.shared.message(writer.summary) }
        if findings.contains(where: { config.fails(on: $0.severity) }) { throw ExitCode(1) }
    }
}

extension BuildInput {
    /// The context as rules look into it; nil when it is no directory of this machine.
    var lintProject: (any LintProject)? {
        guard case .directory(let path) = place else { return nil }
        let prefix = path.hasSuffix("/") ? path : path + "/"
        let name = dockerfile.name.hasPrefix(prefix) ? String(dockerfile.name.dropFirst(prefix.count)) : "Dockerfile"
        return DirectoryProject(directory: path, dockerfile: name)
    }
}
