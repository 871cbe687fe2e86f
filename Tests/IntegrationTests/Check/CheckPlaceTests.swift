import Core
import HostOS
import SampanTestSupport
import Testing

/// Where findings are said to be, wherever one is.
@Suite("places of findings")
struct CheckPlaceTests {
    private func run(_ work: Workspace, in directory: String, _ arguments: [String]) throws -> Program.Outcome {
        try Program.run(
            ["check", "-q"] + arguments, environment: ["SAMPAN_HOME": work.home], input: [],
            directory: work.place.path(directory))
    }

    /// `file:line` of the findings as SARIF has them.
    private func sarif(_ outcome: Program.Outcome) throws -> [String] {
        let document = try OrderedJSON(parsing: Array(outcome.output.utf8))
        guard case .array(let runs)? = document["runs"], case .array(let results)? = runs.first?["results"] else {
            return []
        }
        return results.map { result in
            guard case .array(let locations)? = result["locations"],
                let place = locations.first?["physicalLocation"],
                case .number(let line)? = place["region"]?["startLine"]
            else { return "" }
            return "\(place["artifactLocation"]?["uri"]?.string ?? ""):\(line)"
        }
    }

    @Test("files are called from where one is; in what is shown beside the source, from the repository's root")
    func directories() throws {
        let work = try Workspace("check-places")
        for name in ["context/.git", "context/cmd/web", "elsewhere"] { try work.place.directory(name) }
        try work.file("a", "a\n")
        try work.file("sampan.yaml", "policy:\n  setuid: true\n  healthcheck: true\n  size:\n    max-growth: 5%\n")
        try work.image("FROM scratch\nCOPY --chmod=4755 a /a\n", ["-t", "web:1"])
        let here = try run(work, in: "context", ["web:1"])
        #expect(here.code == 1 && here.output.contains("--> Dockerfile:2\n"), "\(here)")
        #expect(here.output.contains("--> sampan.yaml:5\n"), "\(here)")
        let policy = ["--policy", "../../sampan.yaml", "web:1"]
        let below = try run(work, in: "context/cmd/web", policy)
        #expect(below.output.contains("--> ../../Dockerfile:2\n"), "\(below)")
        #expect(below.output.contains("--> ../../sampan.yaml:5\n"), "\(below)")
        let named = try run(
            work, in: "context/cmd", ["--policy", "../sampan.yaml", "--file", "../Dockerfile", "web:1"])
        #expect(named.output.contains("--> ../Dockerfile:2\n"), "\(named)")
        let expected = ["sampan.yaml:5", "Dockerfile:2", "Dockerfile:1"]
        #expect(try sarif(run(work, in: "context/cmd/web", policy + ["--format", "sarif"])) == expected)
        #expect(try sarif(run(work, in: "context", ["web:1", "--format", "sarif"])) == expected)
        let outside = ["--policy", "../context/sampan.yaml", "web:1"]
        #expect(try sarif(run(work, in: "elsewhere", outside + ["--format", "sarif"])) == expected)
        let markdown = try run(work, in: "elsewhere", outside + ["--format", "markdown"])
        #expect(markdown.output.contains("| `Dockerfile:2` |"), "\(markdown)")
    }

