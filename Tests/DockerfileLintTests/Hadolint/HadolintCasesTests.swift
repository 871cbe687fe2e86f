import Core
import DockerfileLint
import DockerfileSyntax
import FoundationEssentials
import Testing

/// Files with a config, and what hadolint says of them: compared by line, code and severity through the entry that
/// `sampan lint` uses.
@Suite("Cases of all of hadolint's rules")
struct HadolintCasesTests {
    /// The rules that hadolint leaves off have to be turned on to be seen.
    private static let hidden = "override: {info: [DL1001, DL3057]}\n"

    private static func lint(_ dockerfile: String, config: String) throws -> [(line: Int, finding: Finding)] {
        var settings = LintSettings()
        try HadolintConfig.parse(SourceFile(name: ".hadolint.yaml", text: config)).config.apply(to: &settings)
        let source = SourceFile(name: "Dockerfile", text: dockerfile)
        let file = LintFile(parsing: source, settings: settings)
        return Linter.lint(file).map { finding in
            let start = finding.instruction.map { file.statements[$0].outer.range.start } ?? finding.range.start
            return (source.position(at: start).line, finding)
        }
    }

    private static func codes(_ finding: Finding) -> [String] {
        ([finding.code] + finding.equivalents).filter { $0.hasPrefix("DL") && $0 != "DL1000" }
    }

    // MARK: Public cases

    struct PublicCase: Decodable, Sendable {
        struct Config: Codable, Sendable {
            var trustedRegistries: [String]?
            var labels: [String: String]?
            var strict: Bool?

            enum CodingKeys: String, CodingKey {
                case trustedRegistries
                case labels = "label-schema"
                case strict = "strict-labels"
            }

            /// As a config file: JSON is YAML too.
            var text: String {
                get throws {
                    let encoder = JSONEncoder()
                    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
                    let json = String(decoding: try encoder.encode(self), as: UTF8.self).dropLast()
                    return json + (json == "{" ? "" : ",") + "\"override\":{\"info\":[\"DL1001\",\"DL3057\"]}}"
                }
            }
        }

        enum CodingKeys: String, CodingKey {
            case rule, expect, dockerfile, config
            case lines = "binary_lines"
            case all = "binary_all"
        }

        var rule: String
        var expect: String
        var dockerfile: String
        var config: Config?
        var lines: [Int]
        var all: Set<String>
    }

    private static let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

    /// Beside the repository, wherever it is.
    private static let publicCases: [PublicCase]? = {
        var parts = root.split(separator: "/")
        while !parts.isEmpty {
            let path = "/" + (parts + ["shared", "data", "lint", "hadolint-cases.json"]).joined(separator: "/")
            if let data = try? Data(contentsOf: URL(fileURLWithPath: path)) {
                return try? JSONDecoder().decode([PublicCase].self, from: data)
            }
            parts.removeLast()
        }
        return nil
    }()

    @Test("every public case is right", .enabled(if: publicCases != nil, "../shared/data/lint is not there"))
    func everyPublicCase() throws {
        let cases = try #require(Self.publicCases)
        #expect(cases.count > 700)
        for item in cases {
            let config = try item.config?.text ?? Self.hidden
            let found = try Self.lint(item.dockerfile, config: config)
            let codes = Set(found.flatMap { Self.codes($0.finding) })
            #expect(codes == item.all.filter { $0.hasPrefix("DL") }, "\(item.dockerfile)")
            guard item.rule.hasPrefix("DL") else { continue }
            #expect(codes.contains(item.rule) == (item.expect == "fires"), "\(item.rule): \(item.dockerfile)")
            let lines = found.filter { Self.codes($0.finding).contains(item.rule) }.map(\.line)
            #expect(lines == item.lines, "\(item.rule): \(item.dockerfile)")
        }
    }

    // MARK: Own cases

    struct Case: Sendable {
        var config: String
        var findings: [String]
        var dockerfile: String
    }

    static func read() throws -> [Case] {
        try ["hadolint", "contexts"].flatMap { try read("/\(root)/Tests/Fixtures/lint/\($0).tsv") }
    }

    private static func read(_ path: String) throws -> [Case] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return String(decoding: data, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            return Case(
                config: plain(parts[0]), findings: parts[1].split(separator: " ").map(String.init).sorted(),
                dockerfile: plain(parts[2]))
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

    @Test("every case has hadolint's findings: lines, codes, severities, how many")
    func everyCase() throws {
        let cases = try Self.read()
        #expect(cases.count > 1700)
        for item in cases {
            let found = try Self.lint(item.dockerfile, config: item.config).flatMap { line, finding in
                Self.codes(finding).map { "\(line):\($0):\(finding.severity.rawValue)" }
            }
            #expect(found.sorted() == item.findings, "\(item.config) \(item.dockerfile)")
        }
    }

    @Test("fixes of every fourth case give a file with no more errors, and are finished in one run")
    func everyFix() throws {
        for (index, item) in try Self.read().enumerated() where index % 4 == 0 {
            var settings = LintSettings()
            try HadolintConfig.parse(SourceFile(name: "c", text: item.config)).config.apply(to: &settings)
            let source = SourceFile(name: "Dockerfile", text: item.dockerfile)
            let before = LintFile(parsing: source, settings: settings)
            for unsafe in [false, true] {
                let run = FixRun(fixing: source, unsafe: unsafe, settings: settings)
                let after = LintFile(parsing: run.after, settings: settings)
                #expect(after.errors.count <= before.errors.count, "\(item.dockerfile)")
                #expect(
                    FixRun(fixing: run.after, unsafe: unsafe, settings: settings).after.bytes == run.after.bytes,
                    "\(item.dockerfile)")
            }
        }
    }
}
