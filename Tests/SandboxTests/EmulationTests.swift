import Core
import FoundationEssentials
import Glibc
import HostOS
import Testing

@testable import Sandbox

@Suite("handlers of foreign programs")
struct HandlerTests {
    private let host = Platform(os: "linux", architecture: "amd64")
    private let emulator = Emulator(path: "/q/qemu", takesName: true)

    @Test("foreign programs are native, run by the host's handler or by the sandbox's own, or impossible")
    func status() throws {
        let place = "/tmp/sampan-binfmt-\(getpid())"
        try Directory.create(place)
        defer { try? Directory.removeTree(place) }
        func write(_ name: String, _ text: String) throws {
            try AtomicFile.write(Array(text.utf8), to: place + "/" + name)
        }
        try write("qemu-aarch64", "enabled\ninterpreter /usr/libexec/qemu\nflags: OCF\noffset 0\n")
        try write("qemu-riscv64", "disabled\ninterpreter /usr/libexec/qemu\nflags: F\n")
        try write("qemu-s390x", "enabled\ninterpreter /q\nflags: \n")
        func status(_ platform: String, kernel: String = "6.18.44-x", found: Bool = true) throws -> Emulation.Status {
            Emulation.status(
                for: try #require(Platform(parsing: platform)), host: host, directory: place, kernel: kernel,
                find: { _ in found ? emulator : nil })
        }
        func own(_ platform: String) throws -> Emulation.Status {
            let platform = try #require(Platform(parsing: platform))
            return .own(BinaryHandler(platform, try #require(MachineFormat.of(platform.architecture)), emulator))
        }
        #expect(try status("linux/amd64") == .native)
        #expect(try status("linux/386") == .native)
        #expect(try status("linux/arm64") == .registered(handler: "/usr/libexec/qemu", isFixed: true))
        // A handler that needs its emulator in the image is the last resort.
        #expect(try status("linux/s390x") == own("linux/s390x"))
        #expect(try status("linux/s390x", found: false) == .registered(handler: "/q", isFixed: false))
        #expect(try status("linux/s390x", kernel: "5.10") == .registered(handler: "/q", isFixed: false))
        #expect(try status("linux/riscv64") == own("linux/riscv64"))
        #expect(try status("linux/arm/v6") == own("linux/arm/v6"))
        #expect(try status("linux/arm/v6", kernel: "6.7.0") == own("linux/arm/v6"))
        #expect(
            try status("linux/ppc64le", found: false) == .missing(.noEmulator(program: "qemu-ppc64le-static")))
        for kernel in ["6.6.99", "5.15.0-91-generic", "", "x.y"] {
            #expect(
                try status("linux/riscv64", kernel: kernel)
                    == .missing(.oldKernel(release: kernel, program: "qemu-riscv64-static")))
        }
        for platform in ["windows/amd64", "darwin/arm64", "linux/vax"] {
            #expect(try status(platform) == .missing(.unknownPlatform))
        }
    }

    @Test("every obstacle says what can be done")
    func obstacles() {
        func diagnostic(_ obstacle: EmulationObstacle) -> Diagnostic {
            SandboxError.cannotEmulate(platform: "linux/arm64", obstacle).diagnostic
        }
        let all = [
            diagnostic(.unknownPlatform), diagnostic(.noEmulator(program: "qemu-aarch64-static")),
            diagnostic(.oldKernel(release: "6.1", program: "qemu-aarch64-static")),
            diagnostic(.refused(operation: "make a user namespace", errno: EPERM)),
        ]
        for one in all {
            #expect(one.message == "programs for linux/arm64 cannot run on this machine (\(Platform.host))")
            #expect(one.hint?.contains("`FROM --platform=$BUILDPLATFORM`") == true)
        }
        #expect(all[1].causes == ["there is no qemu-aarch64-static in PATH"])
        #expect(all[1].hint?.hasPrefix("`apt-get install qemu-user-static`; or ") == true)
        #expect(all[2].hint?.contains("binfmt-support") == true)
        #expect(all[3].causes == ["cannot make a user namespace: Operation not permitted"])
    }