    @Test("an exception that does nothing is shown with the line that has it")
    func exceptions() throws {
        let work = try Workspace("check-exceptions")
        try work.file("a", "a\n")
        try work.place.file(
            "sampan.yaml",
            """
            policy:
              user: true
              exceptions:
                - rule: user
                  path: /a
                  reason: x
                  owner: me
                  expires: 2199-12-31
                - {rule: setuid, reason: x, owner: me, expires: 2199-12-31}

            """)
        try work.image("FROM scratch\nCOPY a /a\nUSER 1\n", ["-t", "web:1"])
        let outcome = try work.run("check", "-q", "web:1")
        #expect(outcome.code == 0, "\(outcome)")
        #expect(
            outcome.output.contains(
                """
                warned  user    the exception of /a is needed by nothing
                                 --> sampan.yaml:5:13
                                5 |       path: /a
                                  |             ^^
                                hint: take it out of the policy
                warned  setuid  the exception is for the rule 'setuid', which the policy does not have
                                 --> sampan.yaml:9:14
                                9 |     - {rule: setuid, reason: x, owner: me, expires: 2199-12-31}
                                  |              ^^^^^^
                                hint: take it out, or ask for the rule: 'setuid: true'

                passed: 2 warnings, 1 rule holds

                """), "\(outcome.output)")
    }

    @Test("all platforms of an index are judged, each by itself; one that is bad fails them")
    func platforms() throws {
        let work = try Workspace("check-platforms")
        try work.file("a-amd64", "a\n")
        try work.file("a-arm64", "a\n", mode: 0o4755)
        try work.place.file("sampan.yaml", "policy:\n  setuid: true\n  platforms:\n    required: [linux/arm64]\n")
        try work.image(
            "FROM scratch\nARG TARGETARCH\nCOPY a-$TARGETARCH /a\n",
            ["-t", "web:1", "--platform", "linux/amd64,linux/arm64"])
        #expect(try work.run("check", "-q", "web:1", "--platform", "linux/amd64").code == 0)
        let all = try work.run("check", "-q", "web:1", "--platform", "all")
        #expect(all.code == 1, "\(all)")
        #expect(
            all.output.contains("web:1  linux/amd64  sha256:") && all.output.contains("web:1  linux/arm64  sha256:"))
        #expect(all.output.hasSuffix("\n\nfailed: 1 of 2 platforms\n"), "\(all.output)")
        let sarif = try work.run("check", "-q", "web:1", "--platform", "all", "--format", "sarif").output
        #expect(sarif.contains("/a is setuid (linux/arm64)"), "\(sarif)")
        let json = try work.run("check", "-q", "web:1", "--platform", "all", "--format", "json").output
        guard case .array(let reports)? = try OrderedJSON(parsing: Array(json.utf8))["platforms"] else {
            return #expect(Bool(false), "\(json)")
        }
        #expect(reports.map { $0["passed"] } == [true, false])
        // The figures of both go into one baseline.
        try work.place.file("sampan.yaml", "policy:\n  baseline: figures.json\n  size: {max-growth: 1%}\n")
        try work.succeed(["check", "-q", "--update-baseline", "--platform", "all", "web:1"])
        for platform in ["linux/amd64", "linux/arm64", "all"] {
            try work.succeed(["check", "-q", "--platform", platform, "web:1"])
        }
    }

    @Test("the context may be a git repository; an image whose build is unknown is not judged by what it needs")
    func git() throws {
        let work = try Workspace("check-git")
        try work.place.file(
            "sampan.yaml", "policy:\n  context: true\n  base:\n    digest: true\n  reproducible: true\n")
        try work.file("a", "a\n")
        try work.image("FROM scratch\nCOPY a /a\n", ["-t", "web:1"])
        let place = work.place.path
        try Shell.run(
            """
            export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
            export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
            cd '\(place)/context' && git init -q -b main . && git add . && git commit -qm one && git tag bare
            echo Dockerfile >.dockerignore && git add . && git commit -qm two && git clone -q --bare . ../repo.git
            """)
        let url = "file://\(place)/repo.git"
        let path = work.place.path("copy")
        try work.succeed(["copy", "-q", "store:web:1", "oci:\(path):1"])
        let elsewhere = ["SAMPAN_HOME": work.place.path("elsewhere")]
        func check(_ arguments: String...) throws -> Program.Outcome {
            try work.run(["check", "-q", "oci:\(path):1"] + arguments, environment: elsewhere)
        }
        let unknown = try check()
        #expect(unknown.code == 1 && unknown.output.hasSuffix("\nfailed: 3 not judged\n"), "\(unknown)")
        #expect(unknown.output.contains("hint: name the context with --context (a directory, or a git URL)"))
        let main = try check("--context", url + "#main")
        #expect(main.code == 0, "\(main)")
        let bare = try check("--context", url + "#bare", "--format", "sarif")
        #expect(bare.code == 1 && bare.output.contains("the build context has no .dockerignore"), "\(bare)")
        #expect(bare.output.contains("\"uri\": \"Dockerfile\""), "\(bare)")
        let none = try check("--context", url + "#nowhere")
        #expect(none.code == 2 && none.error.contains("nowhere"), "\(none)")
        // A directory does, too.
        #expect(try check("--context", "context").code == 0)
        let gone = try check("--context", "gone")
        #expect(gone.code == 2 && gone.error.contains("there is no context directory 'gone'"), "\(gone)")
    }
}
