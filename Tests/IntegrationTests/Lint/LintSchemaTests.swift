import Core
import SampanTestSupport
import Testing

/// What `sampan lint` writes for other programs, by schemas and by readers that are not ours.
@Suite("forms of lint for other programs", .enabled(if: JSONSchemas.areHere))
struct LintSchemaTests {
    /// A name with everything that XML, JSON and addresses give a meaning to.
    private static let hostileName = "x ]]>&amp;<a b=\"c\">'%41#?\u{1}\u{1b}[31m\u{202e}\n\u{fffe}é.Dockerfile"

    private static let hostile = """
        FROM "a<b>&'c]]>\u{1b}[31m\u{202e}\u{ffff}":latest AS Ä<&ö
        MAINTAINER <a&b@c.d> "é"
        RUN sudo apt-get install <x> && cd /"<!--"
        COPY --from="<?xml?>" a b c
        CMD a ]]> b
        LABEL a.-B="\u{7f}" ENV="<>"

        """

    private func place() throws -> TemporaryDirectory {
        let place = try TemporaryDirectory("lint-schema")
        try place.file(Self.hostileName, Self.hostile)
        try place.file("plain/Dockerfile", "FROM debian\r\nRUN apt-get install a\r\nCMD a b\r\n")
        try place.file("broken/Dockerfile", "FROM debian:12\nRUN <<EOF\nNO SUCH")
        try place.file("clean/Dockerfile", "FROM scratch\nUSER 1\n")
        return place
    }

    private func lint(_ place: TemporaryDirectory, _ format: String, _ arguments: [String] = []) throws -> String {
        let files = [Self.hostileName, "plain/Dockerfile", "broken/Dockerfile", "clean/Dockerfile"]
        let outcome = try Program.run(
            ["lint", "--no-shellcheck", "-f", format] + arguments + files, environment: [:], directory: place.path)
        #expect(outcome.code == 1 && outcome.error.isEmpty, "\(outcome)")
        return outcome.output
    }

    @Test("SARIF is what its schema says: of hostile, broken and clean files, with fixes")
    func sarif() throws {
        let place = try place()
        let path = try place.file("out/a.sarif", lint(place, "sarif"))
        let single = try place.file("out/b.sarif", lint(place, "sarif", ["--file-path-in-report", "a b/<é>"]))
        let none = try Program.run(
            ["lint", "-f", "sarif", "clean/Dockerfile"], environment: [:], directory: place.path)
        let empty = try place.file("out/c.sarif", none.output)
        #expect(try JSONSchemas.errors(place, schema: JSONSchemas.sarif(), [path, single, empty]) == "")
        #expect(try place.text("out/a.sarif").contains("\"fixes\""))
    }

    /// By https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    private static let gitlab = """
        {
          "$schema": "http://json-schema.org/draft-07/schema#", "type": "array", "uniqueItems": true,
          "items": {
            "type": "object", "required": ["description", "check_name", "fingerprint", "location", "severity"],
            "properties": {
              "description": {"type": "string", "minLength": 1}, "check_name": {"type": "string", "minLength": 1},
              "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32,64}$"},
              "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
              "type": {"const": "issue"},
              "categories": {"type": "array", "minItems": 1, "items": {"enum": [
                "Bug Risk", "Clarity", "Compatibility", "Complexity", "Duplication", "Performance", "Security", "Style"
              ]}},
              "location": {
                "type": "object", "required": ["path", "lines"],
                "properties": {
                  "path": {"type": "string", "pattern": "^[^/]"},
                  "lines": {
                    "type": "object", "required": ["begin"],
                    "properties": {
                      "begin": {"type": "integer", "minimum": 1}, "end": {"type": "integer", "minimum": 1}
                    }
                  }
                }
              }
            }
          }
        }
        """

    @Test("GitLab's code quality report and Code Climate's issues are as GitLab describes them")
    func gitlab() throws {
        let place = try place()
        let schema = try place.file("schema.json", Self.gitlab)
        var paths: [String] = []
        for format in ["gitlab", "gitlab_codeclimate"] {
            paths.append(try place.file("out/\(format).json", lint(place, format)))
        }
        let outcome = try Program.run(
            ["lint", "--no-shellcheck", "-f", "codeclimate", Self.hostileName, "plain/Dockerfile"], environment: [:],
            directory: place.path)
        let issues = outcome.output.split(separator: "\0")
        #expect(outcome.code == 0 && issues.count > 10)
        paths.append(try place.file("out/issues.json", "[\(issues.joined(separator: ","))]"))
        #expect(try JSONSchemas.errors(place, schema: schema, paths) == "")
        let wrong = try place.file("out/wrong.json", "[{\"description\": \"x\"}]")
        #expect(try JSONSchemas.errors(place, schema: schema, [wrong]).contains("must contain"))
    }

    /// Reads XML strictly and writes what it has: elements with their attributes, in order.
    private static let reader = #"""
        import json, sys
        import xml.etree.ElementTree as tree

        root = tree.parse(sys.argv[1]).getroot()
        print(json.dumps([[e.tag, e.attrib, (e.text or "").strip()] for e in root.iter()]))
        """#

    private func elements(_ place: TemporaryDirectory, _ text: String) throws -> [OrderedJSON] {
        let script = try place.file("read-report.py", Self.reader)
        let path = try place.file("out/report.xml", text)
        let json = try Shell.run("/usr/bin/python3 '\(script)' '\(path)'")
        guard case .array(let items) = try OrderedJSON(parsing: Array(json.utf8)) else { return [] }
        return items
    }

    private func attribute(_ element: OrderedJSON, _ name: String) -> String? {
        guard case .array(let parts) = element, parts.count == 3 else { return nil }
        return parts[1][name]?.string
    }

    private func elements(_ all: [OrderedJSON], called name: String) -> [OrderedJSON] {
        all.filter { if case .array(let parts) = $0 { parts.first?.string == name } else { false } }
    }

    @Test(
        "JUnit and checkstyle are XML that another reader takes, with every name and message in it",
        arguments: [
            ("junit", "testsuite", "failure"), ("checkstyle", "file", "error"),
        ])
    func xml(format: String, file: String, finding: String) throws {
        let place = try place()
        let all = try elements(place, lint(place, format))
        let files = elements(all, called: file).compactMap { attribute($0, "name") }
        #expect(files.count == 4)
        // Signs that XML can't hold, or that would act on a terminal, are spelled out.
        #expect(
            files.first
                == "x ]]>&amp;<a b=\"c\">'%41#?\\x01\\x1b[31m\\u{202e}\\n\\u{fffe}é.Dockerfile", "\(files)")
        #expect(Array(files.dropFirst()) == ["plain/Dockerfile", "broken/Dockerfile", "clean/Dockerfile"])
        let messages = elements(all, called: finding).compactMap { attribute($0, "message") }
        let json = try OrderedJSON(parsing: Array(lint(place, "json").utf8))
        guard case .array(let told) = json else { return }
        #expect(messages.count == told.count)
        let plain = told.suffix(5).compactMap { $0["message"]?.string }
        #expect(Array(messages.suffix(5)) == plain)
        #expect(messages.contains { $0.contains("<") && $0.contains("&") }, "\(messages)")
    }
}
