import Core
import FoundationEssentials
import Glibc
import HostOS
import Testing

@testable import Sandbox

@Suite("as an ordinary user", .enabled(if: SandboxFixture.canRun, SandboxFixture.reason))
struct RootlessTests {
    /// A user of the test's own: known by name in a private view of /etc, with or without subordinate ids.
    private struct User {
        let fixture: SandboxFixture
        let id: UInt32 = 61234

        init(ranges: Bool = true) throws {
            try self.init(range: ranges ? "boatman:300000:65536\n" : "")
        }

        init(range: String) throws {
            fixture = try SandboxFixture()
            try fixture.file("etc/passwd", "root:x:0:0::/:/bin/sh\nboatman:x:\(id):\(id)::/:/bin/sh\n")
            try fixture.file("etc/subuid", range)
            try fixture.file("etc/subgid", range)
            // The build directory may lie where other users cannot go.
            try SandboxFixture.copy(SandboxFixture.tool, to: fixture.place + "/tool")
            chmod(fixture.place + "/tool", 0o755)
        }

        /// Starts a request as that user; output and error go to the files `output` and `stderr`.
        func start(
            _ request: SandboxRequest, path: String = "/usr/bin:/bin", setpriv: String = ""
        ) throws -> ChildProcess {
            try AtomicFile.write(Array(JSONEncoder().encode(request)), to: fixture.place + "/request")
            for name in ["", "/layer", "/layer/bin", "/upper", "/work", "/scratch", "/request"] {
                chown(fixture.place + name, id, id)
            }
            let place = fixture.place
            let script = """
                mount --make-rprivate / && mkdir -p \(place)/restricted || exit 97
                mount -t tmpfs -o nosuid,nodev,noexec,noatime tmpfs \(place)/restricted || exit 98
                echo restricted > \(place)/restricted/file
                for f in passwd subuid subgid; do mount --bind \(place)/etc/$f /etc/$f || exit 99; done
                exec setpriv --reuid \(id) --regid \(id) --clear-groups --inh-caps=-all \(setpriv) \
                    env PATH=\(path) \(place)/tool rootless \(place)/request \(place)/runtime
                """
            var options = ChildProcess.Options("/bin/sh", ["-c", script])
            options.namespaces = [.mount]
            options.descriptors[1] = try .open(place + "/output", O_RDWR | O_CREAT | O_TRUNC)
            options.descriptors[2] = try .open(place + "/stderr", O_RDWR | O_CREAT | O_TRUNC)
            return try ChildProcess.spawn(options)
        }

        func run(
            _ request: SandboxRequest, path: String = "/usr/bin:/bin", setpriv: String = ""
        ) throws -> SandboxFixture.Outcome {
            let status = try start(request, path: path, setpriv: setpriv).wait()
            return SandboxFixture.Outcome(status: status, output: try text("output"), error: try text("stderr"))
        }

        func text(_ name: String) throws -> String {
            String(decoding: try WholeFile.read(fixture.place + "/" + name), as: UTF8.self)
        }
    }

    @Test("a program runs as root of a user namespace, with many ids")
    func manyIDs() throws {
        let user = try User()
        let outcome = try user.run(
            user.fixture.request("id -u; touch /file; busybox chown 5:6 /file; stat -c '%u %g' /file; exit 9"))
        #expect(outcome.status == .exited(9), "\(outcome.error)")
        #expect(outcome.lines == ["0", "5 6"])
        // The first subordinate id is 1 inside.
        #expect(try FileInfo.of(user.fixture.upper + "/file")?.uid == 300_004)
        #expect(try user.fixture.changes() == ["file"])
    }

    @Test("without subordinate ids there is the user's own alone")
    func oneID() throws {
        let user = try User(ranges: false)
        let outcome = try user.run(
            user.fixture.request("id -u; touch /file; busybox chown 5 /file 2>/dev/null || echo one"))
        #expect(outcome.lines == ["0", "one"], "\(outcome.error)")
        #expect(try FileInfo.of(user.fixture.upper + "/file")?.uid == user.id)
    }

