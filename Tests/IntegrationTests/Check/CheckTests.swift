import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite("judging images")
struct CheckTests {
    /// Files below `context` and a policy beside it, where the program runs.
    private func workspace(_ policy: String) throws -> Workspace {
        let work = try Workspace("check")
        try work.file("a", String(repeating: "0123456789\n", count: 1000))
        try work.file(".dockerignore", "Dockerfile\n")
        try work.place.file("sampan.yaml", policy)
        return work
    }

    private func json(_ text: String) throws -> OrderedJSON { try OrderedJSON(parsing: Array(text.utf8)) }

    private func results(_ outcome: Program.Outcome) throws -> [OrderedJSON] {
        guard case .array(let results)? = try json(outcome.output)["results"] else { return [] }
        return results
    }

    /// `outcome rule file:line` of each result.
    private func lines(_ outcome: Program.Outcome) throws -> [String] {
        try results(outcome).map { result in
            let place = result["place"].map { " \($0["file"]?.string ?? ""):\(number($0["line"]))" } ?? ""
            return "\(result["outcome"]?.string ?? "") \(result["rule"]?.string ?? "")\(place)"
        }
    }

    private func number(_ value: OrderedJSON?) -> String {
        if case .number(let text)? = value { text } else { "" }
    }

    @Test("findings point to the line of the Dockerfile that is guilty, else to the policy; the status says the rest")
    func places() throws {
        let work = try workspace(
            """
            policy:
              size:
                max: 1MB
              layers:
                max: 1
              user: true
              ports: true
              labels:
                required: [team]
              platforms:
                required: [linux/s390x]
              setuid:
                mode: warn
              healthcheck:
                mode: warn

            """)
        try work.image(
            """
            FROM scratch
            COPY a /a
            EXPOSE 80
            COPY --chmod=4755 a \\
              /b
            USER root

            """, ["-t", "web:1"])
        let outcome = try work.run("check", "--format", "json", "web:1")
        #expect(outcome.code == 1, "\(outcome)")
        #expect(
            try lines(outcome) == [
                "passed size sampan.yaml:2", "failed layers context/Dockerfile:1", "failed user context/Dockerfile:6",
                "warned setuid context/Dockerfile:4", "failed ports context/Dockerfile:3",
                "warned healthcheck context/Dockerfile:1", "failed labels context/Dockerfile:1",
                "failed platforms context/Dockerfile:1",
            ])
        let table = try work.run("check", "web:1")
        #expect(table.code == 1 && table.error.isEmpty)
        #expect(table.output.contains("--> context/Dockerfile:4\n"), "\(table.output)")
        #expect(table.output.hasSuffix("\nfailed: 5 findings, 2 warnings, 1 rule holds\n"), "\(table.output)")
        try work.place.file("sampan.yaml", "policy:\n  mode: warn\n  user: true\n")
        #expect(try work.run("check", "-q", "web:1").code == 0)
    }

    @Test("what is asked for wrongly is told, with status 2 or 64")
    func refusals() throws {
        let work = try workspace("policy:\n  user: true\n")
        try work.image("FROM scratch\nCOPY a /a\nUSER 1\n", ["-t", "web:1"])
        func refused(_ arguments: [String], _ code: Int32, _ text: String) throws {
            let outcome = try work.run(["check", "-q"] + arguments)
            #expect(outcome.code == code && outcome.error.contains(text), "\(arguments): \(outcome)")
            #expect(outcome.output.isEmpty)
        }
        try refused([], 64, "no image is named")
        try refused(["web:1", "--format", "xml"], 64, "xml")
        try refused(["web:1", "--baseline", "x", "--reference", "web:1"], 64, "exclude each other")
        try refused(["store:none:1"], 2, "none:1")
        try refused(["web:1", "--policy", "none.yaml"], 2, "there is no policy 'none.yaml'")
        try refused(["--policy", "none.yaml"], 64, "sampan check --init IMAGE writes a first one")
        try refused(["web:1", "--policy", "none.yaml", "--profile", "deliveri"], 2, "the profiles are: delivery")
        try refused(["web:1", "--file", "none"], 2, "cannot read 'none'")
        try refused(["web:1", "--baseline", "none.json"], 2, "there is no such file")
        try refused(["web:1", "--update-baseline"], 2, "no file is named for the baseline")
        try refused(["web:1", "--init"], 2, "'sampan.yaml' has a policy already")
    }

    @Test("a policy that --init wrote is kept by its image, in any project", .enabled(if: Need.root, Need.rootReason))
    func draft() throws {
        let work = try workspace("# Ours.\nregistries: {}")
        try work.importBase()
        try work.image("FROM base\nCOPY a /a\nEXPOSE 80\nLABEL org.opencontainers.image.title=x\n", ["-t", "web:1"])
        let written = try work.succeed(["check", "--init", "-q", "web:1"])
        #expect(written.output == "sampan.yaml\n")
        let text = String(decoding: try WholeFile.read(work.place.path("sampan.yaml")), as: UTF8.self)
        #expect(text.hasPrefix("# Ours.\nregistries: {}\n\n# What images of this project must be."), "\(text)")
        let outcome = try work.succeed(["check", "-q", "web:1", "--format", "json"])
        #expect(try lines(outcome).contains { $0.hasPrefix("warned user") }, "\(outcome)")
        #expect(try json(outcome.output)["passed"] == true)
        // It gets worse.
        try work.file("a", String(repeating: String(UInt64.random(in: 1...UInt64.max)), count: 20))
        try work.image("FROM base\nCOPY a /a\nCOPY a /b\nCOPY a /c\nCOPY a /d\nEXPOSE 81\n", ["-t", "web:2"])
        let worse = try work.run("check", "-q", "web:2", "--format", "json")
        #expect(worse.code == 1)
        let failed = try lines(worse).filter { $0.hasPrefix("failed") }
        #expect(
            failed == [
                "failed layers context/Dockerfile:1", "failed ports context/Dockerfile:6",
                "failed labels context/Dockerfile:1",
            ], "\(worse.output)")
    }

    @Test("growth is measured against a committed baseline, or against an image")
    func growth() throws {
        let work = try workspace("policy:\n  baseline: figures.json\n  size:\n    max-growth: 5%\n")
        try work.image("FROM scratch\nCOPY a /a\n", ["-t", "web:1"])
        #expect(try work.run("check", "-q", "web:1").code == 2)
        #expect(try work.run("check", "-q", "--update-baseline", "web:1").code == 0)
        let figures = try WholeFile.read(work.place.path("figures.json"))
        #expect(try OrderedJSON(parsing: figures)["version"] == 1)
        #expect(try work.run("check", "-q", "web:1").code == 0)
        var noise = SeededGenerator(seed: 7)
        try work.file("b", (0..<5000).map { _ in UInt8.random(in: 0...255, using: &noise) })
        try work.image("FROM scratch\nCOPY a /a\nCOPY b /b\n", ["-t", "web:2"])
        let grown = try work.run("check", "-q", "web:2", "--format", "json")
        #expect(grown.code == 1)
        #expect(try lines(grown) == ["failed size context/Dockerfile:3"])
        #expect(try results(grown).first?["message"]?.string?.contains("larger than the baseline") == true)
        #expect(try work.run("check", "-q", "web:2", "--reference", "web:2").code == 0)
        #expect(try work.run("check", "-q", "web:2", "--reference", "web:1").output.contains("larger than web:1"))
        // No other than --update-baseline writes it, and then others are judged by the new one.
        #expect(try WholeFile.read(work.place.path("figures.json")) == figures)
        try work.succeed(["check", "-q", "--update-baseline", "web:2"])
        #expect(try work.run("check", "-q", "web:2").code == 0)
        try work.place.file("figures.json", "{\"version\": 1, \"platforms\": {\"linux/s390x\": {}}}")
        let broken = try work.run("check", "-q", "web:2")
        #expect(broken.code == 2 && broken.error.contains("the figures of 'linux/s390x' are incomplete"), "\(broken)")
    }

    @Test("exceptions hold for their files and to their day, and one that nothing needs is told")
    func exceptions() throws {
        func exception(_ path: String, _ day: String) -> String {
            "    - {rule: setuid, path: \(path), reason: until the move, owner: me@example.com, expires: \(day)}\n"
        }
        let work = try workspace(
            "policy:\n  setuid: true\n  exceptions:\n" + exception("/one", "2199-12-31")
                + exception("/two", "2020-01-01")
                + exception("/none", "2199-12-31"))
        try work.image(
            "FROM scratch\nCOPY --chmod=4755 a /one\nCOPY --chmod=4755 a /two\nCOPY --chmod=4755 a /three\n",
            ["-t", "web:1"])
        let outcome = try work.run("check", "-q", "web:1", "--format", "json")
        #expect(outcome.code == 1)
        #expect(
            try lines(outcome) == [
                "excepted setuid context/Dockerfile:2", "failed setuid context/Dockerfile:4",
                "failed setuid context/Dockerfile:3", "warned setuid sampan.yaml:6",
            ])
        let all = try results(outcome)
        #expect(
            all[0]["exception"] == [
                "reason": "until the move", "owner": "me@example.com", "expires": "2199-12-31",
            ])
        #expect(all[2]["message"]?.string?.hasSuffix("(the exception of me@example.com ended on 2020-01-01)") == true)
    }
}
