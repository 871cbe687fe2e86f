import Core
import DockerfileLint
import Testing

@Suite("reports of findings")
struct LintReportTests {
    private static let text = "FROM debian:12\n# é\nRUN echo \"é\" && apt-get install curl\nMAINTAINER \"a<b>&\"\n"

    private static func writer(_ text: String = Self.text, name: String = "a/Dockerfile") -> LintReportWriter {
        let source = SourceFile(name: name, text: text)
        let findings = Linter.lint(LintFile(parsing: source)).filter { ["DL3014", "DL4000"].contains($0.code) }
        return LintReportWriter([LintedFile(source: source, findings: findings)], version: "1.2.3")
    }

    private static func document(_ format: LintFormat, _ writer: LintReportWriter = writer()) throws -> OrderedJSON {
        try OrderedJSON(parsing: writer.text(format))
    }

    private static func items(_ value: OrderedJSON?) -> [OrderedJSON] {
        if case .array(let items)? = value { items } else { [] }
    }

    private static func keys(_ value: OrderedJSON?) -> [String] {
        if case .object(let members)? = value { members.map(\.key) } else { [] }
    }

    private static func text(_ format: LintFormat, _ writer: LintReportWriter = writer()) -> String {
        String(decoding: writer.text(format), as: UTF8.self)
    }

