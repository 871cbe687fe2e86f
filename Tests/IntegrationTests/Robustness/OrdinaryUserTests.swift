import Archive
import Core
import FoundationEssentials
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

/// An ordinary user of a test's own, known by name in a private view of /etc.
struct OrdinaryUser {
    enum Rights {
        /// User namespaces and subordinate ids.
        case rootless
        /// Not even user namespaces.
        case none
    }

    static let id: UInt32 = 61235
    let work: Workspace
    let rights: Rights

    init(_ rights: Rights) throws {
        self.rights = rights
        work = try Workspace("ordinary")
        let place = work.place
        try place.file("etc/passwd", "root:x:0:0::/:/bin/sh\nboatman:x:\(Self.id):\(Self.id)::\(place.path):/bin/sh\n")
        for name in ["subuid", "subgid"] { try place.file("etc/\(name)", "boatman:400000:65536\n") }
        // The build directory may lie where other users cannot go.
        try Shell.run(
            "cp '\(Program.find())' '\(place.path)/sampan' && cp '\(BaseRoot.archive())' '\(place.path)/root.tar'")
        try place.directory("home")
        try Shell.run("chown -R \(Self.id):\(Self.id) '\(place.path)'")
    }

    func run(_ arguments: [String]) throws -> Program.Outcome {
        let place = work.place.path
        let quoted = arguments.map { "'\($0)'" }.joined(separator: " ")
        let before =
            switch rights {
            case .rootless:
                "mount --make-rprivate / && for f in passwd subuid subgid; do mount --bind \(place)/etc/$f /etc/$f || exit 99; done"
            case .none: "echo 0 > /proc/sys/user/max_user_namespaces || exit 99"
            }
        var options = ChildProcess.Options(
            "/bin/sh",
            [
                "-c",
                """
                \(before)
                cd \(place)
                exec setpriv --reuid \(Self.id) --regid \(Self.id) --clear-groups --inh-caps=-all \
                    env HOME=\(place) SAMPAN_HOME=\(work.home) PATH=/usr/bin:/usr/sbin:/bin:/sbin \(place)/sampan \(quoted)
                """,
            ])
        options.descriptors[1] = try .open(place + "/out", O_RDWR | O_CREAT | O_TRUNC)
        options.descriptors[2] = try .open(place + "/err", O_RDWR | O_CREAT | O_TRUNC)
        let child: ChildProcess
        switch rights {
        case .rootless:
            options.namespaces = [.mount]
            child = try ChildProcess.spawn(options)
        case .none:
            // The setting of a user namespace counts for the processes in it alone.
            options.namespaces = [.user, .mount]
            options.becomesRoot = true
            child = try ChildProcess.spawn(options) { (pid) throws(ProcessError) in
                do throws(SystemError) {
                    for name in ["uid_map", "gid_map"] {
                        try FileDescriptor.open("/proc/\(pid)/\(name)", O_WRONLY).write(Array("0 0 1000000\n".utf8))
                    }
                } catch { throw .system(error) }
            }
        }
        let status = child.wait()
        return Program.Outcome(
            code: status.shellCode, output: try work.place.text("out"), error: try work.place.text("err"))
    }
}

