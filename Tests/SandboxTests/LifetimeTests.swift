import Core
import FoundationEssentials
import Glibc
import HostOS
import Testing

@testable import Sandbox

@Suite("ending early", .enabled(if: SandboxFixture.canRun, SandboxFixture.reason))
struct LifetimeTests {
    /// Processes of this machine whose command line holds a text.
    private static func processes(_ marker: String) -> [String] {
        let names = (try? Directory.names(FileDescriptor.open("/proc", O_RDONLY | O_DIRECTORY))) ?? []
        return names.map { String(decoding: $0, as: UTF8.self) }.filter { Int($0) != nil }
            .compactMap { try? WholeFile.read("/proc/\($0)/cmdline", limit: 1 << 20) }
            .map { String(decoding: $0, as: UTF8.self) }
            .filter { $0.contains(marker) }
    }

    private static func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<200 {
            if try condition() { return true }
            usleep(10_000)
        }
        return false
    }

    @Test("a helper that ends before it has said anything is an error", arguments: ["/bin/true", "/bin/false"])
    func silentHelper(_ program: String) throws {
        let fixture = try SandboxFixture()
        let error = #expect(throws: SandboxError.self) {
            _ = try SandboxRun.start(fixture.request(), runtime: #require(SandboxFixture.runtime), helper: program)
        }
        guard case .helperDied(.exited(program == "/bin/true" ? 0 : 1)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    private func waitForFile(_ path: String) throws {
        #expect(try Self.eventually { try FileInfo.of(path) != nil })
    }

    @Test("cancel ends a shell that waits for a program, at once")
    func cancel() throws {
        let fixture = try SandboxFixture()
        let run = try fixture.start(fixture.request("touch /ready; sleep 3001; echo no"))
        try waitForFile(fixture.upper + "/ready")
        let start = ContinuousClock.now
        run.cancel(grace: .seconds(20))
        let result = try run.wait()
        #expect(result.canceled)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(Self.processes("sleep\u{0}3001").isEmpty)
    }

    @Test("cancel kills a program that ignores SIGTERM, after the grace")
    func cancelStubborn() throws {
        let fixture = try SandboxFixture()
        let run = try fixture.start(
            fixture.request("trap '' TERM; touch /ready; while true; do sleep 3002; done"))
        try waitForFile(fixture.upper + "/ready")
        run.cancel(grace: .milliseconds(200))
        let result = try run.wait()
        #expect(result.canceled && result.status == .signaled(SIGKILL))
        #expect(Self.processes("sleep\u{0}3002").isEmpty)
    }

    @Test("processes that the program leaves behind end with it")
    func background() throws {
        let fixture = try SandboxFixture()
        #expect(try fixture.run("sleep 3003 >/dev/null 2>&1 & exit 0").status == .exited(0))
        #expect(Self.processes("sleep\u{0}3003").isEmpty)
    }

    @Test("a killed builder leaves no processes, no mounts and, after a sweep, no control groups")
    func killedBuilder() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("touch /ready; sleep 3004")
        request.mounts = [SandboxMount(target: "/cache", kind: .directory(path: fixture.place, readOnly: false))]
        try AtomicFile.write(Array(JSONEncoder().encode(request)), to: fixture.place + "/request")
        let builder = try ChildProcess.spawn(
            ChildProcess.Options(SandboxFixture.tool, ["run", fixture.place + "/request", fixture.place + "/runtime"]))
        try waitForFile(fixture.upper + "/ready")
        #expect(!Self.processes("sleep\u{0}3004").isEmpty)
        builder.terminate(SIGKILL)
        #expect(builder.wait() == .signaled(SIGKILL))
        #expect(Self.eventually { Self.processes("sleep\u{0}3004").isEmpty })
        #expect(try !MountTable.read().contains { $0.target.hasPrefix(fixture.place) })
        // Nothing holds the directories: they can be removed and the same place be used again.
        #expect(Self.eventually { (try? Directory.removeTree(fixture.place + "/scratch")) != nil })
        #expect(
            Self.eventually {
                ControlGroups.sweep()
                return Self.groups(of: builder.pid).isEmpty
            })
    }

    @Test("killed at any moment of its start, a builder leaves nothing", arguments: 0..<12)
    func killedEarly(step: Int) throws {
        let fixture = try SandboxFixture()
        let request = fixture.request("sleep 31\(step)")
        try AtomicFile.write(Array(JSONEncoder().encode(request)), to: fixture.place + "/request")
        let builder = try ChildProcess.spawn(
            ChildProcess.Options(SandboxFixture.tool, ["run", fixture.place + "/request", fixture.place + "/runtime"]))
        usleep(UInt32(step) * 12_000)
        builder.terminate(SIGKILL)
        builder.wait()
        #expect(
            Self.eventually { Self.processes(fixture.place).isEmpty && Self.processes("sleep\u{0}31\(step)").isEmpty })
        #expect(
            Self.eventually {
                ControlGroups.sweep()
                return Self.groups(of: builder.pid).isEmpty
            })
    }

    @Test("a run that ended leaves no control group")
    func controlGroups() throws {
        let fixture = try SandboxFixture()
        try AtomicFile.write(Array(JSONEncoder().encode(fixture.request())), to: fixture.place + "/request")
        let builder = try ChildProcess.spawn(
            ChildProcess.Options(SandboxFixture.tool, ["run", fixture.place + "/request", fixture.place + "/runtime"]))
        #expect(builder.wait() == .exited(0))
        #expect(Self.groups(of: builder.pid).isEmpty)
    }

    private static func groups(of pid: Int32) -> [String] {
        ((try? MountTable.read()) ?? []).filter { $0.type.hasPrefix("cgroup") }.flatMap { mount in
            ((try? Directory.names(FileDescriptor.open(mount.target + "/sampan", O_RDONLY | O_DIRECTORY))) ?? [])
                .map { String(decoding: $0, as: UTF8.self) }.filter { $0.hasPrefix("\(pid)-") }
        }
    }

    @Test("dropping a run kills its program")
    func dropped() throws {
        let fixture = try SandboxFixture()
        do {
            let run = try fixture.start(fixture.request("touch /ready; sleep 3005"))
            try waitForFile(fixture.upper + "/ready")
            withExtendedLifetime(run) {}
        }
        #expect(Self.eventually { Self.processes("sleep\u{0}3005").isEmpty })
    }

    @Test("many runs at once do not disturb each other")
    func parallel() async throws {
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await BlockingPool.waiting.run { try SandboxFixture().run("echo \(number)").output }
                }
            }
            var outputs: Set<String> = []
            for try await output in group { outputs.insert(output) }
            #expect(outputs == Set((0..<8).map { "\($0)\n" }))
        }
    }
}