    @Test("every range of subordinate ids counts")
    func severalRanges() throws {
        let user = try User(range: "boatman:300000:5\nboatman:400000:10\n")
        let outcome = try user.run(
            user.fixture.request("touch /file; busybox chown 10:11 /file && stat -c '%u %g' /file"))
        #expect(outcome.lines == ["10 11"], "\(outcome.error)")
        let info = try #require(try FileInfo.of(user.fixture.upper + "/file"))
        #expect(info.uid == 400_009 && info.gid == 300_000)
    }

    @Test("a user who can't gain rights has the own id alone, whatever /etc/subuid says")
    func noNewPrivileges() throws {
        let user = try User()
        let outcome = try user.run(
            user.fixture.request("id -u; touch /file; busybox chown 5 /file 2>/dev/null || echo one"),
            setpriv: "--no-new-privs")
        #expect(outcome.lines == ["0", "one"], "\(outcome.error)")
        #expect(try FileInfo.of(user.fixture.upper + "/file")?.uid == user.id)
    }

    @Test("mounts work and leave the upper directory empty", arguments: [true, false])
    func mounts(ranges: Bool) throws {
        let user = try User(ranges: ranges)
        // It belongs to root, who is nobody inside.
        try user.fixture.file("host/file", "host\n")
        let host = user.fixture.place + "/host"
        let restricted = user.fixture.place + "/restricted"
        var request = user.fixture.request(
            """
            cat /bound/file /layers/file /restricted/file /run/secrets/key /scribble/file
            touch /restricted/x 2>/dev/null || echo read-only
            """)
        request.network = .none
        request.mounts = [
            SandboxMount(target: "/bound", kind: .bind(.host(path: host), writable: false)),
            SandboxMount(target: "/scribble", kind: .bind(.host(path: host), writable: true)),
            SandboxMount(target: "/layers", kind: .bind(.layers([host], path: "/"), writable: false)),
            SandboxMount(target: "/restricted", kind: .directory(path: restricted, readOnly: true)),
            SandboxMount(target: "/var/tmp", kind: .tmpfs(size: 4096)),
            SandboxMount(
                target: "/run/secrets/key", kind: .secret(content: Array("k\n".utf8), mode: 0o400, uid: 0, gid: 0)),
        ]
        let outcome = try user.run(request)
        #expect(outcome.status == .exited(0), "\(outcome.error)")
        #expect(outcome.lines == ["host", "host", "restricted", "k", "host", "read-only"])
        #expect(try user.fixture.changes() == [])
    }

    @Test(
        "programs of other architectures run without any rights on the host",
        .enabled(if: Foreign.canRun, Foreign.reason),
        arguments: [true, false])
    func emulation(ranges: Bool) throws {
        let user = try User(ranges: ranges)
        let program = user.fixture.layer + "/foreign"
        let code = try #require(ForeignProgram.ending[ForeignProgram.architecture])
        try AtomicFile.write(ForeignProgram.file(ForeignProgram.architecture, code), to: program, mode: 0o755)
        chmod(program, 0o755)
        var request = user.fixture.request(
            "/foreign; echo $?; id -u; mkdir /d && touch /d/f && busybox chown 5:6 /d/f 2>/dev/null; rm /bin/tty")
        request.handler = Foreign.handler
        request.mounts = [
            SandboxMount(
                target: "/restricted", kind: .directory(path: user.fixture.place + "/restricted", readOnly: false))
        ]
        let outcome = try user.run(request)
        #expect(outcome.lines == ["42", "0"], "\(outcome.error)")
        #expect(try user.fixture.changes() == ["bin", "bin/tty", "d", "d/f"])
        #expect(try FileInfo.of(user.fixture.upper + "/d/f")?.uid == (ranges ? 300_004 : user.id))
    }

