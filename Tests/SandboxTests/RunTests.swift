import Core
import FoundationEssentials
import Glibc
import HostOS
import Sandbox
import Testing

@Suite("running a program", .enabled(if: SandboxFixture.canRun, SandboxFixture.reason))
struct RunTests {
    @Test("the program's exit code is the result", arguments: [0, 1, 42, 127, 255] as [Int32])
    func exitCode(code: Int32) throws {
        #expect(try SandboxFixture().run("exit \(code)").status == .exited(code))
    }

    @Test("the signal that ends the program is the result")
    func signal() throws {
        let fixture = try SandboxFixture()
        // The first process of a PID namespace cannot kill itself: its child's end shows as 128 + 9.
        #expect(try fixture.run("sh -c 'kill -9 $$'; exit $?").status == .exited(137))
        let run = try fixture.start(fixture.request("sleep 60"))
        run.signal(SIGKILL)
        #expect(try run.wait().status == .signaled(SIGKILL))
        #expect(try run.wait().canceled == false)
    }

    @Test("output and error go where the caller wants them")
    func streams() throws {
        let outcome = try SandboxFixture().run("echo out; echo err >&2")
        #expect(outcome.output == "out\n")
        #expect(outcome.error == "err\n")
    }

    @Test("the program sees the environment it is given and nothing else")
    func environment() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request(args: ["/bin/env"])
        request.env = ["A=1", "B=two words"]
        // Runtimes add HOME when it is missing.
        #expect(try fixture.run(request).lines.filter { !$0.hasPrefix("HOME=") } == ["A=1", "B=two words"])
    }

    @Test("user, groups and working directory are as asked")
    func identity() throws {
        let fixture = try SandboxFixture()
        try Directory.create(fixture.layer + "/srv/app")
        var request = fixture.request("id -u; id -g; id -G; pwd; hostname")
        request.uid = 65532
        request.gid = 65531
        request.additionalGids = [7, 9]
        request.cwd = "/srv/app"
        request.hostname = "boat"
        let lines = try fixture.run(request).lines
        #expect(lines == ["65532", "65531", "65531 7 9", "/srv/app", "boat"])
    }

    @Test("a program is found by the PATH of its environment")
    func path() throws {
        let fixture = try SandboxFixture()
        #expect(try fixture.run(fixture.request(args: ["echo", "found"])).output == "found\n")
    }

    @Test("what is wrong with a program is said")
    func programErrors() throws {
        let fixture = try SandboxFixture()
        try fixture.file("layer/plain", "text")
        try fixture.file("layer/script", "#!/opt/python -u\n", mode: 0o755)
        func failure(_ args: [String]) -> SandboxError? {
            #expect(throws: SandboxError.self) { try fixture.run(fixture.request(args: args)) }
        }
        #expect(failure(["nowhere"]) == .programNotFound("nowhere"))
        #expect(failure(["/no/where"]) == .programNotFound("/no/where"))
        #expect(failure(["/plain"]) == .programNotExecutable("/plain"))
        #expect(failure(["/bin"]) == .programNotExecutable("/bin"))
        #expect(failure(["/script"]) == .interpreterNotFound(program: "/script", interpreter: "/opt/python"))
        #expect(SandboxError.programNotFound("x").diagnostic.exitCode == 127)
    }

    @Test("what the program changes is in the upper directory, and only that")
    func changes() throws {
        let fixture = try SandboxFixture()
        try fixture.file("layer/etc/old", "1")
        try fixture.file("layer/etc/kept", "1")
        #expect(try fixture.run("echo 2 > /etc/new; rm /etc/old; mkdir /data").status.isSuccess)
        #expect(try fixture.changes() == ["data", "etc", "etc/new", "etc/old"])
        let whiteout = try #require(try FileInfo.of(fixture.upper + "/etc/old"))
        #expect(whiteout.kind == .characterDevice && whiteout.representedDevice == 0)
    }

    @Test("a fresh upper directory looks like the root of the layers")
    func rootMetadata() throws {
        let fixture = try SandboxFixture()
        chmod(fixture.layer, 0o751)
        chown(fixture.layer, 7, 8)
        #expect(try fixture.run("stat -c '%a %u %g' /").output == "751 7 8\n")
        let info = try #require(try FileInfo.of(fixture.upper))
        #expect(info.mode == 0o751 && info.uid == 7 && info.gid == 8)
    }

    @Test("hundreds of layers, some with colons and commas in their paths, are seen as one")
    func manyLayers() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("ls /many | grep -c .; cat /many/same")
        for number in 0..<300 {
            let name = "a rather long name, with: all that is special, \(number)"
            try fixture.file("\(name)/many/\(number)")
            try fixture.file("\(name)/many/same", "\(number)\n")
            request.layers.append(fixture.place + "/" + name)
        }
        #expect(try fixture.run(request).lines == ["301", "299"])
    }

    @Test("a root without upper directory is read-only")
    func readOnly() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("touch /x 2>/dev/null || echo refused; touch /dev/shm/y && echo memory")
        request.upper = nil
        request.work = nil
        #expect(try fixture.run(request).lines == ["refused", "memory"])
        request = fixture.request("touch /x 2>/dev/null || echo refused")
        request.readOnlyRoot = true
        #expect(try fixture.run(request).lines == ["refused"])
        #expect(try fixture.changes() == [])
    }

    @Test("an upper directory of an earlier run can be used again")
    func continuation() throws {
        let fixture = try SandboxFixture()
        #expect(try fixture.run("echo 1 > /made; rm /bin/df").status.isSuccess)
        #expect(try fixture.run("cat /made; ls /bin/df 2>/dev/null || echo gone").lines == ["1", "gone"])
    }

    @Test("limits and the size of /dev/shm are set")
    func limits() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("ulimit -n; df -k /dev/shm | grep -c ' 3072 '")
        request.ulimits = [.init(name: "nofile", soft: 123, hard: 456)]
        request.shmSize = 3 << 20
        #expect(try fixture.run(request).lines == ["123", "1"])
        request.ulimits = [.init(name: "nofiles", soft: 1, hard: 1)]
        let error = #expect(throws: SandboxError.self) { try fixture.run(request) }
        #expect(error == .unknownUlimit("nofiles"))
        #expect(error?.diagnostic.hint == "did you mean 'nofile'?")
    }

    @Test("the network is the host's, or loopback alone")
    func network() throws {
        let fixture = try SandboxFixture()
        let list = "ls /sys/class/net"
        var request = fixture.request(list)
        request.network = .none
        #expect(try fixture.run(request).lines == ["lo"])
        let own = try Directory.names(FileDescriptor.open("/sys/class/net", O_RDONLY | O_DIRECTORY))
        let other = try SandboxFixture()
        #expect(Set(try other.run(list).lines) == Set(own.map { String(decoding: $0, as: UTF8.self) }))
    }

    @Test("names for the network are provided")
    func names() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("cat /etc/hosts; cat /etc/hostname; cat /etc/resolv.conf")
        request.extraHosts = [.init(name: "db", address: "10.0.0.7")]
        let resolver = (try? WholeFile.read("/etc/resolv.conf")) ?? []
        #expect(
            try fixture.run(request).output
                == "127.0.0.1\tlocalhost sampan\n::1\tlocalhost ip6-localhost ip6-loopback\n10.0.0.7\tdb\nsampan\n"
                + String(decoding: resolver, as: UTF8.self))
    }

    @Test("a terminal is one for the program")
    func terminal() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("test -t 0 && test -t 1 && stty size && read line && echo got $line")
        request.terminal = true
        let run = try fixture.start(request)
        let console = try #require(run.console)
        try console.write(Array("hello\n".utf8))
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while let count = try? buffer.withUnsafeMutableBytes({ try console.read(into: $0) }), count > 0 {
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        #expect(text.contains("got hello\r\n"))
        #expect(try run.wait().status == .exited(0))
    }

    @Test("without a terminal there is none")
    func noTerminal() throws {
        let fixture = try SandboxFixture()
        #expect(try fixture.start(fixture.request("test -t 0 || test -t 1")).console == nil)
    }

    @Test("the builder's umask does not reach the program")
    func umask() throws {
        let fixture = try SandboxFixture()
        try AtomicFile.write(
            Array(JSONEncoder().encode(fixture.request("umask; touch /file; mkdir /a; stat -c %a /file /a /etc"))),
            to: fixture.place + "/request")
        let place = fixture.place
        let script = "umask 077; exec \(SandboxFixture.tool) run \(place)/request \(place)/runtime"
        let done = try ChildProcess.capture(.init("/bin/sh", ["-c", script]))
        #expect(String(decoding: done.output, as: UTF8.self) == "0022\n644\n755\n755\n", "\(done.errorText)")
    }

    @Test("root without CAP_SYS_ADMIN is told what is missing")
    func missingCapability() throws {
        let fixture = try SandboxFixture()
        try AtomicFile.write(Array(JSONEncoder().encode(fixture.request())), to: fixture.place + "/request")
        let done = try ChildProcess.capture(
            .init(
                "setpriv",
                [
                    "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", SandboxFixture.tool, "run",
                    fixture.place + "/request", fixture.place + "/runtime",
                ]))
        #expect(done.status == .exited(2))
        #expect(done.errorText.hasPrefix("error: RUN as root needs the capability CAP_SYS_ADMIN"))
    }

    @Test("an upper directory that an overlay cannot use is named")
    func unsuitableFileSystem() throws {
        let fixture = try SandboxFixture()
        // As in a container without a volume: the upper directory lies on an overlay itself.
        let place = fixture.place
        for name in ["lower", "up", "w", "merged"] { try Directory.create("\(place)/\(name)") }
        var request = fixture.request()
        request.upper = place + "/merged/upper"
        request.work = place + "/merged/work"
        try AtomicFile.write(Array(JSONEncoder().encode(request)), to: place + "/request")
        let script = """
            mount --make-rprivate / && cd \(place) &&
            mount -t overlay -o lowerdir=lower,upperdir=up,workdir=w overlay merged && mkdir merged/upper merged/work &&
            exec \(SandboxFixture.tool) run request runtime
            """
        var options = ChildProcess.Options("/bin/sh", ["-c", script])
        options.namespaces = [.mount]
        let done = try ChildProcess.capture(options)
        #expect(done.status == .exited(2))
        #expect(
            done.errorText.hasPrefix("error: the file system of '\(place)/merged/upper' cannot hold the changes"),
            "\(done.errorText)")
    }

    @Test("what the program used is told")
    func usage() throws {
        let fixture = try SandboxFixture()
        let result = try fixture.start(fixture.request("i=0; while test $i -lt 20000; do i=$((i+1)); done")).wait()
        #expect(result.usage.userMicroseconds + result.usage.systemMicroseconds > 0)
        #expect(result.usage.peakMemory > 100_000)
    }
}
