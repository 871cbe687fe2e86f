import Core
import ImageAnalysis
import Layers
import OCI
import Policy
import Testing

struct JudgeTests {
    private var image: TestImage {
        var image = TestImage()
        image.layer("RUN x", .file("bin/su", bytes: [1], mode: 0o4755), .file("bin/sudo", bytes: [1], mode: 0o4755))
        return image
    }

    private func exception(_ expires: String, path: String? = nil) -> String {
        "policy:\n  setuid: true\n  exceptions:\n    - rule: setuid\n      reason: needed\n      owner: me\n      expires: \(expires)\n"
            + (path.map { "      path: \($0)\n" } ?? "")
    }

    @Test("what is to be warned of does not fail")
    func modes() async throws {
        let verdict = try await image.judge("policy:\n  mode: warn\n  setuid: true\n")
        #expect(verdict.isPassed && verdict.warnings == 2)
        #expect(try await image.judge("policy:\n  mode: warn\n  setuid:\n    mode: enforce\n").failures == 2)
        #expect(try await image.judge("policy:\n  setuid: false\n").results.isEmpty)
    }

    @Test(
        "an exception holds to the end of its last day, for its path alone",
        arguments: [("2030-06-15", 1), ("2030-06-14", 2)])
    func exceptions(expires: String, failures: Int) async throws {
        let verdict = try await image.judge(exception(expires, path: "/bin/su"))
        #expect(verdict.failures == failures)
        if failures == 1 {
            #expect(
                verdict.results.contains { $0.outcome == .excepted(reason: "needed", owner: "me", expires: expires) })
        } else {
            #expect(
                verdict.results.contains { $0.message == "/bin/su is setuid (the exception of me ended on 2030-06-14)" }
            )
        }
        #expect(try await image.judge(exception(expires)).failures == (failures == 1 ? 0 : 2))
    }

    @Test("an exception that nothing needs is told with its line")
    func needless() async throws {
        let verdict = try await TestImage().judge(exception("2031-01-01", path: "/bin/su"))
        #expect(verdict.isPassed && verdict.warnings == 1)
        #expect(verdict.results.last?.place?.firstLine == 4)
    }

    @Test("a rule with thousands of findings is told of in bounds")
    func many() async throws {
        var image = TestImage()
        for index in 0..<5000 { image.add(.file(BytePath(cleaning: "w/\(index)"), bytes: [1], mode: 0o666)) }
        let verdict = try await image.judge("policy:\n  world-writable: true\n")
        #expect(verdict.results.count == 101)
        #expect(verdict.results.last?.message == "and 4900 more")
    }

    @Test(
        "findings beyond those that are told are counted and not made",
        arguments: ["setuid", "world-writable", "secrets"])
    func counted(rule: String) async throws {
        var image = TestImage()
        let secret = SecretFinding(rule: "private-key", title: "a private key", line: 1)
        for index in 0..<250 {
            image.add(.file(BytePath(cleaning: "w/\(index)"), bytes: [1], mode: 0o4777), secrets: [secret, secret])
        }
        let settings = try #require(try readPolicy("policy:\n  \(rule): true\n").rules[rule])
        let found = try await #require(PolicyRules.rule(rule)).findings(
            settings, try PolicyInput(image.explanation, image.context))
        #expect(found.count == 100)
        #expect(found.last?.others == (rule == "secrets" ? 400 : 150))
        let results = try await image.judge("policy:\n  \(rule): true\n").results
        #expect(results.count == 101)
        #expect(results.last?.message == (rule == "secrets" ? "and 400 more" : "and 150 more"))
        let draft = try await PolicyDraft.text(for: image.explanation, image.context)
        #expect(draft.contains(rule == "secrets" ? ", and 499 more" : ", and 249 more"))
    }

    @Test("a first policy passes for its image, and keeps passing no worse ones")
    func draft() async throws {
        var image = image
        image.config.user = nil
        image.config.exposedPorts = ["8080/tcp"]
        image.context.bases = [.init(name: "debian:12")]
        image.sizes[0] = 12_345_678
        let text = try await PolicyDraft.text(for: image.explanation, image.context)
        #expect(text.contains("    max: 14MB\n"))
        let verdict = try await image.judge(text)
        #expect(verdict.isPassed)
        #expect(verdict.warnings > 0)
        image.sizes[0] = 15_000_000
        #expect(try await image.judge(text).failures == 1)
    }

    @Test("a first policy bears hostile names")
    func hostileDraft() async throws {
        var image = TestImage()
        image.add(.file(BytePath(cleaning: Array("bin/a\n  size: false\nb".utf8)), bytes: [1], mode: 0o4755))
        image.config.exposedPorts = ["80]\n  x: y"]
        let text = try await PolicyDraft.text(for: image.explanation, image.context)
        #expect(try readPolicy(text).mode(of: "size") == .enforce)
    }

    @Test("figures are written and read as they were, and damaged ones refused")
    func baseline() throws {
        var baseline = Baseline()
        let platform = Platform(os: "linux", architecture: "arm64")
        baseline[platform] = ImageFigures(name: "the baseline", size: 10, unpacked: 20, layers: 3)
        #expect(try Baseline(parsing: baseline.bytes, file: "f") == baseline)
        for text in [
            "", "{}", "[]", "{\"version\": 2, \"platforms\": {}}", "{\"version\": 1, \"platforms\": {\"x\": {}}}",
            "{\"version\": 1, \"platforms\": {\"linux/amd64\": {\"size\": -1, \"unpacked\": 1, \"layers\": 1}}}",
            "{\"version\": 1, \"platforms\": {\"linux/amd64\": {\"size\": 99999999999999999999, \"unpacked\": 1, \"layers\": 1}}}",
        ] {
            #expect(throws: PolicyError.self) { try Baseline(parsing: Array(text.utf8), file: "f") }
        }
    }
}
