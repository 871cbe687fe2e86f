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

    @Test("codes are used once, and equivalents name rules")
    func codes() {
        let codes = RuleSet.all.map { $0.info.code }
        #expect(Set(codes).count == codes.count)
        for rule in RuleSet.all {
            for other in rule.info.equivalents where !other.hasPrefix("SC") { #expect(RuleSet.rule(other) != nil) }
        }
    }
}
