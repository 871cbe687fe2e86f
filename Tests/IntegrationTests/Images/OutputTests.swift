import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

/// Podman with a store of its own, below a workspace. Needs neither its daemon's settings nor overlay mounts.
struct Podman {
    let work: Workspace

    private var options: String {
        let place = work.place.path("podman")
        return "--storage-driver vfs --root \(place)/root --runroot \(place)/run"
    }

    func podman(_ arguments: String) throws -> String {
        try Shell.run("podman --runtime /usr/sbin/runc --cgroup-manager cgroupfs \(options) \(arguments)")
    }

    func buildah(_ arguments: String) throws -> String { try Shell.run("buildah \(options) \(arguments)") }

    /// Without limits and networks, which not every CI machine lets it set.
    func run(_ arguments: String) throws -> String {
        try podman("run --rm --network host --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 \(arguments)")
    }
}

@Suite("outputs, as other tools read them", .enabled(if: Need.root, Need.rootReason))
struct OutputTests {
    private static let dockerfile = """
        FROM base
        RUN echo hi > /hi && ln /hi /hard && ln -s hi /soft && rm /etc/group && mkfifo /pipe && chmod 4755 /hi
        ENV A=1
        LABEL note=here
        EXPOSE 80
        VOLUME /data
        USER app
        ENTRYPOINT ["/bin/sh", "-c"]
        CMD ["cat /hi; id -u; echo $A"]
        """

    /// The image in all forms, under the names `oci`, `oci.tar`, `docker.tar`, `files.tar` and `files`.
    private func built() throws -> (Workspace, String) {
        let work = try Workspace()
        try work.importBase()
        let place = work.place.path
        let digest = try work.image(
            Self.dockerfile,
            [
                "-t", "app:1", "-o", "type=oci,dest=\(place)/oci", "-o", "type=oci-archive,dest=\(place)/oci.tar", "-o",
                "type=docker,dest=\(place)/docker.tar", "-o", "type=tar,dest=\(place)/files.tar", "-o",
                "\(place)/files",
            ])
        return (work, digest)
    }