    @Test("a handler is registered by the first bytes of its programs, to be kept open")
    func registration() throws {
        func text(_ architecture: String, _ emulator: Emulator) throws -> [String] {
            let handler = BinaryHandler(
                Platform(os: "linux", architecture: architecture), try #require(MachineFormat.of(architecture)),
                emulator)
            return handler.registration.split(separator: "\u{1f}").map(String.init)
        }
        let zeros = String(repeating: "\\x00", count: 9)
        let ones = String(repeating: "\\xff", count: 7)
        #expect(
            try text("arm64", emulator) == [
                "qemu-aarch64", "M", "0", "\\x7f\\x45\\x4c\\x46\\x02\\x01\\x01" + zeros + "\\x02\\x00\\xb7\\x00",
                ones + zeros + "\\xfe\\xff\\xff\\xff", "/q/qemu", "FCP",
            ])
        #expect(
            try text("s390x", Emulator(path: "/odd:path", takesName: false)) == [
                "qemu-s390x", "M", "0", "\\x7f\\x45\\x4c\\x46\\x02\\x02\\x01" + zeros + "\\x00\\x02\\x00\\x16",
                ones + zeros + "\\xff\\xfe\\xff\\xff", "/odd:path", "FC",
            ])
    }

    @Test("an emulator must be static, and its version tells what it can do")
    func emulators() throws {
        #expect(Emulator.isStatic("/bin/busybox"))
        #expect(!Emulator.isStatic("/bin/ls"))
        #expect(!Emulator.isStatic("/etc/passwd"))
        #expect(!Emulator.isStatic("/nonexistent"))
        for (text, version) in [
            ("qemu-aarch64 version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright", 7), ("qemu-arm version 10.0.2\n", 10),
            ("version", 0), ("", 0), ("version x", 0), ("version 99999999999999999999999", 0),
        ] {
            #expect(Emulator.majorVersion(Array(text.utf8)) == version)
        }
        #expect(Emulator.find(["qemu-nothing-static", "ls"]) == nil)
    }

    @Test("device numbers are put together as they are taken apart")
    func deviceNumbers() {
        for number in [0x0801, 0x3450_0a00, 0, 0xffff_ffff_ffff_ffff] as [UInt64] {
            let (major, minor) = DeviceNumber.split(number)
            #expect(DeviceNumber.join(major, minor) == number)
        }
    }
}

/// Programs of another architecture, where the emulator is installed and the kernel lets a sandbox have its own handlers.
enum Foreign {
    static let platform = Platform(os: "linux", architecture: ForeignProgram.architecture)

    static let handler: BinaryHandler? = own(platform)

    /// As if the host had no handlers.
    static func own(_ platform: Platform) -> BinaryHandler? {
        guard case .own(let handler) = Emulation.status(for: platform, directory: "/nonexistent") else { return nil }
        return handler
    }

    static let canRun = SandboxFixture.canRun && handler != nil
    static let reason: Comment = "needs root, /bin/busybox, qemu-user-static and Linux 6.7"
}

@Suite("programs of other architectures", .enabled(if: Foreign.canRun, Foreign.reason))
struct EmulationTests {
    /// A request whose programs may be foreign.
    private func request(_ fixture: SandboxFixture, _ script: String = "true") -> SandboxRequest {
        var request = fixture.request(script)
        request.handler = Foreign.handler
        return request
    }

    private func add(_ name: String, _ code: [UInt8], to fixture: SandboxFixture) throws {
        let path = fixture.layer + "/" + name
        try AtomicFile.write(ForeignProgram.file(ForeignProgram.architecture, code), to: path, mode: 0o755)
        chmod(path, 0o755)
    }

