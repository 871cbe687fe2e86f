import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("images of Docker and Podman")
struct EngineTests {
    @Test(
        "Docker takes images, gives them back, and loads what is saved",
        .enabled(if: Need.root && Need.programs("dockerd", "docker"), Need.rootReason))
    func docker() throws {
        let work = try Workspace("engine")
        let daemon = try DockerDaemon(work.place.path)
        defer { daemon.stop() }
        try exchange(work, "unix://\(work.place.path)/docker/docker.sock")
    }

    @Test(
        "Podman takes images, gives them back, and loads what is saved",
        .enabled(if: Need.root && Need.programs("podman", "docker"), Need.rootReason))
    func podman() throws {
        let work = try Workspace("engine")
        let service = try PodmanService(work)
        defer { service.stop() }
        try exchange(work, service.socket)
    }

    private func exchange(_ work: Workspace, _ host: String) throws {
        let environment = ["DOCKER_HOST": host]
        let digest = try work.small("web:1")
        let config = try work.inspect("web:1").manifest.config.digest.description
        func docker(_ arguments: String) throws -> String { try Shell.run("docker -H '\(host)' \(arguments)") }

        let pushed = try work.succeed(["push", "web:1", "docker-daemon:web:1"], environment: environment)
        #expect(pushed.result == config)
        #expect(pushed.error.contains("the digest of its configuration"), "\(pushed.error)")
        #expect(try docker("image inspect -f '{{.Id}}' web:1").contains(config.dropFirst(7)))
        #expect(try work.succeed(["ls", "docker-daemon:web"], environment: environment).outputLines == ["1"])

        // What it gives back is the same configuration over the same files.
        for source in ["docker-daemon:web:1", "docker-daemon:" + config] {
            let other = try Workspace("engine")
            try other.succeed(["copy", source, "store:back:1"], environment: environment)
            #expect(try other.inspect("back:1").manifest.config.digest.description == config, "\(source)")
            #expect(try other.files("back:1")["note"]?.text == "seed 1\n")
        }
        let pulled = try Workspace("engine")
        try pulled.succeed(["pull", "docker-daemon:web:1"], environment: environment)
        #expect(try pulled.files("web:1")["note"]?.text == "seed 1\n")

        // Archives, both ways; a layer that it can't read compressed is converted.
        let archive = work.place.path("saved.tar")
        try work.succeed(["tag", "web:1", "saved:1"])
        try work.succeed(["save", "saved:1", "-o", archive])
        #expect(try docker("load -q -i '\(archive)'").contains("saved:1"))
        let theirs = work.place.path("theirs.tar")
        _ = try docker("save -o '\(theirs)' web:1 saved:1")
        let loaded = try Workspace("engine")
        try loaded.succeed(["load", "-i", theirs])
        #expect(try loaded.succeed(["images", "-q"]).outputLines.sorted() == ["saved:1", "web:1"])
        try work.succeed(["copy", "web:1", "oci:\(work.place.path("zstd")):1", "--compression", "zstd"])
        let zstd = try work.succeed(
            ["copy", "oci:\(work.place.path("zstd")):1", "docker-daemon:zstd:1"], environment: environment)
        #expect(zstd.result == config)

        try explain(work, "docker-daemon:web:1", environment)

        let unknown = try work.run(["pull", "docker-daemon:webb:1"], environment: environment)
        #expect(unknown.code == 2)
        #expect(unknown.error.contains("the engine has no image 'webb:1'"), "\(unknown)")
        #expect(unknown.error.contains("web:1"), "\(unknown)")
        // As the base of a build.
        try work.image(
            "FROM docker-daemon:web:1\nENV A=1\n", ["-t", "above:1"], environment: environment)
        #expect(try work.files("above:1")["note"]?.text == "seed 1\n")
        let (index, _) = try work.index()
        let all = try work.run(["copy", index, "docker-daemon:x:1", "--all"], environment: environment)
        #expect(all.code == 2 && all.error.contains("--platform"), "\(all)")
        #expect(try work.succeed(["push", index, "docker-daemon:x:1"], environment: environment).code == 0)
        #expect(digest.hasPrefix("sha256:"))
    }

    /// An engine's image is inspected, compared and judged as that of the store that it is.
    private func explain(_ work: Workspace, _ image: String, _ environment: [String: String]) throws {
        func json(_ arguments: String...) throws -> OrderedJSON {
            try OrderedJSON(
                parsing: Array(
                    work.succeed(arguments + ["-q", "--format", "json"], environment: environment).output.utf8))
        }
        let (shown, stored) = (try json("inspect", image), try json("inspect", "web:1"))
        for key in ["bytes", "kinds", "waste", "programs", "packages"] {
            #expect(shown[key] == stored[key], "\(key)")
        }
        #expect(try json("inspect", "--files", image) == json("inspect", "--files", "web:1"))
        #expect(try json("diff", image, "web:1")["same"] == true)
        let missing = try work.run(["inspect", "docker-daemon:webb:1"], environment: environment)
        #expect(missing.code == 2 && missing.error.contains("the engine has no image 'webb:1'"), "\(missing)")
        for (limit, code) in [("1MB", Int32(0)), ("1kB", 1)] {
            try work.place.file("sampan.yaml", "policy:\n  size:\n    max: \(limit)\n")
            let outcome = try work.run(["check", image], environment: environment)
            #expect(outcome.code == code, "\(outcome)")
            #expect(outcome.output.contains("size") || code == 0, "\(outcome)")
        }
        unlink(work.place.path("sampan.yaml"))
    }

