import Core
import Glibc
import HostOS
import Sandbox
import Testing

@Suite("mounts", .enabled(if: SandboxFixture.canRun, SandboxFixture.reason))
struct MountTests {
    private static func everything(_ fixture: SandboxFixture) throws -> [SandboxMount] {
        try fixture.file("host/file", "host\n")
        try fixture.file("cache/entry", "cached\n")
        try fixture.file("stage/out/app", "app\n")
        symlink("/out/app", fixture.place + "/stage/link")
        let host = fixture.place + "/host"
        return [
            SandboxMount(target: "/a/b/bound", kind: .bind(.host(path: host), writable: false)),
            SandboxMount(target: "/a/scribble", kind: .bind(.host(path: host), writable: true)),
            SandboxMount(target: "/one/file", kind: .bind(.host(path: host + "/file"), writable: true)),
            SandboxMount(
                target: "/stage/app", kind: .bind(.layers([fixture.place + "/stage"], path: "/link"), writable: false)),
            SandboxMount(
                target: "/root/.cache/x", kind: .directory(path: fixture.place + "/cache", readOnly: false)),
            SandboxMount(target: "/scratch space", kind: .tmpfs(size: 1 << 20)),
            SandboxMount(
                target: "/run/secrets/key", kind: .secret(content: Array("s3cret".utf8), mode: 0o400, uid: 7, gid: 8)),
            SandboxMount(target: "/bin/extra", kind: .tmpfs(size: nil)),
        ]
    }

    @Test("RUN true leaves an empty upper directory, whatever is mounted")
    func nothingLeft() throws {
        let fixture = try SandboxFixture()
        try fixture.file("layer/etc/passwd", "root:x:0:0::/:/bin/sh\n")
        var request = fixture.request("true")
        request.mounts = try Self.everything(fixture)
        #expect(try fixture.run(request).status.isSuccess)
        #expect(try fixture.changes() == [])
    }

    @Test("an empty root needs no mount points of its own")
    func emptyRoot() throws {
        let fixture = try SandboxFixture(shell: false)
        try SandboxFixture.copy("/bin/busybox", to: fixture.place + "/busybox")
        var request = fixture.request(args: ["/tools/busybox", "ls", "/"])
        request.layers = []
        request.mounts = [
            SandboxMount(
                target: "/tools/busybox", kind: .bind(.host(path: fixture.place + "/busybox"), writable: false))
        ]
        #expect(try fixture.run(request).lines == ["dev", "etc", "proc", "sys", "tools"])
        #expect(try fixture.changes() == [])
    }

    @Test("a root whose layers hide mount points by whiteouts and opaque directories stays clean too")
    func hiddenPoints() throws {
        let fixture = try SandboxFixture()
        try fixture.file("layer/etc/resolv.conf", "x")
        try fixture.file("layer/proc/x", "x")
        try Directory.create(fixture.place + "/second/etc")
        try ExtendedAttributes.set(fixture.place + "/second/etc", "trusted.overlay.opaque", Array("y".utf8))
        mknod(fixture.place + "/second/proc", S_IFCHR, 0)
        var request = fixture.request("ls /etc; ls -d /proc/self")
        request.layers.append(fixture.place + "/second")
        #expect(try fixture.run(request).lines == ["hostname", "hosts", "resolv.conf", "/proc/self"])
        #expect(try fixture.changes() == [])
    }

