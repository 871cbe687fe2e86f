import Core
import Glibc
import Testing

@testable import DockerfileLint

@Suite("Time of hadolint's rules")
struct RuleSpeedTests {
    private static func seconds(_ body: () -> Void) -> Double {
        var start = timespec()
        var end = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
        body()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
        return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
    }

    @Test("files of thousands of stages and commands take seconds, not minutes")
    func large() {
        let stage =
            "AS s\nRUN apt-get update; yarn install; pip install x; npm install a; wget x | sh\nENV PIP_NO_CACHE_DIR=0\n"
        let text = (0..<3000).map { "FROM s\($0 / 2) \(stage.replacing("s\n", with: "s\($0)\n", maxReplacements: 1))" }
        let file = LintFile(parsing: SourceFile(name: "Dockerfile", text: text.joined()))
        for rule in RuleSet.all where rule.info.origin == .hadolint {
            var report = LintReport(rule: rule.info, severity: .warning)
            let time = Self.seconds { rule.check(file, &report) }
            #expect(time < 2, "\(rule.info.code)")
        }
    }

    @Test("a RUN of thousands of commands takes seconds")
    func longScript() {
        let text = "FROM a\nRUN " + String(repeating: "apt-get install x y z && npm install a && ", count: 3000) + "b\n"
        let file = LintFile(parsing: SourceFile(name: "Dockerfile", text: text))
        for rule in RuleSet.all where rule.info.origin == .hadolint {
            var report = LintReport(rule: rule.info, severity: .warning)
            let time = Self.seconds { rule.check(file, &report) }
            #expect(time < 2, "\(rule.info.code)")
        }
    }
}
