import Core
import DockerfileLint
import DockerfileSyntax
import Testing

/// Every rule's own examples, which its documentation shows.
@Suite("Examples of rules")
struct RuleExampleTests {
    private static func findings(_ example: RuleInfo.Example, of code: String) -> [Finding] {
        var settings = example.settings
        settings.severities[code] = .warning
        settings.today = 20_778
        let file = LintFile(
            parsing: SourceFile(name: "Dockerfile", text: example.dockerfile), settings: settings,
            project: MemoryProject(example.files))
        return Linter.lint(file).filter { $0.code == code || $0.equivalents.contains(code) }
    }

    @Test("the bad example breaks the rule and the good one keeps it", arguments: RuleSet.all.map { $0.info.code })
    func examples(code: String) throws {
        let info = try #require(RuleSet.rule(code)?.info)
        #expect(!Self.findings(info.bad, of: code).isEmpty)
        #expect(Self.findings(info.good, of: code).isEmpty)
    }

    @Test(
        "the fix of the bad example silences the rule, and is as safe as the rule says",
        arguments: RuleSet.all.filter { $0.info.fixing != .none }.map { $0.info.code })
    func fixes(code: String) throws {
        let info = try #require(RuleSet.rule(code)?.info)
        var settings = info.bad.settings
        settings.today = 20_778
        for rule in RuleSet.all { settings.severities[rule.info.code] = rule.info.code == code ? .warning : .ignore }
        let run = FixRun(
            fixing: SourceFile(name: "Dockerfile", text: info.bad.dockerfile), unsafe: true, settings: settings,
            project: MemoryProject(info.bad.files))
        #expect(!run.applied.isEmpty)
        #expect(run.applied.allSatisfy { $0.fix?.isSafe == (info.fixing == .safe) })
        #expect(run.remaining.filter { $0.code == code }.isEmpty)
    }

    @Test("codes are used once, and equivalents name rules")
    func codes() {
        let codes = RuleSet.all.map { $0.info.code }
        #expect(Set(codes).count == codes.count)
        for rule in RuleSet.all {
            for other in rule.info.equivalents where !other.hasPrefix("SC") { #expect(RuleSet.rule(other) != nil) }
        }
    }
}