    @Test("programs of every architecture run", arguments: MachineFormat.all.keys.sorted())
    func architectures(_ architecture: String) throws {
        let platform = Platform(os: "linux", architecture: architecture)
        if platform.runs(on: .host) { return }
        let fixture = try SandboxFixture()
        let bytes = try ForeignProgram.file(architecture, try #require(ForeignProgram.ending[architecture]))
        try AtomicFile.write(bytes, to: fixture.layer + "/program", mode: 0o755)
        chmod(fixture.layer + "/program", 0o755)
        var request = fixture.request(args: ["/program"])
        let unhandled = try? fixture.run(request).status
        #expect(unhandled != .exited(42))
        request.handler = Foreign.own(platform)
        #expect(try fixture.run(request).status == .exited(42))
        #expect(try fixture.changes() == [])
    }

    @Test("a foreign program that a native one starts runs, and a native one beside it")
    func mixed() throws {
        let fixture = try SandboxFixture()
        try add("foreign", try #require(ForeignProgram.ending[ForeignProgram.architecture]), to: fixture)
        let outcome = try fixture.run(request(fixture, "/foreign; echo $?; id -u"))
        #expect(outcome.lines == ["42", "0"], "\(outcome.error)")
    }

    @Test("a set-uid program has its owner's rights")
    func setUID() throws {
        let fixture = try SandboxFixture()
        try add("tell", ForeignProgram.tellingUser, to: fixture)
        try add("owned", ForeignProgram.tellingUser, to: fixture)
        chown(fixture.layer + "/owned", 7, 8)
        chmod(fixture.layer + "/owned", 0o4711)
        var request = request(fixture, "/tell; echo $?; /owned; echo $?")
        (request.uid, request.gid) = (100, 100)
        let outcome = try fixture.run(request)
        #expect(outcome.lines == ["100", "7"], "\(outcome.error)")
    }

    /// All that a layer tells of a file.
    private static func facts(_ directory: String) throws -> [String] {
        try SandboxFixture.tree(directory).map { name in
            let path = directory + "/" + name
            let info = try #require(try FileInfo.of(path))
            let attributes = try ExtendedAttributes.read(path)
                // It names the lower file, which is another one for each fixture.
                .filter { $0.0 != "trusted.overlay.origin" }.map { "\($0.0)=\($0.1)" }.sorted()
            let content = info.kind == .file ? try WholeFile.read(path) : []
            return "\(name) \(info.kind) \(String(info.mode, radix: 8)) \(info.uid):\(info.gid) \(info.links) "
                + "\(info.representedDevice) \(attributes) \(content)"
        }.sorted()
    }

    @Test("what a step leaves is what a step without emulation leaves")
    func equalResults() throws {
        let script = """
            umask 027; echo a > /file; mkdir -m 1777 /sticky; ln /file /hard; ln -s file /soft; busybox mkfifo /fifo
            busybox chown 5:6 /file; busybox chmod 4755 /file; busybox chown 4294967294:70000 /sticky
            rm /old/gone; rm -r /replaced; mkdir /replaced; echo b > /replaced/new; echo c >> /kept
            python3 -c 'import os; os.setxattr("/kept", "user.note", b"text")
            os.setxattr("/kept", "security.capability", bytes.fromhex("01000002" + "00040000" + "00" * 12))'
            busybox touch -h -d @1000000000 /soft; id; busybox grep Cap /proc/self/status
            test -e /sys/fs/cgroup/* || echo no groups; ls /dev; ulimit -H -n
            """
        var results: [[String]] = []
        for foreign in [false, true] {
            let fixture = try SandboxFixture()
            for name in ["old/gone", "replaced/old", "kept"] { try fixture.file("layer/" + name, "lower\n") }
            for name in ["lib", "lib64"] { symlink("usr/" + name, fixture.layer + "/" + name) }
            var request = fixture.request(script)
            request.env = ["PATH=/bin:/usr/bin"]
            request.mounts = [SandboxMount(target: "/usr", kind: .directory(path: "/usr", readOnly: true))]
            if foreign { request.handler = Foreign.handler }
            let outcome = try fixture.run(request)
            #expect(outcome.status == .exited(0) && outcome.error == "", "\(outcome.error)")
            results.append(try Self.facts(fixture.upper) + outcome.lines)
        }
        #expect(results[0] == results[1])
        #expect(results[0].count > 20)
    }

    @Test("root of the sandbox does not reach the host's devices and settings")
    func host() throws {
        let before = try FileInfo.of("/dev/null")
        let fixture = try SandboxFixture()
        let outcome = try fixture.run(
            request(
                fixture,
                """
                busybox chmod 0 /dev/null /dev/zero; busybox chown 5 /dev/full; stat -c '%a %u' /dev/null /dev/full
                busybox stat -f -c %T /sys; for f in /sys/fs/cgroup/x /sys/x /proc/sys/x; do mkdir $f 2>/dev/null || echo no; done
                mount -t tmpfs x /tmp 2>/dev/null || echo no; unshare -U true 2>/dev/null || echo no
                """))
        #expect(outcome.lines == ["0 0", "666 5", "sysfs", "no", "no", "no", "no", "no"], "\(outcome)")
        let after = try FileInfo.of("/dev/null")
        #expect(before?.mode == after?.mode && before?.uid == after?.uid)
        #expect(try FileInfo.of("/dev/full")?.uid == 0)
    }

    /// A number of open files that only who may raise limits can give; the present one where even root may not.
    private static func raisedLimit() -> UInt64 {
        var present = rlimit()
        getrlimit(__rlimit_resource_t(7), &present)
        // CAP_SYS_RESOURCE; beyond a million lies the kernel's own limit.
        let mayRaise = CapabilityBounds.read().contains(24) && present.rlim_max < 1_000_000
        return UInt64(present.rlim_max) + (mayRaise ? 1 : 0)
    }

    @Test("mounts, a network of its own, more rights, limits and a terminal work as without emulation")
    func features() throws {
        let fixture = try SandboxFixture()
        try add("foreign", try #require(ForeignProgram.ending[ForeignProgram.architecture]), to: fixture)
        try fixture.file("host/file", "host\n")
        var request = request(
            fixture, "/foreign; echo $?; cat /bound/file /run/secrets/key; busybox ls /sys/class/net; ulimit -H -n")
        request.network = .none
        let limit = Self.raisedLimit()
        request.ulimits = [.init(name: "nofile", soft: 100, hard: limit)]
        request.mounts = [
            SandboxMount(target: "/bound", kind: .bind(.host(path: fixture.place + "/host"), writable: true)),
            SandboxMount(
                target: "/run/secrets/key", kind: .secret(content: Array("k\n".utf8), mode: 0o400, uid: 0, gid: 0)),
        ]
        let outcome = try fixture.run(request)
        #expect(outcome.lines == ["42", "host", "k", "lo", "\(limit)"], "\(outcome.error)")
        var insecure = self.request(fixture, "/foreign; echo $?; mkdir /m; mount -t tmpfs x /m && echo mounted")
        insecure.security = .insecure
        let free = try fixture.run(insecure)
        #expect(free.lines == ["42", "mounted"], "\(free.error)")
    }

    @Test("the host knows no handler during a run and after it, and nothing stays mounted")
    func privacy() throws {
        let fixture = try SandboxFixture()
        let run = try fixture.start(request(fixture, "touch /ready; sleep 3006"))
        for _ in 0..<500 where try FileInfo.of(fixture.upper + "/ready") == nil { usleep(10_000) }
        let native = try ChildProcess.capture(
            ChildProcess.Options(
                "/bin/sh",
                [
                    "-c",
                    "unshare -m sh -c 'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc; ls /proc/sys/fs/binfmt_misc'",
                ]))
        #expect(!String(decoding: native.output, as: UTF8.self).contains("qemu-" + (Foreign.handler?.name ?? "")))
        run.cancel(grace: .zero)
        _ = try run.wait()
        #expect(try !MountTable.read().contains { $0.target.hasPrefix(fixture.place) })
    }

    @Test("killed at any moment of its start, a builder leaves nothing", arguments: 0..<10)
    func killed(step: Int) throws {
        let fixture = try SandboxFixture()
        try AtomicFile.write(
            Array(JSONEncoder().encode(request(fixture, "sleep 32\(step)"))), to: fixture.place + "/request")
        let builder = try ChildProcess.spawn(
            ChildProcess.Options(SandboxFixture.tool, ["run", fixture.place + "/request", fixture.place + "/runtime"]))
        usleep(UInt32(step) * 25_000)
        builder.terminate(SIGKILL)
        builder.wait()
        var left: [String] = []
        for _ in 0..<300 {
            left = Self.users(of: fixture.place)
            if left.isEmpty { break }
            usleep(10_000)
        }
        #expect(left == [])
    }

    /// Processes that name a path or have something mounted below it.
    private static func users(of path: String) -> [String] {
        let names = (try? Directory.names(FileDescriptor.open("/proc", O_RDONLY | O_DIRECTORY))) ?? []
        return names.map { String(decoding: $0, as: UTF8.self) }.filter { name in
            guard let pid = Int32(name), pid != getpid() else { return false }
            return ["cmdline", "mountinfo"].contains { file in
                let bytes = (try? WholeFile.read("/proc/\(name)/\(file)", limit: 16 << 20)) ?? []
                return bytes.firstRange(of: Array(path.utf8)) != nil
            }
        }
    }

    @Test("an emulator that is gone or cannot be opened is an error that says so")
    func missingEmulator() throws {
        let fixture = try SandboxFixture()
        var request = request(fixture)
        let path = "/nonexistent/qemu"
        request.handler?.emulator.path = path
        let expected = SandboxError.cannotEmulate(
            platform: Foreign.platform.description,
            .refused(operation: "register '\(path)' in a user namespace", errno: ENOENT))
        #expect(throws: expected) { try fixture.run(request) }
    }

    @Test("many emulated runs at once do not disturb each other")
    func parallel() async throws {
        try await withThrowingTaskGroup(of: [String].self) { group in
            for number in 0..<6 {
                group.addTask {
                    try await BlockingPool.waiting.run {
                        let fixture = try SandboxFixture()
                        try add(
                            "foreign", ForeignProgram.ending[ForeignProgram.architecture] ?? [], to: fixture)
                        return try fixture.run(request(fixture, "/foreign; echo $? \(number)")).lines
                    }
                }
            }
            var outputs: Set<[String]> = []
            for try await output in group { outputs.insert(output) }
            #expect(outputs == Set((0..<6).map { ["42 \($0)"] }))
        }
    }
}
