import Core
import Glibc
import HostOS
import Testing

@Suite("child processes")
struct ChildProcessTests {
    private func shell(_ script: String) -> ChildProcess.Options { .init("/bin/sh", ["-c", script]) }

    @Test(
        "exit codes and signals are told apart",
        arguments: [
            ("exit 0", HostOS.ExitStatus.exited(0), 0 as Int32), ("exit 255", .exited(255), 255),
            ("kill -9 $$", .signaled(9), 137),
            ("kill -TERM $$", .signaled(15), 143),
        ])
    func status(script: String, expected: HostOS.ExitStatus, code: Int32) throws {
        let child = try ChildProcess.spawn(shell(script))
        #expect(child.wait() == expected)
        #expect(child.wait() == expected, "waiting again says the same")
        #expect(expected.shellCode == code)
        #expect(child.usage != nil)
    }

    @Test("a status reads well")
    func description() {
        #expect("\(HostOS.ExitStatus.exited(3))" == "exit code 3")
        #expect("\(HostOS.ExitStatus.signaled(SIGKILL))" == "signal 9 (Killed)")
    }

    @Test("a program that is not there is named")
    func notFound() {
        let error = #expect(throws: ProcessError.self) { try ChildProcess.spawn(.init("no-such-program")) }
        #expect(error == .notFound("no-such-program"))
        #expect(error?.diagnostic.message == "the program 'no-such-program' is not installed")
    }

    @Test(
        "what keeps a program from starting is told",
        arguments: [
            ("/etc/passwd", nil, "execute the file", EACCES), ("/no/such", nil, "execute the file", ENOENT),
            ("/bin/true", "/no/such", "enter its directory", ENOENT),
        ] as [(String, String?, String, Int32)])
    func cannotStart(program: String, directory: String?, step: String, code: Int32) {
        var options = ChildProcess.Options(program)
        options.directory = directory
        let error = #expect(throws: ProcessError.self) { try ChildProcess.spawn(options) }
        #expect(error == .cannotStart(program: program, step: step, errno: code))
    }

    @Test("environment and directory are as given")
    func environment() throws {
        var options = shell("echo $A; pwd; echo ${HOME-none}")
        options.environment = ["A=a b"]
        options.directory = "/usr"
        #expect(try ChildProcess.capture(options).output == Array("a b\n/usr\nnone\n".utf8))
    }

    @Test("the child has the descriptors it is given and no others")
    func descriptors() throws {
        let pipe = try Pipe()
        // One that forgot close-on-exec.
        let leaky = dup(pipe.writer.raw)
        defer { close(leaky) }
        var options = shell("echo hi >&7; ls /proc/self/fd")
        options.descriptors[7] = pipe.writer
        let seen = try ChildProcess.capture(options).output
        // `ls` opens the directory it lists as one more.
        #expect(String(decoding: seen, as: UTF8.self).split(separator: "\n") == ["0", "1", "2", "3", "7"])
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(try buffer.withUnsafeMutableBytes { try pipe.reader.read(into: $0) } == 3)
    }

    @Test("descriptors may trade places")
    func swappedDescriptors() throws {
        let (one, two) = (try Pipe(), try Pipe())
        var options = shell(
            "echo to-low > /proc/self/fd/\(one.writer.raw); echo to-high > /proc/self/fd/\(two.writer.raw)")
        options.descriptors[one.writer.raw] = two.writer
        options.descriptors[two.writer.raw] = one.writer
        try #require(try ChildProcess.spawn(options).wait().isSuccess)
        func text(_ pipe: Pipe) throws -> String {
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = try buffer.withUnsafeMutableBytes { try pipe.reader.read(into: $0) }
            return String(decoding: buffer[..<count], as: UTF8.self)
        }
        #expect(try text(two) == "to-low\n")
        #expect(try text(one) == "to-high\n")
    }

    @Test("a child starts with default signal handling")
    func signals() throws {
        let before = signal(SIGWINCH, SIG_IGN)
        defer { signal(SIGWINCH, before) }
        let output = try ChildProcess.capture(shell("grep -E 'SigIgn|SigBlk' /proc/self/status")).output
        let masks = String(decoding: output, as: UTF8.self).split(separator: "\n")
            .compactMap { $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } }
        // The two real-time signals that the C library keeps for itself are not ours to change.
        #expect(masks.map { $0 & 0x7fff_ffff } == [0, 0])
    }

    @Test("large input and output pass at the same time")
    func exchange() throws {
        let input = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let done = try ChildProcess.capture(.init("cat"), input: input)
        #expect(done.status.isSuccess && done.output == input && done.error == [])
    }

    @Test("a program that reads no input is no error")
    func unreadInput() throws {
        let done = try ChildProcess.capture(shell("exec 0<&-; exit 3"), input: [UInt8](repeating: 7, count: 1 << 20))
        #expect(done.status == .exited(3))
    }

    @Test("too much output ends the program")
    func limit() {
        let error = #expect(throws: ProcessError.self) {
            try ChildProcess.capture(.init("yes"), limit: 100_000)
        }
        #expect(error == .tooMuchOutput(program: "yes", limit: 100_000))
    }

    @Test("a program that takes too long is ended", arguments: ["sleep 100", "exec >&- 2>&-; exec sleep 100"])
    func timeout(script: String) {
        let start = ContinuousClock.now
        let error = #expect(throws: ProcessError.self) {
            try ChildProcess.capture(shell("exec 2>&1; \(script)"), timeout: .milliseconds(200))
        }
        #expect(error == .timedOut(program: "/bin/sh"))
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test("waiting has a limit, and signals arrive")
    func waiting() throws {
        let child = try ChildProcess.spawn(.init("sleep", ["100"]))
        #expect(child.wait(timeout: .milliseconds(20)) == nil)
        child.terminate()
        #expect(child.wait(timeout: .seconds(30)) == .signaled(SIGTERM))
        child.terminate()
    }

    @Test("many threads start programs at once")
    func parallel() async throws {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<40 {
                group.addTask {
                    try await BlockingPool.waiting.run { try ChildProcess.capture(.init("echo", ["\(number)"])).output }
                }
            }
            var seen: Set<[UInt8]> = []
            for try await output in group { seen.insert(output) }
            #expect(seen == Set((0..<40).map { Array("\($0)\n".utf8) }))
        }
    }

    @Test("a child outlives the thread that asked for it, not the process")
    func parentDeath() async throws {
        // A thread of its own that ends right after it started the child.
        let child = try await BlockingPool(threads: 1).run { try ChildProcess.spawn(.init("sleep", ["100"])) }
        #expect(child.wait(timeout: .milliseconds(100)) == nil)
        child.terminate(SIGKILL)
        child.wait()
    }

    @Test("a failed preparation leaves no process")
    func preparation() throws {
        nonisolated(unsafe) var pid: Int32 = 0
        let error = #expect(throws: ProcessError.self) {
            try ChildProcess.spawn(.init("true")) { (child) throws(ProcessError) in
                pid = child
                throw .timedOut(program: "preparation")
            }
        }
        #expect(error == .timedOut(program: "preparation"))
        #expect(pid > 0 && kill(pid, 0) == -1)
    }

    @Test("a child can be the first of new namespaces", .enabled(if: geteuid() == 0, "needs root"))
    func namespaces() throws {
        var options = shell("echo $$; hostname inside && hostname")
        options.namespaces = [.pid, .mount, .uts, .ipc, .network]
        #expect(try ChildProcess.capture(options).output == Array("1\ninside\n".utf8))
    }
}
