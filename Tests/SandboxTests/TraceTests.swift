import Core
import Glibc
import HostOS
import Sandbox
import Testing

@Suite("observing a program", .enabled(if: SandboxFixture.canRun, SandboxFixture.reason))
struct TraceTests {
    private func trace(
        _ fixture: SandboxFixture, _ script: String, _ change: (inout SandboxRequest) -> Void = { _ in }
    ) throws -> ObservedTrace {
        var request = fixture.request(script)
        request.observation = Observation(recordsPaths: true)
        change(&request)
        let result = try fixture.start(request).wait()
        #expect(result.status == .exited(0))
        return try #require(result.trace)
    }

    private func uses(_ trace: ObservedTrace, _ path: String) -> ObservedTrace.Uses {
        trace.paths.first { $0.path == path }?.uses ?? []
    }

    @Test("what is read, written, started and listed is told apart, in children too")
    func uses() throws {
        let fixture = try SandboxFixture()
        try fixture.file("layer/srv/in", "x")
        // A shell of busybox runs its own tools without starting a program.
        try fixture.file("layer/srv/tool", "#!/bin/sh\ntrue\n", mode: 0o755)
        let trace = try trace(
            fixture, "cat /srv/in >/srv/out; /srv/tool; (ls /srv) >/dev/null; test -e /srv/none; mkdir /srv/new")
        #expect(uses(trace, "/srv/in").contains(.reads))
        #expect(uses(trace, "/srv/out").contains(.writes))
        #expect(uses(trace, "/srv/tool").contains(.executes))
        #expect(uses(trace, "/srv").contains(.lists))
        #expect(uses(trace, "/srv/none").contains(.looks))
        #expect(uses(trace, "/srv/new").contains(.writes))
        #expect(!trace.isCut)
    }

    @Test("relative paths start at the program's directory")
    func relative() throws {
        let fixture = try SandboxFixture()
        try fixture.file("layer/srv/deep/in", "x")
        let trace = try trace(fixture, "cd /srv && cat deep/in >/dev/null")
        #expect(uses(trace, "/srv/deep/in").contains(.reads))
    }

    @Test("a program without rights is observed as well")
    func ordinaryUser() throws {
        let fixture = try SandboxFixture()
        try fixture.file("layer/srv/in", "x")
        let trace = try trace(fixture, "cat /srv/in >/dev/null") { request in
            (request.uid, request.gid) = (65532, 65532)
            request.noNewPrivileges = true
            request.dropCapabilities = true
        }
        #expect(uses(trace, "/srv/in").contains(.reads))
    }

    @Test("without being asked for nothing is recorded")
    func off() throws {
        let fixture = try SandboxFixture()
        #expect(try fixture.start(fixture.request("true")).wait().trace == nil)
    }

    @Test("more paths than are kept are cut off, and the program goes on")
    func many() throws {
        let fixture = try SandboxFixture()
        let script = "i=0; while [ $i -lt 51000 ]; do test -e /none/$i; i=$((i+1)); done"
        let trace = try trace(fixture, script)
        #expect(trace.isCut)
        #expect(trace.paths.count == 50_000)
    }

    @Test("a port of a private network can be reached, and its listeners are known")
    func ports() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("echo hello | nc -l -p 8099")
        request.network = .none
        request.observation = Observation(recordsPaths: false)
        let run = try fixture.start(request)
        let observer = try #require(run.observer)
        #expect(observer.connect(port: 1) == nil)
        var ports: [UInt16] = []
        for _ in 0..<500 where ports.isEmpty {
            ports = observer.ports()
            usleep(10_000)
        }
        #expect(ports == [8099])
        let connection = try #require(observer.connect(port: 8099))
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = try buffer.withUnsafeMutableBytes { try connection.read(into: $0) }
        #expect(String(decoding: buffer[..<count], as: UTF8.self) == "hello\n")
        run.cancel(grace: .zero)
        _ = try run.wait()
    }

    @Test("addresses outside that a program wants are told")
    func addresses() throws {
        let fixture = try SandboxFixture()
        let trace = try trace(fixture, "nc -w 1 192.0.2.7 443 </dev/null; true") { $0.network = .none }
        #expect(trace.addresses == ["192.0.2.7:443"])
    }
}