@Suite("as an ordinary user", .enabled(if: Need.root, Need.rootReason))
struct OrdinaryUserTests {
    @Test("what runs nothing is built without any privilege, to the same digest as root's")
    func withoutNamespaces() throws {
        let user = try OrdinaryUser(.none)
        let root = try Workspace()
        try root.file("Dockerfile", "FROM scratch\nCOPY f /layout/f\nENV B=1\n")
        try root.file("f", "f\n")
        let layout = user.work.place.path("layout")
        try root.succeed(["build", "-o", "type=oci,dest=\(layout)", root.context])
        try Shell.run("chmod -R a+rX \(layout)")
        let dockerfile = """
            FROM scratch AS made
            WORKDIR /deep/er
            COPY --chown=5:6 --chmod=4755 dir/ .
            ADD a.tar.gz /unpacked/
            COPY <<EOF /here
            doc
            EOF
            FROM oci:\(layout)
            COPY --from=made / /
            COPY --from=oci:\(layout) /layout/f /copied
            USER 65532
            ENTRYPOINT ["/deep/er/one"]
            """
        for work in [user.work, root] {
            try work.file("Dockerfile", dockerfile)
            try work.file("dir/one", "one\n", mode: 0o644)
            let tar = try work.place.file(
                "a.tar", try TarFile.bytes([TarFile.file("in", "in\n"), TarFile.link("l", .symlink, to: "in")]))
            try Shell.run("gzip -nc \(tar) > \(work.context)/a.tar.gz && chmod -R a+rX \(work.place.path)")
        }
        let expected = try root.succeed(["build", "-t", "x", root.context])
        let outcome = try user.run([
            "build", "-t", "x", "-o", "type=tar,dest=\(user.work.place.path)/x.tar", user.work.context,
        ])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.result == expected.result)
        let files = try FileFact.read(user.work.place.path("x.tar"))
        #expect(files["deep/er/one"]?.access == "4755 5:6")
        #expect(files["unpacked/in"]?.text == "in\n")
        let local = try user.run(["build", "-o", user.work.place.path("local"), user.work.context])
        #expect(local.code == 0, "\(local)")
        #expect(try user.work.place.text("local/unpacked/in") == "in\n")
    }

    @Test("a RUN names the setting that stands in the way")
    func obstacle() throws {
        let user = try OrdinaryUser(.none)
        try user.work.file("Dockerfile", "FROM scratch AS unused\nRUN true\nFROM scratch\nENV A=1\n")
        #expect(try user.run(["build", user.work.context]).code == 0)
        let outcome = try user.run(["build", "--target", "unused", user.work.context])
        #expect(outcome.code == 2)
        #expect(outcome.error.contains("error: this host does not let ordinary users make user namespaces\n"))
        #expect(outcome.error.contains("cause: user.max_user_namespaces is 0\n"))
    }

    @Test("RUN in a user namespace gives the same digest as root's")
    func rootless() throws {
        let user = try OrdinaryUser(.rootless)
        let root = try Workspace()
        try root.importBase()
        let dockerfile = """
            FROM base AS build
            COPY --chown=app:app f /home/app/f
            RUN id -u > /id && chown 5:6 /id && rm -r /root && mkdir -m 700 /root && echo new > /root/new
            USER app
            RUN mkdir -m 700 /home/app/private && echo hidden > /home/app/private/x
            RUN --mount=type=cache,target=/home/app/cache,uid=1000,mode=0755 touch cache-$(id -u) /tmp/x 2>/dev/null; id -G > /tmp/groups
            FROM base
            COPY --from=build /tmp/groups /id /home /all/
            RUN --mount=from=build,target=/b ls -ln /b/root /b/home/app | awk '{print $1, $3, $4, $NF}' > /listing && rm /etc/group
            USER app
            CMD ["sh", "-c", "id -u; cat /listing; exit 4"]
            """
        for work in [root, user.work] {
            try work.file("f", "f\n")
            try work.file("Dockerfile", dockerfile)
        }
        let expected = try root.image(dockerfile, ["-t", "x"])
        let imported = try user.run(["import", user.work.place.path("root.tar"), "base"])
        #expect(imported.code == 0, "\(imported)")
        let outcome = try user.run(["build", "-t", "x", user.work.context])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.result == expected)
        let again = try user.run(["build", "-t", "x", user.work.context])
        #expect(again.result == expected)
        #expect(!again.error.contains("DONE 0.5"))
        let ran = try user.run(["run", "x"])
        #expect(ran.code == 4, "\(ran)")
        #expect(ran.output == (try root.run("run", "x").output))
        #expect(Traces.remaining(user.work.home) == [])
        struct Row: Decodable {
            var bytes: Int64
        }
        let rows = try JSONDecoder().decode(
            [Row].self, from: Data(try user.run(["cache", "du", "--format", "json"]).output.utf8))
        #expect(try rows.reduce(0) { $0 + $1.bytes } == Tree.size(user.work.home))
        let pruned = try user.run(["cache", "prune", "--all"])
        #expect(pruned.code == 0, "\(pruned)")
        #expect(try Directory.names(.open(user.work.home + "/layers", O_RDONLY | O_DIRECTORY)) == [])
    }
}
