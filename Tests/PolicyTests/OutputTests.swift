import Core
import ImageAnalysis
import Layers
import Policy
import Testing

struct OutputTests {
    private func report(_ name: String = "bin/su") async throws -> PolicyReport {
        var image = TestImage()
        image.layer(
            "RUN x", .file(BytePath(cleaning: name), bytes: [1], mode: 0o6755), .file("open", bytes: [1], mode: 0o666))
        let verdict = try await image.judge(
            "policy:\n  user: true\n  setuid: true\n  world-writable: true\n  healthcheck:\n    mode: warn\n  exceptions:\n    - {rule: world-writable, reason: why, owner: me, expires: 2031-01-01}\n"
        )
        return PolicyReport(
            image: "web:1", digest: SHA256.digest(of: "x"), platform: Platform(os: "linux", architecture: "amd64"),
            verdict: verdict, version: "1.2.3")
    }

    @Test("JSON has every rule with its outcome and place")
    func json() async throws {
        let json = try await report().json
        #expect(json["passed"] == false)
        #expect(json["counts"] == ["failed": 1, "warned": 1, "excepted": 1, "notJudged": 0, "passed": 1])
        guard case .array(let results)? = json["results"] else { return #expect(Bool(false)) }
        #expect(results.map { $0["rule"]?.string } == ["user", "setuid", "world-writable", "healthcheck"])
        #expect(results[1]["place"] == ["file": "Dockerfile", "line": 3, "lastLine": 3])
        #expect(results[1]["policy"] == ["file": "sampan.yaml", "line": 3, "lastLine": 3])
    }

    @Test("SARIF points into the Dockerfile, and says what is excepted")
    func sarif() async throws {
        let sarif = try await report().sarif
        guard case .array(let runs)? = sarif["runs"], let run = runs.first, case .array(let results)? = run["results"],
            case .array(let rules)? = run["tool"]?["driver"]?["rules"]
        else { return #expect(Bool(false)) }
        #expect(results.map { $0["level"]?.string } == ["error", "note", "warning"])
        #expect(rules.map { $0["id"]?.string } == ["setuid", "world-writable", "healthcheck"])
        #expect(results[1]["suppressions"] != nil && results[0]["suppressions"] == nil)
        guard case .array(let locations)? = results[0]["locations"] else { return #expect(Bool(false)) }
        #expect(
            locations[0]["physicalLocation"] == [
                "artifactLocation": ["uri": "Dockerfile"], "region": ["startLine": 3, "endLine": 3],
            ])
    }

    @Test("fingerprints stay when lines and figures change, and are each another's")
    func fingerprints() async throws {
        guard case .array(let one) = try await report().gitlab, case .array(let other) = try await report().gitlab
        else {
            return #expect(Bool(false))
        }
        #expect(one == other)
        #expect(Set(one.compactMap { $0["fingerprint"]?.string }).count == 3)
        #expect(one.map { $0["severity"]?.string } == ["major", "info", "minor"])
    }

    @Test("a finding without a file is shown where the policy would be")
    func nowhere() {
        let result = PolicyResult(rule: "user", outcome: .failed, message: "m")
        let report = PolicyReport(
            image: "web:1", digest: SHA256.digest(of: "x"), platform: Platform(os: "linux", architecture: "amd64"),
            verdict: PolicyVerdict(results: [result]), version: "1")
        for document in [report.sarif, report.gitlab] {
            #expect(String(decoding: document.bytes(), as: UTF8.self).contains("\"sampan.yaml\""))
        }
    }

    @Test("a hint for a shell has a name as one word")
    func words() async throws {
        var image = TestImage()
        image.layer("RUN x", .file(BytePath(cleaning: "bin/$(id) 'x' y"), bytes: [1], mode: 0o4755))
        let verdict = try await image.judge("policy:\n  setuid: true\n")
        let expected = #"take the right away where it is made: chmod u-s '/bin/$(id) '\''x'\'' y'"#
        #expect(verdict.results.first?.hint == expected)
    }

    @Test("JUnit has a case for each rule")
    func junit() async throws {
        let text = try await report().junit
        #expect(text.contains("<testsuites name=\"sampan check\" tests=\"4\" failures=\"1\" errors=\"0\" time=\"0\">"))
        #expect(
            text.contains("<testcase classname=\"policy\" name=\"setuid\" time=\"0\" file=\"Dockerfile\" line=\"3\">"))
        #expect(text.contains("<testcase classname=\"policy\" name=\"user\" time=\"0\"/>"))
    }

    @Test("Markdown fits a comment")
    func markdown() async throws {
        let text = try await report().markdown
        #expect(
            text.hasPrefix("### ❌ sampan check: `web:1`\n\nfailed: 1 finding, 1 warning, 1 exception, 1 rule holds\n"))
        #expect(text.contains("| ❌ failed | setuid | /bin/su is setuid<br>→ "))
    }

    @Test(
        "hostile names break no format",
        arguments: [
            "bin/\u{1b}[31mx", "bin/a|b`c", "bin/<script>&\"x\"", "bin/a\nb\u{202e}c", "bin/]]>", "bin/\u{fffe}",
            "bin/@all #1",
        ])
    func hostile(name: String) async throws {
        let report = try await report(name)
        for text in [report.junit, report.markdown] {
            #expect(!text.contains("\u{1b}") && !text.contains("\u{202e}") && !text.contains("<script>"))
            #expect(!text.unicodeScalars.contains("\u{fffe}"))
        }
        let rows = report.markdown.split(separator: "\n").filter { $0.hasPrefix("| ❌") }
        #expect(rows.count == 1)
        #expect(rows[0].replacing("\\|", with: "").count { $0 == "|" } == 5)
        for json in [report.json, report.sarif, report.gitlab] {
            #expect(try OrderedJSON(parsing: json.bytes()) == json)
            #expect(!String(decoding: json.bytes(), as: UTF8.self).contains("\u{202e}"))
        }
    }
}