    @Test("removed and replaced directories are marked as overlays in user namespaces do")
    func opaque() throws {
        let user = try User()
        try user.fixture.file("layer/data/old", "1")
        chown(user.fixture.layer + "/data", user.id, user.id)
        chown(user.fixture.layer + "/data/old", user.id, user.id)
        let outcome = try user.run(user.fixture.request("rm -r /data && mkdir /data && touch /data/new && ls /data"))
        #expect(outcome.lines == ["new"], "\(outcome.error)")
        #expect(try user.fixture.changes() == ["data", "data/new"])
        let attributes = try ExtendedAttributes.read(user.fixture.upper + "/data")
        #expect(attributes.contains { $0.name == "user.overlay.opaque" && $0.value == Array("y".utf8) })
    }

    @Test("what the sandbox forbids root, it forbids here too")
    func forbidden() throws {
        let user = try User()
        let outcome = try user.run(
            user.fixture.request("mount -t tmpfs x /bin 2>/dev/null || echo no; unshare -U true 2>/dev/null || echo no")
        )
        #expect(outcome.lines == ["no", "no"], "\(outcome.error)")
    }

    @Test("a killed builder leaves no processes", arguments: [SIGKILL, SIGTERM])
    func killed(signal: Int32) throws {
        let user = try User()
        let marker = "32\(signal)"
        let builder = try user.start(user.fixture.request("touch /ready; sleep \(marker)"))
        var isReady = false
        for _ in 0..<300 where !isReady {
            usleep(10_000)
            isReady = try FileInfo.of(user.fixture.upper + "/ready") != nil
        }
        #expect(isReady)
        builder.terminate(signal)
        builder.wait()
        var isGone = false
        for _ in 0..<300 where !isGone {
            isGone = !Self.isRunning("sleep\u{0}\(marker)\u{0}") && !Self.isRunning(user.fixture.place + "/tool")
            if !isGone { usleep(10_000) }
        }
        #expect(isGone)
    }

    private static func isRunning(_ marker: String) -> Bool {
        let names = (try? Directory.names(FileDescriptor.open("/proc", O_RDONLY | O_DIRECTORY))) ?? []
        return names.map { String(decoding: $0, as: UTF8.self) }.contains { name in
            guard Int(name) != nil, let line = try? WholeFile.read("/proc/\(name)/cmdline", limit: 1 << 20) else {
                return false
            }
            return String(decoding: line, as: UTF8.self).contains(marker)
        }
    }

    @Test("a missing newuidmap is named, with the package that has it")
    func missingProgram() throws {
        let user = try User()
        let outcome = try user.run(user.fixture.request("true"), path: "/nowhere")
        #expect(outcome.status == .exited(2))
        #expect(outcome.error.contains("error: 'newuidmap' is not installed\n"))
        #expect(outcome.error.contains("hint: install the package uidmap"))
    }

    @Test("a kernel that allows no user namespaces is named by its setting")
    func disabled() throws {
        let user = try User()
        let place = user.fixture.place
        try AtomicFile.write(
            Array(JSONEncoder().encode(user.fixture.request("true"))), to: place + "/request", mode: 0o644)
        // The setting of a user namespace counts for the processes in it alone.
        var options = ChildProcess.Options(
            "/bin/sh",
            [
                "-c",
                """
                echo 0 > /proc/sys/user/max_user_namespaces || exit 99
                exec setpriv --reuid 61234 --regid 61234 --clear-groups \
                    \(place)/tool rootless \(place)/request \(place)/runtime
                """,
            ])
        options.namespaces = [.user, .mount]
        options.becomesRoot = true
        options.descriptors[2] = try .open(place + "/stderr", O_RDWR | O_CREAT | O_TRUNC)
        let child = try ChildProcess.spawn(options) { (pid) throws(ProcessError) in
            do throws(SystemError) {
                for name in ["uid_map", "gid_map"] {
                    try FileDescriptor.open("/proc/\(pid)/\(name)", O_WRONLY).write(Array("0 0 100000\n".utf8))
                }
            } catch { throw .system(error) }
        }
        #expect(child.wait() == .exited(2))
        let error = try user.text("stderr")
        #expect(error.contains("error: this host does not let ordinary users make user namespaces\n"), "\(error)")
        #expect(error.contains("cause: user.max_user_namespaces is 0\n"))
    }
}
