import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite("judging what a build can tell", .enabled(if: Need.root, Need.rootReason))
struct CheckBuildTests {
    private func outcomes(_ outcome: Program.Outcome) throws -> [String: String] {
        guard case .array(let results)? = try OrderedJSON(parsing: Array(outcome.output.utf8))["results"] else {
            return [:]
        }
        return results.reduce(into: [:]) { all, result in
            guard let rule = result["rule"]?.string, all[rule] != "failed" else { return }
            all[rule] = result["outcome"]?.string
        }
    }

    @Test("an image is built once more, as it was, to say whether that gives the same")
    func reproducible() throws {
        let work = try Workspace("check-rebuild")
        try work.importBase()
        try work.place.file("sampan.yaml", "policy:\n  reproducible:\n    arguments: [NAME=boat]\n")
        try work.image(
            """
            FROM base AS same
            ARG NAME
            RUN echo "$NAME" >/name
            FROM same
            RUN cat /proc/sys/kernel/random/uuid >/id

            """, ["-t", "other:1", "--build-arg", "NAME=boat"])
        let other = try work.run("check", "-q", "other:1")
        #expect(other.code == 1, "\(other)")
        #expect(
            other.output.contains("building once more gives another image: layer 3, RUN cat /proc/sys"), "\(other)")
        try work.succeed(
            ["build", "-q", "--target", "same", "--build-arg", "NAME=boat", "-t", "same:1", work.context])
        let same = try work.run("check", "-q", "same:1")
        #expect(same.code == 0, "\(same)")
        // As the policy tells it: with another value it is another image.
        try work.place.file("sampan.yaml", "policy:\n  reproducible: true\n")
        #expect(try work.run("check", "-q", "same:1").code == 1)
        try Directory.removeTree(work.context)
        let gone = try work.run("check", "-q", "same:1")
        #expect(gone.code == 1 && gone.output.contains("it can't be built again here"), "\(gone)")
    }

    @Test("the stage that was built is judged, not the last one")
    func target() throws {
        let work = try Workspace("check-target")
        try work.place.file("sampan.yaml", "policy:\n  base:\n    digest: true\n  user: true\n")
        try work.file("a", "a\n")
        try work.image(
            "FROM scratch AS slim\nCOPY a /a\nUSER 1\nFROM registry.example.com/large:1\nUSER root\n",
            ["-t", "slim:1", "--target", "slim"])
        let outcome = try work.run("check", "-q", "slim:1", "--format", "json")
        #expect(try outcomes(outcome) == ["base": "passed", "user": "passed"], "\(outcome)")
    }

    @Test("the profile for deliveries passes a slim image and fails a fat one, from a policy and without one")
    func delivery() throws {
        let work = try Workspace("check-delivery")
        try work.importBase()
        try work.file("gcc", "#!/bin/sh\n", mode: 0o755)
        try work.file(".env", "KEY=1\n")
        try work.image("FROM base\nCOPY . /src\nCOPY gcc /usr/bin/gcc\nCMD [\"/bin/sh\"]\n", ["-t", "fat:1"])
        let fat = try work.run("check", "-q", "--profile", "delivery", "fat:1", "--format", "json")
        #expect(fat.code == 1, "\(fat)")
        let failed = try outcomes(fat).filter { $0.value == "failed" }.keys.sorted()
        #expect(failed == ["base", "context", "toolchains", "user"], "\(fat.output)")

        try work.file(".dockerignore", ".env\ngcc\n")
        try work.file("Dockerfile.slim", "FROM scratch\nCOPY busybox /app\nUSER 65532\nENTRYPOINT [\"/app\"]\n")
        try Shell.run("cp /bin/busybox '\(work.context)/busybox'")
        try work.succeed(
            ["build", "-q", "-f", work.context + "/Dockerfile.slim", "-t", "slim:1", work.context])
        #expect(try work.run("check", "-q", "--profile", "delivery", "slim:1").code == 0)
        try work.place.file("sampan.yaml", "policy:\n  profile: delivery\n  size:\n    max: 10kB\n")
        let small = try work.run("check", "-q", "slim:1", "--format", "json")
        #expect(try outcomes(small).filter { $0.value == "failed" } == ["size": "failed"], "\(small)")
    }

    @Test("an image of others is judged wherever it is, by its Dockerfile if one is named")
    func transports() throws {
        let work = try Workspace("check-transports")
        try work.importBase()
        try work.place.file("sampan.yaml", "policy:\n  base:\n    digest: true\n  linkage: true\n")
        try work.image("FROM base\nENTRYPOINT [\"/bin/ls\"]\n", ["-t", "web:1"])
        let path = work.place.path("copy")
        let elsewhere = ["SAMPAN_HOME": work.place.path("elsewhere")]
        for transport in ["oci:\(path):1", "docker-archive:\(path).tar:web:1"] {
            try work.succeed(["copy", "-q", "store:web:1", transport])
            // The store knows what it built by the digest; one that did not build it knows nothing.
            let unknown = try work.run(["check", "-q", transport, "--format", "json"], environment: elsewhere)
            #expect(try outcomes(unknown) == ["base": "failed", "linkage": "passed"], "\(unknown)")
            #expect(unknown.output.contains("neither a Dockerfile nor its annotations"), "\(unknown)")
            let named = try work.run(
                ["check", "-q", transport, "--file", "context/Dockerfile"], environment: elsewhere)
            #expect(named.code == 1 && named.output.contains("base is not pinned to a digest"), "\(named)")
            #expect(named.output.contains("--> context/Dockerfile:1\n"), "\(named)")
        }
    }
}
