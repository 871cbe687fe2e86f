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

    @Test(
        "an exception that nothing needs, or whose rule is not asked for, is told with its place",
        arguments: [
            ("setuid: true", "the exception of /bin/su is needed by nothing", 8, 13),
            ("user: true", "the exception of /bin/su is for the rule 'setuid', which the policy does not have", 4, 13),
            ("setuid: false", "the exception of /bin/su is for the rule 'setuid', which is off in the policy", 4, 13),
        ])
    func needless(rule: String, message: String, line: Int, column: Int) async throws {
        let text = exception("2031-01-01", path: "/bin/su").replacing("setuid: true", with: rule)
        let verdict = try await TestImage().judge(text)
        #expect(verdict.isPassed && verdict.warnings == 1)
        let last = try #require(verdict.results.last)
        #expect(last.message == message)
        #expect(last.place?.firstLine == line && last.place?.column == column)
        #expect(last.excerpt.map { $0.file.position(at: $0.range.start).line } == line)
    }

    @Test("findings beyond those that are listed are excepted by an exception for the rule, not by one for a path")
    func untold() async throws {
        var image = TestImage()
        for index in 0..<5100 { image.add(.file(BytePath(cleaning: "w/\(index)"), bytes: [1], mode: 0o4755)) }
        let all = try await image.judge(exception("2031-01-01"))
        #expect(all.isPassed && all.count { if case .excepted = $0 { true } else { false } } == 5100)
        #expect(try await image.judge(exception("2031-01-01", path: "/w")).failures == 100)
        // Whether this one is needed nobody knows.
        let other = try await image.judge(exception("2031-01-01", path: "/none"))
        #expect(other.failures == 5100 && other.warnings == 0)
    }

    @Test(
        "findings beyond those that are listed are counted and not made",
        arguments: [
            ("setuid", 5250), ("world-writable", 5250), ("secrets", 10500), ("files", 5250), ("context", 5250),
            ("shells", 5250), ("linkage", 5250),
        ])
    func counted(rule: String, count: Int) async throws {
        var image = TestImage()
        image.context.hasIgnoreFile = true
        let secret = SecretFinding(rule: "private-key", title: "a private key", line: 1)
        let name = rule == "context" ? "Dockerfile" : "sh"
        image.programs = []
        for index in 0..<5250 {
            let path = BytePath(cleaning: "w/\(index)/bin/\(name)")
            image.add(.file(path, bytes: [1], mode: 0o4777), secrets: [secret, secret])
            image.programs.append(ProgramVerdict(path: path, isEntrypoint: true, start: .fails([.shell("/bin/sh")])))
        }
        let value = rule == "files" ? "{forbidden: [sh]}" : "true"
        let policy = "policy:\n  \(rule): \(value)\n"
        let settings = try #require(try readPolicy(policy).rules[rule])
        let found = try await #require(PolicyRules.rule(rule)).findings(
            settings, try PolicyInput(image.explanation, image.context))
        #expect(found.count == 5000)
        #expect(found.last?.others == count - 5000)
        let verdict = try await image.judge(policy)
        #expect(verdict.results.count == 5001)
        #expect(verdict.results.last?.message == "and \(count - 5000) more that are counted and not listed")
        #expect(verdict.failures == count)
        guard rule != "files" else { return }
        let draft = try await PolicyDraft.text(for: image.explanation, image.context)
        #expect(draft.contains(", and \(count - 1) more"))
    }

    @Test("long names are counted sooner")
    func longNames() async throws {
        var image = TestImage()
        let long = String(repeating: "n", count: 250)
        for index in 0..<1000 {
            let path = "w/\(index)" + String(repeating: "/" + long, count: 12)
            image.add(.file(BytePath(cleaning: path), bytes: [1], mode: 0o4755))
        }
        let verdict = try await image.judge("policy:\n  setuid: true\n")
        #expect(verdict.failures == 1000)
        #expect((300...400).contains(verdict.results.count))
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