    @Test("skopeo finds the same image in layout and archives, and copies it", .enabled(if: Need.programs("skopeo")))
    func skopeo() throws {
        let (work, digest) = try built()
        let place = work.place.path
        for name in ["oci:\(place)/oci:1", "oci-archive:\(place)/oci.tar:1"] {
            let shown = try Shell.run("skopeo inspect \(name)")
            #expect(shown.contains("\"Digest\": \"\(digest)\""), "\(shown)")
            #expect(shown.contains("\"note\": \"here\""))
        }
        let configs = try [
            "oci:\(place)/oci:1", "oci-archive:\(place)/oci.tar:1", "docker-archive:\(place)/docker.tar",
        ].map {
            try Shell.run("skopeo inspect --config \($0)")
        }
        #expect(configs[0] == configs[1] && configs[0] == configs[2])
        for expected in [
            "\"created\": \"1970-01-01T00:00:00Z\"", "\"User\": \"app\"", "\"80/tcp\": {}", "\"/data\": {}",
            "\"created_by\": \"ENV A=1\"", "\"comment\": \"buildkit.dockerfile.v0\"", "\"empty_layer\": true",
            "\"created_by\": \"RUN /bin/sh -c echo hi",
        ] { #expect(configs[0].contains(expected), "\(expected)") }
        try Shell.run("skopeo copy -q docker-archive:\(place)/docker.tar oci:\(place)/copy:1")
        try Shell.run("skopeo copy -q oci:\(place)/oci:1 docker-archive:\(place)/back.tar:app:2")
        let list = try Shell.run("skopeo list-tags docker-archive:\(place)/docker.tar")
        #expect(list.contains("docker.io/library/app:1"))
    }

    @Test("umoci unpacks it to the files that RUN left", .enabled(if: Need.programs("umoci")))
    func umoci() throws {
        let (work, _) = try built()
        let place = work.place.path
        try Shell.run("umoci unpack --image \(place)/oci:1 \(place)/bundle 2>/dev/null")
        let root = place + "/bundle/rootfs"
        #expect(try FileInfo.of(root + "/hi")?.mode == 0o4755)
        #expect(try FileInfo.of(root + "/hi")?.inode == FileInfo.of(root + "/hard")?.inode)
        #expect(try FileInfo.of(root + "/pipe")?.kind == .fifo)
        #expect(try FileInfo.of(root + "/etc/group") == nil)
        #expect(try FileInfo.of(root + "/etc/passwd") != nil)
        #expect(try FileInfo.of(root + "/hi")?.modified.seconds == 0)
    }

    @Test("podman loads it, shows its history, runs it and builds on it", .enabled(if: Need.programs("podman", "runc")))
    func podman() throws {
        let (work, _) = try built()
        let podman = Podman(work: work)
        #expect(try podman.podman("load -q -i \(work.place.path("docker.tar"))").contains("docker.io/library/app:1"))
        #expect(try podman.run("app:1") == "hi\n1000\n1\n")
        #expect(try podman.run("--user 0 app:1 'id -u; test -p /pipe && echo as built'") == "0\nas built\n")
        let history = try podman.podman("history --format '{{.CreatedBy}}' app:1").split(separator: "\n")
        #expect(history.first == "CMD [\"cat /hi; id -u; echo $A\"]")
        #expect(history.last == "sampan import")
    }

    @Test("dockerd loads it, shows its history and runs it", .enabled(if: Need.programs("dockerd", "docker")))
    func docker() throws {
        let (work, _) = try built()
        let daemon = try DockerDaemon(work.place.path)
        defer { daemon.stop() }
        #expect(try daemon.docker("load -q -i '\(work.place.path("docker.tar"))'").contains("app:1"))
        #expect(try daemon.docker("run --rm --network none app:1") == "hi\n1000\n1\n")
        let history = try daemon.docker("history --no-trunc --format '{{.CreatedBy}}' app:1").split(separator: "\n")
        #expect(history.first == "CMD [\"cat /hi; id -u; echo $A\"]")
        #expect(history.last == "sampan import")
        #expect(try daemon.docker("inspect --format '{{json .Config.Volumes}}' app:1") == "{\"/data\":{}}\n")
    }

    @Test("tar and directory hold the files, with modes and links, and no configuration")
    func files() throws {
        let (work, _) = try built()
        let files = try FileFact.read(work.place.path("files.tar"))
        #expect(files["hi"]?.access == "4755 0:0")
        #expect(files["soft"]?.link == "hi")
        #expect(files["hi"]?.kind == .hardlink || files["hard"]?.kind == .hardlink)
        #expect(files["pipe"]?.kind == .fifo)
        #expect(files["etc/group"] == nil)
        #expect(files["etc/passwd"] != nil)
        let root = work.place.path("files")
        #expect(try FileInfo.of(root + "/hi")?.mode == 0o4755)
        #expect(try FileInfo.of(root + "/hi")?.inode == FileInfo.of(root + "/hard")?.inode)
        #expect(try FileInfo.of(root + "/tmp")?.mode == 0o1777)
        let again = try work.build(Self.dockerfile, ["-o", root])
        #expect(again.code == 2)
        #expect(again.error.contains("is not empty"), "\(again.error)")
    }

    @Test(
        "standard output carries an archive and nothing else",
        arguments: ["-", "type=tar,dest=-", "type=docker,dest=-", "type=oci-archive,dest=-"])
    func standardOutput(output: String) throws {
        let work = try Workspace()
        try work.file("f", "f\n")
        try work.file("Dockerfile", "FROM scratch\nCOPY f /f\n")
        let captured = try ChildProcess.capture(
            Program.options(["build", "-o", output, work.context], environment: ["SAMPAN_HOME": work.home]))
        #expect(captured.status.isSuccess, "\(captured.errorText)")
        let files = try FileFact.read(BytesSource(captured.output))
        #expect(files["f"] != nil || files["manifest.json"] != nil || files["index.json"] != nil)
    }

    @Test("history, tag, rmi and export work on what was built")
    func store() throws {
        let work = try Workspace()
        try work.file("f", "f\n")
        let digest = try work.image("FROM scratch\nCOPY f /f\nCMD [\"/f\"]\n", ["-t", "one:1"])
        let history = try work.succeed(["history", "one:1"]).output
        #expect(history.contains("COPY f /f"))
        try work.succeed(["tag", "one:1", "two:2"])
        #expect(try work.succeed(["images"]).output.contains("two"))
        try work.succeed(["rmi", "one:1"])
        #expect(try work.run("history", "one:1").code == 2)
        try work.succeed(["export", "-o", "type=oci,dest=\(work.place.path("out"))", "two:2"])
        #expect(try work.place.text("out/index.json").contains(digest))
    }
}

/// Debian's Docker, without networks and with all its data below a directory.
final class DockerDaemon {
    private let place: String
    private let process: ChildProcess
    private var socket: String { "unix://\(place)/docker.sock" }

    init(_ directory: String) throws {
        place = directory + "/docker"
        try Directory.create(place)
        var options = ChildProcess.Options(
            "dockerd",
            [
                "--iptables=false", "--bridge=none", "-H", "unix://\(place)/docker.sock", "--data-root",
                place + "/data",
                "--exec-root", place + "/exec", "-p", place + "/pid",
            ])
        // It ends by a signal of ours, in order; a kill would leave its containerd.
        options.parentDeathSignal = SIGTERM
        options.descriptors[2] = try .open(place + "/log", O_WRONLY | O_CREAT)
        process = try ChildProcess.spawn(options)
        let isUp = Traces.wait(seconds: 60) { (try? docker("version >/dev/null 2>&1")) != nil }
        guard isUp else {
            let log = String(decoding: try WholeFile.read(place + "/log").suffix(2000), as: UTF8.self)
            stop()
            throw Unavailable(log: log)
        }
    }

    struct Unavailable: Error {
        var log: String
    }

    func docker(_ arguments: String) throws -> String { try Shell.run("docker -H '\(socket)' \(arguments)") }

    func stop() {
        process.terminate(SIGTERM)
        if process.wait(timeout: .seconds(30)) == nil {
            process.terminate(SIGKILL)
            process.wait()
        }
        // Its own network namespace stays mounted, and with some drivers its data.
        _ = try? Shell.run("umount -l '\(place)/exec/netns/default' '\(place)/data' 2>/dev/null")
    }
}