    @Test(
        "an engine that isn't there is told with what to start",
        arguments: [
            ("unix:///nonexistent/docker.sock", "no engine answers at unix:///nonexistent/docker.sock"),
            ("tcp://127.0.0.1:1", "no engine answers at tcp://127.0.0.1:1"),
        ])
    func noEngine(host: String, message: String) throws {
        let work = try Workspace("engine")
        try work.small("web:1", size: 100)
        for arguments in [
            ["push", "web:1", "docker-daemon:web:1"], ["pull", "docker-daemon:web:1"], ["ls", "docker-daemon:web"],
        ] {
            let outcome = try work.run(arguments, environment: ["DOCKER_HOST": host])
            #expect(outcome.code == 2)
            #expect(outcome.error.contains(message), "\(outcome)")
            #expect(outcome.error.contains("hint: start Docker"), "\(outcome)")
        }
    }

    @Test(
        "engines of other machines are refused, passwords not shown",
        arguments: [
            "ssh://user:secret@host", "tcp://192.0.2.1:2375", "npipe:////./pipe/docker", "unix://relative", "x",
        ])
    func foreignHosts(host: String) throws {
        let work = try Workspace("engine")
        let outcome = try work.run(["pull", "docker-daemon:web:1"], environment: ["DOCKER_HOST": host])
        #expect(outcome.code == 2)
        #expect(outcome.error.contains("can't be used") && !outcome.error.contains("secret"), "\(outcome)")
    }

    @Test("an engine that misbehaves yields an error and no image")
    func hostileEngine() throws {
        let work = try Workspace("engine")
        try work.small("web:1", size: 100)
        let image = ServerReply(200, text: "{\"Id\":\"sha256:00\",\"RepoTags\":[\"web:1\"]}")
        let version = ServerReply(
            200, text: "{\"Version\":\"1\",\"ApiVersion\":\"1.41\",\"Os\":\"linux\",\"Arch\":\"amd64\"}")
        func pull(_ answer: ServerReply) throws -> String {
            let server = try LoopbackServer { $0.path.hasSuffix("/get") ? answer : image }
            defer { server.stop() }
            let outcome = try work.run(
                ["pull", "docker-daemon:web:1", "-t", "x:1"], environment: ["DOCKER_HOST": "tcp://\(server.authority)"])
            #expect(outcome.code == 2, "\(outcome)")
            #expect(try work.succeed(["images", "-q"]).outputLines == ["web:1"])
            return outcome.error
        }
        #expect(
            try pull(ServerReply(500, text: "{\"message\":\"no\\u001b[2J\\nspace\"}")).contains("cause: no [2J space"))
        #expect(try pull(ServerReply(200)).contains("it sent nothing"))
        #expect(try pull(ServerReply(200, text: "not a tar")).contains("no image archive"))
        let archive = work.place.path("good.tar")
        try work.succeed(["save", "web:1", "-o", archive])
        let bytes = Array(try WholeFile.read(archive))
        let half = ServerReply(200, body: bytes, delivery: .closedAfter(bytes.count / 2))
        #expect(try pull(half).contains("closed the connection"))
        #expect(try pull(ServerReply(200, body: Array(bytes.prefix(bytes.count / 2)))).contains("hint: "))

        func push(_ answer: ServerReply, then: ServerReply = image) throws -> String {
            let server = try LoopbackServer { request in
                switch request.path {
                case "/version": version
                case "/images/load": answer
                default: then
                }
            }
            defer { server.stop() }
            let outcome = try work.run(
                ["push", "web:1", "docker-daemon:web:1"], environment: ["DOCKER_HOST": "tcp://\(server.authority)"])
            #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome)")
            return outcome.error
        }
        #expect(try push(ServerReply(500, text: "{\"message\":\"disk full\"}")).contains("cause: disk full"))
        let inStream =
            "{\"stream\":\"Loading\"}\n{\"errorDetail\":{\"message\":\"bad layer\"},\"error\":\"bad layer\"}\n"
        #expect(try push(ServerReply(200, text: inStream)).contains("cause: bad layer"))
        #expect(try push(ServerReply(delivery: .hangUp)).contains("closed the connection"))
        let fine = ServerReply(200, text: "{\"stream\":\"Loaded image: web:1\\n\"}\n")
        #expect(try push(fine).contains("'web:1' is sha256:00 afterwards"))
        #expect(try push(fine, then: ServerReply(404)).contains("'web:1' is not there afterwards"))
    }
}
