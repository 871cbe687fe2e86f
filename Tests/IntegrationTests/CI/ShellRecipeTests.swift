import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

/// One job after the other, each on a machine that has nothing, with `examples/ci/build.sh`.
private final class Jobs {
    let registry: PrivateRegistry
    let work: Workspace

    init() throws {
        registry = try PrivateRegistry()
        work = try Workspace("ci")
        try work.importBase()
        try work.succeed(["export", "base", "-o", "type=oci,dest=\(work.place.path("base"))"])
        try registry.add(layout: work.place.path("base"), as: "team/base:1")
        try work.file(
            "Dockerfile",
            #"""
            FROM \#(registry.host)/team/base:1 AS build
            COPY source /source
            RUN --mount=type=cache,target=/cache \
                echo line >>/cache/lines && echo "executed with $(wc -l </cache/lines) lines" && cp /source /made
            FROM scratch
            COPY --from=build /made /made
            COPY --from=build /bin/busybox /app
            USER 65532:65532
            ENTRYPOINT ["/app"]
            """#)
        try work.file("source", "first\n")
        try work.place.directory("bin")
        try work.place.symlink("bin/sampan", to: try Program.find())
        try work.place.directory("tmp")
    }

    /// Runs the recipe, or another script, with an empty store; variables come on top of those that it asks for.
    func run(
        commit: String, _ variables: [String: String?] = [:],
        script: [String] = ["\(Repository.root)/examples/ci/build.sh"]
    ) throws -> Program.Outcome {
        let place = work.place
        var environment: [String: String?] = [
            "PATH": "\(place.path)/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": try place.directory("home-\(commit)"), "SAMPAN_HOME": place.path("store-\(commit)"),
            "TMPDIR": place.path("tmp"), "REGISTRY": registry.host, "REGISTRY_USER": PrivateRegistry.user,
            "REGISTRY_PASSWORD": PrivateRegistry.password, "IMAGE": "\(registry.host)/team/web", "COMMIT": commit,
            "CONTEXT": work.context, "SAMPAN_POLICY": "\(Repository.root)/examples/ci/policy.yaml",
            "RUNNER_TEMP": place.path,
        ]
        environment.merge(variables) { $1 }
        var options = ChildProcess.Options("/bin/sh", script)
        options.environment = environment.compactMap { name, value in value.map { "\(name)=\($0)" } }
        let captured = try ChildProcess.capture(options, limit: 64 << 20, timeout: .seconds(120))
        try? Directory.removeTree(place.path("store-\(commit)"))
        return Program.Outcome(
            code: captured.status.shellCode, output: String(decoding: captured.output, as: UTF8.self),
            error: String(decoding: captured.error, as: UTF8.self))
    }

    /// Files of a job's home and of the directory for temporary files that hold the password, as it is or in base 64.
    func traces(commit: String) throws -> [String] {
        try Shell.run(
            "printf '%s' '\(PrivateRegistry.user):\(PrivateRegistry.password)' | base64 >'\(work.place.path)/key'; "
                + "cd '\(work.place.path)' && grep -rlF -e '\(PrivateRegistry.password)' -f key home-\(commit) tmp || true"
        ).split(separator: "\n").map(String.init)
    }
}

@Suite(
    "the shell recipe for CI",
    .enabled(
        if: Need.root && Need.programs("docker-registry", "skopeo", "jq", "perl", "curl"),
        "needs root, /bin/busybox, docker-registry, skopeo, jq, perl, curl"))
struct ShellRecipeTests {
    @Test("what a job made is what the next one begins with, on a machine that has nothing")
    func secondJob() throws {
        let jobs = try Jobs()
        let name = "\(jobs.registry.host)/team/web"
        let first = try jobs.run(commit: "1")
        try #require(first.code == 0, "\(first)")
        #expect(first.error.contains("executed with 1 lines"))
        #expect(first.result == jobs.registry.digest("team/web:1").map { "\(name)@\($0)" })
        #expect(first.output == first.result + "\n")

        let second = try jobs.run(commit: "2")
        try #require(second.code == 0, "\(second)")
        for count in ["1", "2"] { #expect(!second.error.contains("executed with \(count) lines")) }
        #expect(second.result == first.result)
        #expect(first.result == jobs.registry.digest("team/web:2").map { "\(name)@\($0)" })

        try jobs.work.file("source", "second\n")
        let third = try jobs.run(commit: "3")
        try #require(third.code == 0, "\(third)")
        // The cache mount came from the registry.
        #expect(third.error.contains("executed with 2 lines"))
        #expect(third.result != first.result)
        #expect(third.result == jobs.registry.digest("team/web:3").map { "\(name)@\($0)" })
        for commit in ["1", "2", "3"] { #expect(try jobs.traces(commit: commit) == []) }
    }

    @Test("a wrong password ends the job before it builds")
    func wrongPassword() throws {
        let jobs = try Jobs()
        let outcome = try jobs.run(commit: "1", ["REGISTRY_PASSWORD": "four-planks"])
        #expect(outcome.code == 2, "\(outcome)")
        #expect(outcome.error.contains("error: \(jobs.registry.host) does not take this user and password\n"))
        #expect(outcome.output.isEmpty && !outcome.error.contains("four-planks"))
        #expect(jobs.registry.digest("team/web:1") == nil)
    }

    @Test("what the policy refuses is told with its line, and never gets to the registry")
    func gate() throws {
        let jobs = try Jobs()
        func policy(_ text: String) throws -> [String: String?] {
            ["SAMPAN_POLICY": try jobs.work.place.file("policy.yaml", text)]
        }
        let large = try jobs.run(commit: "1", policy("policy:\n  size:\n    max: 50kB\n"))
        #expect(large.code == 1 && large.error.contains("over the limit of 50.0 kB"), "\(large)")
        #expect(large.error.contains("Dockerfile:7\n"), "\(large)")
        let broken = try jobs.run(commit: "2", policy("policy:\n  size:\n    max: 50 parrots\n"))
        #expect(broken.code == 2 && broken.error.contains("policy.yaml:3:10\n"), "\(broken)")
        let missing = try jobs.run(commit: "3", ["SAMPAN_POLICY": "/nowhere/sampan.yaml"])
        #expect(missing.code == 2 && missing.error.contains("there is no policy"), "\(missing)")

        let text = String(
            decoding: try WholeFile.read(jobs.work.context + "/Dockerfile", limit: 1 << 20), as: UTF8.self)
        try jobs.work.file("Dockerfile", text.replacing("USER 65532:65532", with: "USER root"))
        let root = try jobs.run(commit: "4")
        #expect(root.code == 1 && root.error.contains("FAILED  user "), "\(root)")
        #expect(root.error.contains("Dockerfile:8\n"), "\(root)")
        try jobs.work.file("Dockerfile", text.replacing("/app\"]", with: "/made\"]"))
        let still = try jobs.run(commit: "5")
        #expect(still.code == 1 && still.error.contains("FAILED  linkage "), "\(still)")
        for (index, outcome) in [large, broken, missing, root, still].enumerated() {
            #expect(outcome.output.isEmpty, "\(outcome)")
            #expect(jobs.registry.digest("team/web:\(index + 1)") == nil)
        }
    }

    @Test(
        "the reports of the recipes are written where a rule is broken, too, and an error ends the job",
        arguments: [
            ("github-actions.yml", "sarif", "sampan.sarif"), ("gitlab-ci.yml", "gitlab", "gl-code-quality-report.json"),
        ])
    func reports(recipe: String, format: String, file: String) throws {
        let line = try #require(
            Repository.lines("examples/ci/\(recipe)").first { $0.contains("sampan check --format \(format) ") })
        let script = try Repository.text("examples/ci/build.sh")
            .replacing("sampan check ", with: "cd \"$RUNNER_TEMP\"\n\(line)\nsampan check ")
        let jobs = try Jobs()
        let fine = try jobs.run(commit: "1", script: ["-c", script])
        #expect(fine.code == 0, "\(fine)")
        let report = jobs.work.place.path(file)
        #expect(try findings(report) == [])

        let policy = try jobs.work.place.file("policy.yaml", "policy:\n  size:\n    max: 1kB\n")
        let large = try jobs.run(commit: "2", ["SAMPAN_POLICY": policy], script: ["-c", script])
        #expect(large.code == 1 && large.error.contains("FAILED  size "), "\(large)")
        #expect(try findings(report).map { $0["ruleId"] ?? $0["check_name"] } == ["size"])

        let error = try jobs.run(commit: "3", ["SAMPAN_POLICY": "/nowhere"], script: ["-c", script])
        #expect(error.code != 0 && !error.error.contains("FAILED"), "\(error)")
        #expect(jobs.registry.digest("team/web:2") == nil && jobs.registry.digest("team/web:3") == nil)
    }

    /// Of SARIF or of GitLab's code quality.
    private func findings(_ report: String) throws -> [OrderedJSON] {
        let document = try OrderedJSON(parsing: WholeFile.read(report))
        if case .array(let all) = document { return all }
        guard case .array(let runs)? = document["runs"], case .array(let results)? = runs.first?["results"] else {
            return [.null]
        }
        return results
    }

    @Test(
        "a variable that is not set is named",
        arguments: ["REGISTRY", "REGISTRY_USER", "REGISTRY_PASSWORD", "IMAGE", "COMMIT"])
    func missing(_ variable: String) throws {
        let place = try TemporaryDirectory("ci")
        let set = ["REGISTRY", "REGISTRY_USER", "REGISTRY_PASSWORD", "IMAGE", "COMMIT"].filter { $0 != variable }
        var options = ChildProcess.Options("/bin/sh", ["\(Repository.root)/examples/ci/build.sh"])
        options.environment = ["PATH=/usr/bin:/bin", "TMPDIR=\(place.path)"] + set.map { "\($0)=x" }
        let captured = try ChildProcess.capture(options, limit: 1 << 20)
        #expect(!captured.status.isSuccess)
        #expect(String(decoding: captured.error, as: UTF8.self).contains("\(variable):"))
        #expect(try Directory.names(.open(place.path, O_RDONLY | O_DIRECTORY)) == [])
    }
}
