import Core
import FoundationEssentials
import Glibc
import HostOS
import Testing

@testable import Sandbox

@Suite("values")
struct ValueTests {
    @Test("no system call is both allowed and refused, none is listed twice")
    func systemCalls() {
        let all = SystemCalls.allowed + SystemCalls.refused
        #expect(Set(all).count == all.count)
        #expect(!all.contains { ["clone", "clone3", "socket", "personality"].contains($0) })
    }

    @Test(
        "what leaves a sandbox is refused",
        arguments: [
            "add_key", "bpf", "keyctl", "kexec_load", "mount", "move_mount", "fsopen", "open_by_handle_at", "reboot",
            "setns", "swapon", "unshare", "userfaultfd", "perf_event_open", "io_uring_setup", "init_module",
        ])
    func refused(name: String) {
        #expect(SystemCalls.refused.contains(name))
    }

    @Test(
        "what programs need is allowed",
        arguments: [
            "openat", "read", "execve", "futex", "ptrace", "fchmodat2", "statx", "epoll_pwait2", "clock_gettime64",
        ])
    func allowed(name: String) {
        #expect(SystemCalls.allowed.contains(name))
    }

    @Test("the profile knows both kinds of machines")
    func architectures() {
        #expect(SeccompProfile.standard(architecture: "amd64").architectures?.first == "SCMP_ARCH_X86_64")
        #expect(SeccompProfile.standard(architecture: "arm64").architectures?.first == "SCMP_ARCH_AARCH64")
    }

    @Test("the probe's program runs")
    func tinyProgram() throws {
        let path = "/tmp/sampan-tiny-\(getpid())"
        defer { unlink(path) }
        try AtomicFile.write(TinyProgram.bytes, to: path, mode: 0o755)
        chmod(path, 0o755)
        #expect(try ChildProcess.spawn(.init(path)).wait() == .exited(TinyProgram.exitCode))
    }

    @Test(
        "subordinate ids are the user's ranges, the largest first",
        arguments: [
            ("me:100000:65536\n", [SubordinateIDs(first: 100_000, count: 65536)]),
            ("other:1:2\n1000:5:6\n", [SubordinateIDs(first: 5, count: 6)]),
            (
                "me:1:10\nme:40:10\n1000:100:20\n",
                [
                    SubordinateIDs(first: 100, count: 20), SubordinateIDs(first: 1, count: 10),
                    SubordinateIDs(first: 40, count: 10),
                ]
            ),
            ("you:1:10\n", []), ("", []), ("me:x:10\n", []), ("me:1:0\n", []), ("me:1\n", []),
            ("me:4294967295:10\n", []), ("me:1:2:3\n", []), ("me:-1:5", []),
        ] as [(String, [SubordinateIDs])])
    func subordinateIDs(text: String, expected: [SubordinateIDs]) {
        #expect(SubordinateIDs.parse(Array(text.utf8), uid: 1000, name: "me") == expected)
    }

    @Test("ranges follow each other in the namespace, as many as the kernel takes")
    func mappedRanges() {
        let ranges = [SubordinateIDs(first: 1, count: 65531), SubordinateIDs(first: 65533, count: 3)]
        let mapped = IDMaps.lines(own: 65532, ranges).joined(separator: " ")
        #expect(mapped == "0 65532 1 1 1 65531 65532 65533 3")
        let huge = [SubordinateIDs(first: 1, count: 4_000_000_000), SubordinateIDs(first: 1, count: 300_000_000)]
        #expect(IDMaps.lines(own: 7, huge).joined(separator: " ") == "0 7 1 1 1 4000000000")
        let many = String(repeating: "me:1:1\n", count: 1000)
        #expect(SubordinateIDs.parse(Array(many.utf8), uid: 1, name: "me").count == 339)
    }

    @Test("a builder's groups are told by pid and start time")
    func builderIdentity() throws {
        let own = try #require(BuilderIdentity.current)
        #expect(own.isAlive && own.pid == getpid())
        #expect(BuilderIdentity(prefixOf: "\(own.pid)-\(own.start)-7") == own)
        #expect(BuilderIdentity(pid: own.pid, start: own.start + 1).isAlive == false)
        for name in ["", "1", "1-2", "a-b-c", "1-2-3-4", "99999999999-1-1", "-1-2-3"] {
            #expect(BuilderIdentity(prefixOf: name) == nil)
        }
    }