    @Test("JSON has hadolint's keys first, counts characters, and gives fixes as edits")
    func json() throws {
        let items = Self.items(try Self.document(.json))
        #expect(items.count == 2)
        #expect(Array(Self.keys(items[0]).prefix(6)) == ["code", "column", "file", "level", "line", "message"])
        #expect(items[0]["code"] == "DL3014" && items[0]["level"] == "warning")
        #expect(items[0]["line"] == 3 && items[0]["column"] == 17 && items[0]["endColumn"] == 32)
        #expect(items[0]["fix"]?["safe"] == true)
        #expect(
            Self.items(items[0]["fix"]?["edits"]) == [
                ["line": 3, "column": 32, "endLine": 3, "endColumn": 32, "text": " -y"]
            ])
        #expect(items[1]["equivalents"] == ["MaintainerDeprecated"])
        #expect(items[1]["reference"] == "https://github.com/hadolint/hadolint/wiki/DL4000")
    }

    @Test("SARIF has the rules that are told, regions and fixes")
    func sarif() throws {
        let document = try Self.document(.sarif)
        let run = try #require(Self.items(document["runs"]).first)
        let rules = Self.items(run["tool"]?["driver"]?["rules"])
        #expect(rules.map { $0["id"] } == ["DL3014", "DL4000"])
        let results = Self.items(run["results"])
        #expect(results.map { $0["ruleIndex"] } == [0, 1])
        #expect(results.map { $0["level"] } == ["warning", "error"])
        let place = Self.items(results[0]["locations"]).first?["physicalLocation"]
        #expect(place?["artifactLocation"]?["uri"] == "a/Dockerfile")
        #expect(place?["region"] == ["startLine": 3, "startColumn": 17, "endLine": 3, "endColumn": 32])
        let change = Self.items(Self.items(results[0]["fixes"]).first?["artifactChanges"]).first
        #expect(
            Self.items(change?["replacements"]) == [
                [
                    "deletedRegion": ["startLine": 3, "startColumn": 32, "endLine": 3, "endColumn": 32],
                    "insertedContent": ["text": " -y"],
                ]
            ])
    }

    @Test("Code Climate ends each issue with a NUL, GitLab gets an array, both tell findings apart")
    func codeClimate() throws {
        let parts = Self.writer().text(.codeclimate).split(separator: 0)
        #expect(parts.count == 2)
        let first = try OrderedJSON(parsing: Array(parts[0]))
        #expect(first["check_name"] == "DL3014" && first["severity"] == "major")
        #expect(first["location"] == ["path": "a/Dockerfile", "lines": ["begin": 3, "end": 3]])
        let twice = Self.writer("RUN apt-get install a\nRUN apt-get install a\n")
        let prints = Self.items(try Self.document(.gitlab, twice)).map { $0["fingerprint"]?.string ?? "" }
        #expect(prints.count == 2 && Set(prints).count == 2)
        let moved = Self.writer("\n\nRUN apt-get install a\nRUN apt-get install a\n")
        #expect(
            Self.items(try Self.document(.gitlabCodeclimate, moved)).map { $0["fingerprint"]?.string ?? "" } == prints)
    }

    @Test("XML is escaped; JUnit has a case that passes for a file without findings")
    func xml() {
        #expect(Self.text(.checkstyle).contains("<file name=\"a/Dockerfile\">"))
        #expect(Self.text(.checkstyle).contains("line=\"4\" column=\"1\" severity=\"error\""))
        #expect(!Self.text(.checkstyle, Self.writer(name: "<&>\"")).contains("<&>"))
        #expect(Self.text(.junit).contains("tests=\"2\" failures=\"2\""))
        let fine = LintReportWriter(
            [LintedFile(source: SourceFile(name: "x", text: ""), findings: [])], version: "1")
        #expect(Self.text(.junit, fine).contains("<testcase classname=\"x\" name=\"lint\" time=\"0\"/>"))
    }

    @Test("lines of GNU's form, of Codacy and of SonarQube")
    func others() throws {
        #expect(
            Self.text(.gnu).hasPrefix("sampan:a/Dockerfile:3:17: DL3014 warning: "), "\(Self.text(.gnu))")
        #expect(Self.text(.codacy).hasPrefix("{\"filename\":\"a/Dockerfile\",\"line\":3,"), "\(Self.text(.codacy))")
        let issues = Self.items(try Self.document(.sonarqube)["issues"])
        #expect(issues.map { $0["severity"] } == ["MAJOR", "CRITICAL"])
        #expect(
            issues[0]["primaryLocation"]?["textRange"]
                == ["startLine": 3, "endLine": 3, "startColumn": 16, "endColumn": 31])
    }

    @Test("people see the line, why it matters (once a rule), the fix and a summary")
    func terminal() {
        let text = Self.text(.tty, Self.writer("RUN apt-get install a\nRUN apt-get install a\n"))
        #expect(
            text.hasPrefix(
                """
                warning[DL3014]: apt-get install asks for confirmation: add -y
                 --> a/Dockerfile:1:5
                1 | RUN apt-get install a
                  |     ^^^^^^^^^^^^^^^
                why:
                """), "\(text)")
        #expect(text.ranges(of: "why:").count == 1)
        #expect(text.ranges(of: "fix: add -y (--fix)").count == 2)
        #expect(text.hasSuffix("2 findings in 1 file: 2 warnings; --fix mends 2 of them\n"), "\(text)")
        #expect(Self.text(.tty, LintReportWriter([], version: "1")).isEmpty)
    }

    @Test("a name in a report takes the place of the file's, for programs alone")
    func names() throws {
        var writer = Self.writer()
        writer.pathInReport = "other/Dockerfile"
        #expect(Self.text(.gnu, writer).contains("a/Dockerfile"))
        #expect(Self.text(.junit, writer).contains("other/Dockerfile"))
        #expect(Self.items(try Self.document(.json, writer)).allSatisfy { $0["file"] == "a/Dockerfile" })
    }

    @Test("what a Dockerfile hides is shown as it is", arguments: LintFormat.allCases)
    func hidden(format: LintFormat) {
        let text = Self.text(format, Self.writer("MAINTAINER \u{1b}[31m\u{202e}x\n", name: "\u{1b}]0;x"))
        let isFree = text.unicodeScalars.allSatisfy { $0 != "\u{1b}" && $0 != "\u{202e}" }
        #expect(isFree, "\(text.debugDescription)")
    }
}

@Suite("explanations of rules")
struct RuleBookTests {
    @Test("every rule is explained with its examples, and found in any case", arguments: RuleBook.all.map(\.code))
    func explained(code: String) throws {
        let info = try #require(RuleBook.find(code.lowercased()))
        #expect(info.code == code)
        let text = RuleBook.explanation(info)
        #expect(text.hasPrefix(code + ": ") && text.contains("\nBad:\n") && text.contains("\nGood:\n"))
        #expect(RuleBook.list.contains(code + " "))
        #expect(RuleBook.page.contains("### \(code)\n"))
    }

    @Test("codes of other programs are known, mistyped ones get the one that was meant")
    func codes() {
        #expect(RuleBook.isKnown("SC2086") && RuleBook.isKnown("DL1000") && !RuleBook.isKnown("SC20860"))
        #expect(RuleBook.suggestion(for: "DL300") != nil)
        #expect(RuleBook.reference("SC2086") == "https://www.shellcheck.net/wiki/SC2086")
        #expect(RuleBook.other("sc2086")?.contains("wiki/SC2086") == true)
        #expect(RuleBook.other("XX1") == nil)
    }
}
