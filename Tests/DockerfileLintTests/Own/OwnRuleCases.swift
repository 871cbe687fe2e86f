import Core
import DockerfileLint
import Testing

/// A Dockerfile, what lies beside it, and on which lines a rule speaks.
struct OwnRuleCase: CustomTestStringConvertible {
    var code: String
    var text: String
    var files: [String: String] = [:]
    /// From 1.
    var lines: [Int]
    var note: String

    init(_ code: String, _ note: String, _ text: String, files: [String: String] = [:], lines: [Int] = []) {
        self.code = code
        self.text = text
        self.files = files
        self.lines = lines
        self.note = note
    }

    var testDescription: String { "\(code): \(note)" }

    func findings(_ settings: LintSettings = OwnRuleCase.settings) -> [Finding] {
        let file = LintFile(
            parsing: SourceFile(name: "Dockerfile", text: text), settings: settings,
            project: files.isEmpty ? nil : MemoryProject(files))
        return Linter.lint(file).filter { $0.code == code }
    }

    func foundLines() -> [Int] {
        let source = SourceFile(name: "Dockerfile", text: text)
        return findings().map { source.line(at: $0.range.start) + 1 }
    }

    static var settings: LintSettings {
        var settings = LintSettings()
        settings.today = 20_778
        return settings
    }
}
