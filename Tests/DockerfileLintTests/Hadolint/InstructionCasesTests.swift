import Core
import DockerfileLint
import DockerfileSyntax
import FoundationEssentials
import Testing

/// What hadolint says of many small files, and what we say.
@Suite("Cases of rules about instructions")
struct InstructionCasesTests {
    struct Case: Sendable {
        var settings = LintSettings()
        var findings: Set<String>
        var dockerfile: String
    }

    static let codes: Set = [
        "DL1001", "DL3000", "DL3002", "DL3003", "DL3006", "DL3007", "DL3010", "DL3011", "DL3012", "DL3020", "DL3021",
        "DL3022", "DL3023", "DL3024", "DL3025", "DL3026", "DL3029", "DL3043", "DL3044", "DL3045", "DL3048", "DL3049",
        "DL3050", "DL3051", "DL3052", "DL3053", "DL3054", "DL3055", "DL3056", "DL3057", "DL3058", "DL3061", "DL3063",
        "DL3064", "DL3065", "DL3066", "DL3067", "DL4000", "DL4003", "DL4004",
    ]

    static func read() throws -> [Case] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let data = try Data(contentsOf: URL(fileURLWithPath: "/\(root)/Fixtures/lint/instructions.tsv"))
        return String(decoding: data, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            var item = Case(findings: Set(parts[1].split(separator: " ").map(String.init)), dockerfile: plain(parts[2]))
            item.settings.severities = ["DL3057": .info, "DL1001": .info]
            for setting in parts[0].split(separator: " ") {
                let value = String(setting.drop { $0 != "=" }.dropFirst())
                if setting == "strict" {
                    item.settings.strictLabels = true
                } else if setting.hasPrefix("trust=") {
                    item.settings.trustedRegistries.append(value)
                } else if let colon = value.firstIndex(of: ":") {
                    item.settings.labelSchema[String(value[..<colon])] = .init(
                        rawValue: String(value[value.index(after: colon)...]))
                }
            }
            return item
        }
    }

    private static func plain(_ text: Substring) -> String {
        var out = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                out.append(["n": "\n", "t": "\t", "r": "\r"][character] ?? character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                out.append(character)
            }
        }
        return out
    }

    private static func findings(_ item: Case) -> Set<String> {
        let source = SourceFile(name: "Dockerfile", text: item.dockerfile)
        let file = LintFile(parsing: source, settings: item.settings)
        var out: Set<String> = []
        for finding in Linter.lint(file) {
            let start = finding.instruction.map { file.statements[$0].outer.range.start } ?? finding.range.start
            for code in [finding.code] + finding.equivalents where codes.contains(code) {
                out.insert("\(source.position(at: start).line):\(code)")
            }
        }
        return out
    }

    @Test("every case has hadolint's findings, on its lines")
    func cases() throws {
        let cases = try Self.read()
        #expect(cases.count > 2000)
        for item in cases { #expect(Self.findings(item) == item.findings, "\(item.dockerfile)") }
    }
}