    @Test("directories above mount points keep their metadata, also when the program copies them up")
    func parentMetadata() throws {
        let fixture = try SandboxFixture()
        try Directory.create(fixture.layer + "/srv/data")
        chmod(fixture.layer + "/srv", 0o2750)
        chown(fixture.layer + "/srv/data", 12, 34)
        try ExtendedAttributes.set(fixture.layer + "/srv/data", "user.note", Array("kept".utf8))
        var request = fixture.request("stat -c '%a %u %g' /srv /srv/data; touch /srv/data/new")
        request.mounts = [SandboxMount(target: "/srv/data/mount/point", kind: .tmpfs(size: nil))]
        #expect(try fixture.run(request).lines == ["2750 0 0", "755 12 34"])
        #expect(try fixture.changes() == ["srv", "srv/data", "srv/data/new"])
        let copied = fixture.upper + "/srv/data"
        #expect(try FileInfo.of(copied)?.uid == 12)
        #expect(
            try ExtendedAttributes.read(copied).contains { $0.name == "user.note" && $0.value == Array("kept".utf8) })
    }

    @Test("each kind shows what it should")
    func contents() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request(
            """
            cat /a/b/bound/file /stage/app /root/.cache/x/entry /one/file /run/secrets/key; echo
            stat -c '%a %u %g' /run/secrets/key
            touch /a/b/bound/no 2>/dev/null || echo read-only
            echo changed > /one/file && echo more > /a/scribble/file && touch /root/.cache/x/kept
            df -k '/scratch space' | grep -c ' 1024 '
            """)
        request.mounts = try Self.everything(fixture)
        let outcome = try fixture.run(request)
        #expect(
            outcome.lines == ["host", "app", "cached", "host", "s3cret", "400 7 8", "read-only", "1"])
        // What is written to a bind goes away, what is written to a directory stays.
        #expect(try WholeFile.read(fixture.place + "/host/file") == Array("host\n".utf8))
        #expect(try FileInfo.of(fixture.place + "/cache/kept") != nil)
        #expect(try fixture.changes() == [])
    }

    @Test("a secret is nowhere on disk")
    func secretOnDisk() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("true")
        request.mounts = [
            SandboxMount(
                target: "/run/secrets/key",
                kind: .secret(content: Array("zq7-secret".utf8), mode: 0o400, uid: 0, gid: 0))
        ]
        #expect(try fixture.run(request).status.isSuccess)
        for path in try SandboxFixture.tree(fixture.place) {
            let file = fixture.place + "/" + path
            guard try FileInfo.of(file)?.kind == .file, !path.hasSuffix("busybox") else { continue }
            #expect(!String(decoding: try WholeFile.read(file), as: UTF8.self).contains("zq7-secret"))
        }
    }

    @Test("targets follow links inside the root, never outside")
    func linkedTargets() throws {
        let fixture = try SandboxFixture()
        try Directory.create(fixture.layer + "/etc")
        try Directory.create(fixture.layer + "/run")
        symlink("../run/systemd/resolve/stub-resolv.conf", fixture.layer + "/etc/resolv.conf")
        symlink("../../../../run", fixture.layer + "/etc/up")
        var request = fixture.request("test -e /etc/resolv.conf && echo resolv; cat /run/x")
        request.mounts = [
            SandboxMount(target: "/etc/up/x", kind: .secret(content: Array("in\n".utf8), mode: 0o444, uid: 0, gid: 0))
        ]
        #expect(try fixture.run(request).lines == ["resolv", "in"])
        #expect(try fixture.changes() == [])
    }

    @Test("a mount may lie inside another")
    func nested() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("cat /run/secrets/key; ls /run")
        request.mounts = [
            SandboxMount(
                target: "/run/secrets/key", kind: .secret(content: Array("k\n".utf8), mode: 0o444, uid: 0, gid: 0)),
            SandboxMount(target: "/run", kind: .tmpfs(size: nil)),
        ]
        #expect(try fixture.run(request).lines == ["k", "secrets"])
        #expect(try fixture.changes() == [])
    }

    @Test("a mount of the request replaces a file that would be provided")
    func ownHosts() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("cat /etc/hosts")
        request.mounts = [
            SandboxMount(
                target: "/etc/hosts", kind: .secret(content: Array("mine\n".utf8), mode: 0o444, uid: 0, gid: 0))
        ]
        #expect(try fixture.run(request).output == "mine\n")
    }

    /// Connects to the socket that its argument names and writes what it reads.
    private static let client = """
        #include <sys/socket.h>
        #include <sys/un.h>
        #include <string.h>
        #include <unistd.h>
        int main(int count, char **arguments) {
            struct sockaddr_un address = {.sun_family = AF_UNIX};
            strncpy(address.sun_path, arguments[count - 1], sizeof address.sun_path - 1);
            int s = socket(AF_UNIX, SOCK_STREAM, 0);
            if (connect(s, (struct sockaddr *)&address, sizeof address) < 0) return 1;
            char bytes[64];
            ssize_t n;
            while ((n = read(s, bytes, sizeof bytes)) > 0) write(1, bytes, n);
            return 0;
        }
        """

    @Test(
        "a socket is reachable by the user it is given to, and by no other",
        .enabled(if: (try? ProgramPath.find("cc")) != nil, "needs a C compiler"))
    func socket() throws {
        let fixture = try SandboxFixture()
        try fixture.file("client.c", Self.client)
        let compiled = try ChildProcess.capture(
            .init("cc", ["-static", "-w", "-o", fixture.layer + "/client", fixture.place + "/client.c"]))
        try #require(compiled.status.isSuccess, "\(compiled.errorText)")
        let path = fixture.place + "/agent"
        let listener = try UnixSocket.listen(path)
        BlockingPool.waiting.submit {
            guard let client = try? UnixSocket.accept(listener) else { return }
            try? client.writeQuietly(Array("agent\n".utf8))
        }
        var request = fixture.request("stat -c '%a %u' /ssh/agent; /client /ssh/agent || echo refused")
        request.uid = 1001
        request.mounts = [SandboxMount(target: "/ssh/agent", kind: .socket(path: path, mode: 0o600, uid: 1000, gid: 0))]
        #expect(try fixture.run(request).lines == ["600 1000", "refused"])
        request.uid = 1000
        #expect(try fixture.run(request).lines == ["600 1000", "agent"])
        #expect(try fixture.changes() == [])
    }

    @Test("impossible mounts are refused by name")
    func refused() throws {
        let fixture = try SandboxFixture()
        try fixture.file("layer/file")
        func failure(_ mount: SandboxMount) -> SandboxError? {
            var request = fixture.request()
            request.mounts = [mount]
            return #expect(throws: SandboxError.self) { try fixture.run(request) }
        }
        #expect(
            failure(SandboxMount(target: "/file", kind: .tmpfs(size: nil)))
                == .targetMismatch(target: "/file", needsDirectory: true))
        #expect(
            failure(SandboxMount(target: "/bin", kind: .secret(content: [], mode: 0, uid: 0, gid: 0)))
                == .targetMismatch(target: "/bin", needsDirectory: false))
        #expect(
            failure(SandboxMount(target: "/x", kind: .bind(.host(path: "/no/such"), writable: false)))
                == .sourceNotFound("/no/such"))
        #expect(
            failure(SandboxMount(target: "/x", kind: .bind(.layers([fixture.layer], path: "/nope"), writable: false)))
                == .sourceNotFound("/nope"))
        guard case .system = failure(SandboxMount(target: "/file/below", kind: .tmpfs(size: nil))) else {
            Issue.record("a file has nothing below it")
            return
        }
    }
}
