import Core
import Glibc
import HostOS
import Sandbox
import Testing

@Suite("what a program may not do", .enabled(if: SandboxFixture.canRun, SandboxFixture.reason))
struct SecurityTests {
    @Test(
        "system calls that leave the sandbox are refused",
        arguments: [
            "unshare -m true", "unshare -U true", "unshare -n true", "mount -t tmpfs x /tmp", "umount /proc",
            "hostname other",
        ])
    func seccomp(script: String) throws {
        let fixture = try SandboxFixture()
        try Directory.create(fixture.layer + "/tmp")
        #expect(try fixture.run("\(script) 2>/dev/null").status == .exited(1))
        // It is the filter that refuses: as root with all capabilities and without it, the call works.
        var request = fixture.request(script)
        request.security = .insecure
        #expect(try fixture.run(request).status == .exited(0))
    }

    @Test("a filter is in force, unless it is switched off")
    func filter() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("grep Seccomp: /proc/self/status")
        #expect(try fixture.run(request).output == "Seccomp:\t2\n")
        request.seccomp = .off
        #expect(try fixture.run(request).output == "Seccomp:\t0\n")
        request.seccomp = .custom(
            json: """
                {"defaultAction": "SCMP_ACT_ALLOW",
                 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}
                """)
        request.args = ["/bin/sh", "-c", "mkdir /x 2>&1"]
        #expect(try fixture.run(request).output == "mkdir: can't create directory '/x': Permission denied\n")
        request.seccomp = .custom(json: "[]")
        #expect(throws: SandboxError.self) { try fixture.run(request) }
    }

    @Test("root has docker's default capabilities, another user none, and --cap-drop leaves nothing")
    func capabilities() throws {
        let fixture = try SandboxFixture()
        let show = "grep -E 'CapEff|CapBnd' /proc/self/status"
        #expect(try fixture.run(show).lines == ["CapEff:\t00000000a80425fb", "CapBnd:\t00000000a80425fb"])
        var request = fixture.request(show)
        request.uid = 1000
        #expect(try fixture.run(request).lines == ["CapEff:\t0000000000000000", "CapBnd:\t00000000a80425fb"])
        request.uid = 0
        request.dropCapabilities = true
        #expect(try fixture.run(request).lines == ["CapEff:\t0000000000000000", "CapBnd:\t0000000000000000"])
    }

    @Test("parts of /proc and /sys are hidden or read-only")
    func masked() throws {
        let fixture = try SandboxFixture()
        let outcome = try fixture.run(
            """
            test -s /proc/kcore || echo kcore
            test -s /proc/keys || echo keys
            echo 1 2>/dev/null > /proc/sys/kernel/panic || echo sysctl
            echo 1 2>/dev/null > /proc/sysrq-trigger || echo sysrq
            mkdir /sys/fs/cgroup/x 2>/dev/null || echo sys
            ls /sys/firmware
            """)
        #expect(outcome.lines == ["kcore", "keys", "sysctl", "sysrq", "sys"])
    }

    @Test("the host's devices are out of reach")
    func devices() throws {
        let fixture = try SandboxFixture()
        let root = try #require(try FileInfo.of("/")).device
        let (major, minor) = ((root >> 8) & 0xfff, root & 0xff)
        let outcome = try fixture.run(
            "mknod /dev/disk b \(major) \(minor) && cat /dev/disk 2>&1 >/dev/null; ls /dev/sda /dev/vda 2>/dev/null")
        #expect(outcome.output == "cat: can't open '/dev/disk': Operation not permitted\n")
    }

    @Test("the program sees its own processes alone")
    func processes() throws {
        let outcome = try SandboxFixture().run("echo $$; ls -d /proc/[0-9]* | grep -c .")
        #expect(outcome.lines.first == "1")
        #expect((outcome.lines.last.flatMap { Int($0) } ?? 99) < 6)
    }

    @Test("noNewPrivileges reaches the program")
    func noNewPrivileges() throws {
        let fixture = try SandboxFixture()
        var request = fixture.request("grep NoNewPrivs /proc/self/status")
        #expect(try fixture.run(request).output == "NoNewPrivs:\t0\n")
        request.noNewPrivileges = true
        #expect(try fixture.run(request).output == "NoNewPrivs:\t1\n")
    }
}
