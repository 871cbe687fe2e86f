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
            "CONTEXT": work.context,
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
        let first = try jobs.run(commit: "1")
        try #require(first.code == 0, "\(first)")
        #expect(first.error.contains("executed with 1 lines"))
        #expect(jobs.registry.digest("team/web:1") == first.result)

        let second = try jobs.run(commit: "2")
        try #require(second.code == 0, "\(second)")
        for count in ["1", "2"] { #expect(!second.error.contains("executed with \(count) lines")) }
        #expect(second.result == first.result)
        #expect(jobs.registry.digest("team/web:2") == first.result)

        try jobs.work.file("source", "second\n")
        let third = try jobs.run(commit: "3")
        try #require(third.code == 0, "\(third)")
        // The cache mount came from the registry.
        #expect(third.error.contains("executed with 2 lines"))
        #expect(third.result != first.result)
        #expect(jobs.registry.digest("team/web:3") == third.result)
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

    @Test(
        "the gate on the size that docs/ci.md shows lets through and holds back", arguments: [("100000", 0), ("50", 1)])
    func sizeGate(limit: String, code: Int32) throws {
        let blocks = try Repository.text("docs/ci.md").split(separator: "```sh\n").map { $0.split(separator: "```")[0] }
        let gate = try #require(blocks.first { $0.contains("$SIZE_LIMIT") })
        let login =
            "printf %s \"$REGISTRY_PASSWORD\" | sampan login -u \"$REGISTRY_USER\" --password-stdin \"$REGISTRY\""
        let jobs = try Jobs()
        let outcome = try jobs.run(
            commit: "1", ["SIZE_LIMIT": limit, "DOCKER_CONFIG": jobs.work.place.path("login")],
            script: ["-euc", "\(login)\n\(gate)"])
        #expect(outcome.code == code, "\(outcome)")
        #expect((jobs.registry.digest("team/web:1") != nil) == (code == 0))
        #expect(outcome.error.contains("are allowed") == (code == 1))
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
