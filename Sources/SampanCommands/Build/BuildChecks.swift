// https://docs.docker.com/build/checks/
import Core
import DockerfileLint

/// What BuildKit's checks say of a build's Dockerfile, so far as the build needs it.
struct BuildChecks {
    private let source: SourceFile
    let findings: [Finding]

    /// - Parameters:
    ///   - arguments: the build's; `BUILDKIT_DOCKERFILE_CHECK` stands in the place of the file's `# check=`.
    ///   - stages: those that the target needs; nil for all.
    /// - Throws: a diagnostic for options of checks that can't be read.
    init(
        _ source: SourceFile, arguments: [String: String], project: (any LintProject)?, stages: Set<Int>?
    ) throws(Diagnostic) {
        self.source = source
        var settings = LintSettings()
        settings.checks = try Self.options(arguments)
        let file = LintFile(parsing: source, settings: settings, project: project)
        if let problem = file.checkProblem { throw problem }
        let all = Linter.lint(file, rules: RuleSet.buildChecks).filter { RuleSet.rule($0.code) != nil }
        findings = file.findings(all, in: stages)
    }

    /// The options that a build argument gives; nil leaves them to the file.
    static func options(_ arguments: [String: String]) throws(Diagnostic) -> CheckOptions? {
        guard let text = arguments["BUILDKIT_DOCKERFILE_CHECK"] else { return nil }
        do throws(CheckOptionsError) {
            return try CheckOptions(parsing: text)
        } catch {
            var diagnostic = error.diagnostic
            diagnostic.causes.append("BUILDKIT_DOCKERFILE_CHECK is '\(text)'")
            diagnostic.exitCode = 64
            throw diagnostic
        }
    }

    /// - Throws: what was found as errors, if `error=true` makes it that.
    func requireNone() throws(DiagnosticList) {
        let errors = findings.filter { $0.severity == .error }
        guard !errors.isEmpty else { return }
        let codes = errors.reduce(into: [String]()) { if !$0.contains($1.code) { $0.append($1.code) } }
        let shown = errors.map { finding in
            Diagnostic(
                code: "check.\(finding.code)", "\(finding.code): \(finding.message)",
                at: SourceSpan(source, finding.range), hint: finding.fix.map(\.title), exitCode: 1)
        }
        throw DiagnosticList(
            shown + [
                Diagnostic(
                    code: "check.failed",
                    "error=true makes errors of what build checks find: \(codes.joined(separator: ", "))",
                    hint: "mend them, or leave them out with '# check=skip=\(codes.joined(separator: ","));error=true'",
                    exitCode: 1)
            ])
    }

    /// A line for each, as BuildKit ends a build; nil when nothing was found.
    var summary: String? {
        guard !findings.isEmpty else { return nil }
        let count = "\(findings.count) warning\(findings.count == 1 ? "" : "s")"
        let lines = findings.map { finding in
            " - \(finding.code): \(SafeText.text(finding.message)) "
                + "(line \(source.position(at: finding.range.start).line))"
        }
        return " \(count) found (sampan build --check tells more):\n" + lines.joined(separator: "\n")
    }
}
