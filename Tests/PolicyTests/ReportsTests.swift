import Core
import Layers
import OCI
import Policy
import Testing

struct ReportsTests {
    private static let policy =
        "policy:\n  user: true\n  setuid: true\n  exceptions:\n    - {rule: setuid, path: /bin/su, reason: why, owner: me, expires: 2031-01-01}\n    - {rule: setuid, path: /none, reason: why, owner: me, expires: 2031-01-01}\n"

    private func report(_ architecture: String, _ names: [String], user: String = "1") async throws -> PolicyReport {
        var image = TestImage()
        image.config.user = user
        for name in names { image.add(.file(BytePath(cleaning: name), bytes: [1], mode: 0o4755)) }
        return PolicyReport(
            image: "web:1", digest: SHA256.digest(of: architecture),
            platform: Platform(os: "linux", architecture: architecture), verdict: try await image.judge(Self.policy),
            version: "1.2.3")
    }

    private func reports(_ reports: [PolicyReport], isForAll: Bool = true) -> PolicyReports {
        PolicyReports(image: "web:1", digest: SHA256.digest(of: "index"), reports, isForAll: isForAll)
    }

    private func messages(_ json: OrderedJSON) -> [String] {
        guard case .array(let runs)? = json["runs"], case .array(let results)? = runs.first?["results"] else {
            return []
        }
        return results.compactMap { $0["message"]?["text"]?.string?.split(separator: ". Hint").first.map(String.init) }
    }

    @Test("what is found for every platform is told once, the rest with its platforms")
    func joined() async throws {
        let all = reports([
            try await report("amd64", ["bin/a", "bin/b"], user: "0"),
            try await report("arm64", ["bin/a", "bin/su"], user: "0"),
        ])
        #expect(!all.isPassed && all.summary == "failed: 2 of 2 platforms")
        #expect(
            messages(all.sarif) == [
                "the user '0' is root", "/bin/a is setuid", "/bin/b is setuid (linux/amd64)",
                "/bin/su is setuid (linux/arm64)",
                "the exception of /none is needed by nothing",
            ])
        guard case .array(let gitlab) = all.gitlab else { return #expect(Bool(false)) }
        #expect(Set(gitlab.compactMap { $0["fingerprint"]?.string }).count == 5)
        #expect(all.junit.contains("<testsuites name=\"sampan check\" tests=\"4\" failures=\"4\""))
        #expect(all.junit.contains("<testsuite name=\"web:1 (linux/arm64)\" tests=\"2\" failures=\"2\""))
        #expect(all.markdown.contains("<sub>linux/amd64, linux/arm64, `sha256:"))
        guard case .array(let platforms)? = all.json["platforms"] else { return #expect(Bool(false)) }
        #expect(platforms.map { $0["platform"]?.string } == ["linux/amd64", "linux/arm64"])
        #expect(all.json["passed"] == false && all.json["digest"]?.string == SHA256.digest(of: "index").description)
    }

    @Test("all platforms fail when one does; one alone has the same form when all were asked for")
    func verdicts() async throws {
        let good = try await report("amd64", ["bin/su"])
        let bad = try await report("arm64", ["bin/x"])
        #expect(reports([good]).isPassed && reports([good]).summary == "passed: all of 1 platforms")
        #expect(!reports([good, bad]).isPassed && reports([good, bad]).summary == "failed: 1 of 2 platforms")
        #expect(reports([good]).json["platforms"] != nil)
        #expect(reports([good], isForAll: false).json == good.json)
        #expect(reports([good], isForAll: false).sarif == good.sarif)
    }

    @Test("people are shown the weightiest findings of a rule and how many there are; programs get all")
    func shown() async throws {
        var image = TestImage()
        for index in 0..<30 {
            image.add(.file(BytePath(cleaning: "f/\(index)"), bytes: Array(repeating: 1, count: index), mode: 0o666))
        }
        let policy =
            "policy:\n  world-writable: true\n  exceptions:\n    - {rule: world-writable, path: /f/29, reason: why, owner: me, expires: 2031-01-01}\n"
        let report = PolicyReport(
            image: "web:1", digest: SHA256.digest(of: "x"), platform: Platform(os: "linux", architecture: "amd64"),
            verdict: try await image.judge(policy), version: "1")
        #expect(
            report.shown.map(\.message) == (19...28).reversed().map { "everybody may write /f/\($0)" } + [
                "and 20 more: --format json lists all"
            ])
        #expect(report.shown.last?.outcome == .failed && report.shown.last?.count == 20)
        #expect(report.markdown.contains("and 20 more: --format json lists all"))
        #expect(report.markdown.split(separator: "\n").count { $0.hasPrefix("| ❌") } == 11)
        for json in [report.json, report.sarif, report.gitlab] {
            let text = String(decoding: json.bytes(), as: UTF8.self)
            #expect((0..<30).allSatisfy { text.contains("everybody may write /f/\($0)") })
        }
        #expect(report.summary == "failed: 29 findings, 1 exception")
    }

    @Test("what is counted only is said to be in no format")
    func counted() async throws {
        var image = TestImage()
        for index in 0..<5007 { image.add(.file(BytePath(cleaning: "f/\(index)"), bytes: [1], mode: 0o666)) }
        let report = PolicyReport(
            image: "web:1", digest: SHA256.digest(of: "x"), platform: Platform(os: "linux", architecture: "amd64"),
            verdict: try await image.judge("policy:\n  world-writable: true\n"), version: "1")
        #expect(report.shown.count == 11)
        #expect(report.shown.last?.message == "and 4997 more: --format json lists 5000")
        #expect(report.summary == "failed: 5007 findings")
        #expect(report.json["counts"]?["failed"] == 5007)
    }

    @Test("what can't be judged fails, and every format says so")
    func unjudged() async throws {
        var image = TestImage()
        image.context.bases = nil
        let policy =
            "policy:\n  size:\n    max-growth: 5%\n  base:\n    digest: true\n    allowed: [x]\n    max-age: 1d\n  context: true\n  reproducible: true\n"
        let verdict = try await image.judge(policy)
        #expect(verdict.failures == 6 && verdict.unjudged == 6)
        for result in verdict.results {
            #expect(result.message.hasPrefix("not judged: ") && result.hint != nil && result.isUnjudged)
        }
        let report = PolicyReport(
            image: "web:1", digest: SHA256.digest(of: "x"), platform: Platform(os: "linux", architecture: "amd64"),
            verdict: verdict, version: "1")
        #expect(report.summary == "failed: 6 not judged")
        #expect(report.json["counts"]?["notJudged"] == 6)
        guard case .array(let results)? = report.json["results"] else { return #expect(Bool(false)) }
        #expect(results.allSatisfy { $0["judged"] == false })
        for text in [report.junit, report.markdown, String(decoding: report.sarif.bytes(), as: UTF8.self)] {
            #expect(text.contains("not judged: whether the build context has a .dockerignore is unknown"))
        }
        let warned = try await image.judge("policy:\n  context: {mode: warn}\n  user: {numeric: false}\n")
        #expect(warned.isPassed && warned.warnings == 1 && warned.unjudged == 1)
        // Who is not asked for what is unknown is not told.
        #expect(try await image.findings("policy:\n  context: {ignore-file: false}\n").isEmpty)
        image.config.user = "app"
        #expect(
            try await image.findings("policy:\n  user: {numeric: false}\n") == [
                "not judged: whether the user 'app' is root is unknown, for the image has no such user"
            ])
    }
}