    @Test("the last error of a runtime's log is what it says")
    func runtimeLog() {
        func error(_ text: String) -> String? { RuntimeLog.lastError(Array(text.utf8)) }
        #expect(error("") == nil)
        #expect(error("not json\n") == nil)
        #expect(error(#"{"level":"error","msg":"first"}"# + "\n" + #"{"level":"debug","msg":"later"}"#) == "first")
        #expect(error(#"{"level":"info","msg":"only"}"#) == "only")
    }

    @Test(
        "device numbers are taken apart as the kernel packs them",
        arguments: [(0x0801, 8, 1), (0x3450_0a00, 10, 0x34500), (0, 0, 0)] as [(UInt64, Int64, Int64)])
    func deviceNumbers(device: UInt64, major: Int64, minor: Int64) {
        let parts = DeviceNumber.split(device)
        #expect(parts.major == major && parts.minor == minor)
    }

    @Test("the loader is read from an ELF file, and nothing from a bad one")
    func loader() throws {
        func loader(_ bytes: [UInt8]) -> String? {
            ProgramCheck.loader(Array(bytes.prefix(4096))) { offset, count in
                offset >= 0 && offset < bytes.count ? Array(bytes[Int(offset)...].prefix(count)) : []
            }
        }
        let shell = try WholeFile.read("/bin/sh")
        #expect(loader(shell)?.contains("/ld-linux") == true)
        #expect(loader(TinyProgram.bytes) == nil)
        #expect(loader([]) == nil)
        for length in [4, 16, 63, 64, 100, 200] { _ = loader(Array(shell.prefix(length))) }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var broken = Array(shell.prefix(1024))
            for _ in 0..<8 {
                broken[Int.random(in: 0..<512, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = loader(broken)
        }
    }
}

@Suite("paths inside a root")
struct RootWalkTests {
    private let place: String

    init() throws {
        place = "/tmp/sampan-walk-\(UInt64.random(in: 0...UInt64.max))"
        try Directory.create(place + "/a/b")
        try AtomicFile.write([1], to: place + "/a/file")
        symlink("/a", place + "/absolute")
        symlink("../../../../a/b", place + "/a/up")
        symlink("loop", place + "/loop")
        symlink("/nowhere/else", place + "/dangling")
        symlink("b/..", place + "/a/back")
    }

    private func resolve(_ path: String, covered: Set<BytePath> = []) throws -> RootWalk {
        try RootWalk.resolve(path, in: FileDescriptor.open(place, O_RDONLY | O_DIRECTORY), covered: covered)
    }

    @Test(
        "links stay inside the root",
        arguments: [
            ("/", "/", 0), ("/a/b", "/a/b", 0), ("a//./b/", "/a/b", 0), ("/../../a", "/a", 0),
            ("/absolute/b", "/a/b", 0), ("/a/up", "/a/b", 0), ("/a/back/b", "/a/b", 0), ("/absolute/..", "/", 0),
            ("/dangling", "/nowhere/else", 2), ("/dangling/x", "/nowhere/else/x", 3), ("/a/new/deep", "/a/new/deep", 2),
            ("/a/file/x", "/a/file/x", 1), ("/new/../other", "/other", 1),
        ])
    func walk(path: String, expected: String, missing: Int) throws {
        defer { try? Directory.removeTree(place) }
        let walk = try resolve(path)
        #expect(walk.path.absolute == expected)
        #expect(walk.missing.count == missing)
    }

    @Test("a loop of links ends with an error")
    func loop() throws {
        defer { try? Directory.removeTree(place) }
        let error = #expect(throws: SystemError.self) { try resolve("/loop/x") }
        #expect(error?.errno == ELOOP)
    }

    @Test("the walk stops at a mount")
    func covered() throws {
        defer { try? Directory.removeTree(place) }
        let walk = try resolve("/absolute/b/c", covered: ["a/b"])
        #expect(walk.isCovered && walk.path.absolute == "/a/b/c")
        #expect(try resolve("/a/b", covered: ["a/b"]).isCovered == false)
    }
}
