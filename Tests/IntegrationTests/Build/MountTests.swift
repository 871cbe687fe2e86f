import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("mounts of RUN, in a whole build", .enabled(if: Need.root, Need.rootReason))
struct MountTests {
    private func workspace() throws -> Workspace {
        let work = try Workspace()
        try work.importBase()
        return work
    }

    @Test("secrets are files and variables in one RUN, and nowhere afterwards")
    func secrets() throws {
        let work = try workspace()
        let (first, second) = (
            "hunter2-\(UInt64.random(in: 0...UInt64.max))", "tok-\(UInt64.random(in: 0...UInt64.max))"
        )
        try work.place.file("secret/key", first + "\n")
        let outcome = try work.build(
            """
            FROM base
            RUN --mount=type=secret,id=key cat /run/secrets/key; wc -c < /run/secrets/key > /size
            RUN --mount=type=secret,id=key,target=/etc/key,mode=0440,uid=5,gid=6 stat -c '%a %u %g' /etc/key > /stat; cat /etc/key
            RUN --mount=type=secret,id=token,env=TOKEN printf %s "$TOKEN" | wc -c >> /size; echo "it is $TOKEN"
            RUN --mount=type=secret,id=absent test ! -e /run/secrets/absent
            RUN test ! -e /run/secrets/key && test -z "$TOKEN"
            """,
            [
                "-t", "x", "--secret", "id=key,src=\(work.place.path("secret/key"))", "--secret",
                "id=token,env=MY_TOKEN",
            ],
            environment: ["MY_TOKEN": second])
        #expect(outcome.code == 0, "\(outcome)")
        let files = try work.files("x")
        #expect(files["size"]?.text == "\(first.utf8.count + 1)\n\(second.utf8.count)\n")
        #expect(files["stat"]?.text == "440 5 6\n")
        for name in ["run/secrets", "run/secrets/key", "etc/key"] { #expect(files[name] == nil) }
        for secret in [first, second] {
            #expect(!outcome.output.contains(secret))
            #expect(!outcome.error.contains(secret), "\(outcome.error)")
            #expect(try work.homeFiles(containing: secret) == [])
        }
        #expect(outcome.error.contains("it is ***"))
        let missing = try work.build("FROM base\nRUN --mount=type=secret,id=absent,required=true true\n")
        #expect(missing.code == 2)
        #expect(missing.error.contains("absent"))
        #expect(missing.error.contains("--secret"))
    }

    @Test("a secret is not part of the cache key")
    func secretKeys() throws {
        let work = try workspace()
        let dockerfile = "FROM base\nRUN --mount=type=secret,id=a,env=A cat /proc/uptime > /once\n"
        let first = try work.image(dockerfile, ["--secret", "id=a,env=A"], environment: ["A": "first"])
        #expect(try work.image(dockerfile, ["--secret", "id=a,env=A"], environment: ["A": "second"]) == first)
    }

    @Test("an agent's socket is there for the RUN that asks for it")
    func agent() throws {
        let work = try workspace()
        let agent = try Shell.run(
            "ssh-agent -a \(work.place.path("agent")) | sed -n 's/^SSH_AGENT_PID=\\([0-9]*\\).*/\\1/p'")
        let pid = try #require(Int32(agent.split(separator: "\n").first ?? ""))
        defer { kill(pid, SIGKILL) }
        try work.image(
            """
            FROM base
            RUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && echo yes > /one
            RUN --mount=type=ssh,id=other,target=/tmp/sock,mode=0666 test -S /tmp/sock && stat -c %a /tmp/sock > /two
            RUN test -z "$SSH_AUTH_SOCK"
            """,
            ["-t", "x", "--ssh", "default=\(work.place.path("agent"))", "--ssh", "other=\(work.place.path("agent"))"])
        let files = try work.files("x")
        #expect(files["one"]?.text == "yes\n")
        #expect(files["two"]?.text == "666\n")
        #expect(files["tmp/sock"] == nil)
    }

    @Test("a cache mount persists, also over a failed RUN, and is in no layer")
    func cacheMounts() throws {
        let work = try workspace()
        func build(_ number: Int, _ end: String = "true") throws -> Program.Outcome {
            try work.build(
                """
                FROM base
                RUN --mount=type=cache,target=/cache,id=shared echo \(number) >> /cache/log && cp /cache/log /log && \(end)
                """, ["-t", "x"])
        }
        #expect(try build(1).code == 0)
        #expect(try build(2, "false").code == 2)
        #expect(try build(3).code == 0)
        let files = try work.files("x")
        #expect(files["log"]?.text == "1\n2\n3\n")
        #expect(files["cache/log"] == nil)
        #expect(try work.succeed(["cache", "du"]).output.contains("cache mount"))
    }

    @Test("a cache starts from a stage, with the mode and owner asked for")
    func cacheFrom() throws {
        let work = try workspace()
        try work.image(
            """
            FROM base AS seed
            RUN mkdir /seed && echo seeded > /seed/file
            FROM base
            RUN --mount=type=cache,target=/c,from=seed,source=/seed cat /c/file > /from
            RUN --mount=type=cache,target=/d,mode=0700,uid=5,gid=6 stat -c '%a %u %g' /d > /stat
            """, ["-t", "x"])
        let files = try work.files("x")
        #expect(files["from"]?.text == "seeded\n")
        #expect(files["stat"]?.text == "700 5 6\n")
    }

    @Test("bind mounts show the context, a stage or an image; writes to them are thrown away")
    func binds() throws {
        let work = try workspace()
        try work.file("dir/file", "context\n")
        try work.image("FROM scratch\nCOPY dir /image\n", ["-t", "other"])
        try work.image(
            """
            FROM base AS stage
            RUN mkdir /made && echo stage > /made/file
            FROM base
            RUN --mount=type=bind,target=/ctx cat /ctx/dir/file > /one
            RUN --mount=type=bind,source=dir/file,target=/single cat /single > /two
            RUN --mount=from=stage,source=/made,target=/m cat /m/file > /three && ! touch /m/x 2>/dev/null
            RUN --mount=from=other,target=/o cat /o/image/file > /four
            RUN --mount=type=bind,source=dir,target=/w,rw echo new > /w/new && cat /w/new > /five
            RUN --mount=type=bind,source=dir,target=/w test ! -e /w/new
            """, ["-t", "x"])
        let files = try work.files("x")
        #expect(
            ["one", "two", "three", "four", "five"].map { files[$0]?.text } == [
                "context\n", "context\n", "stage\n", "context\n", "new\n",
            ])
        #expect(files["ctx"] == nil && files["m"] == nil && files["w"] == nil)
        #expect(try FileInfo.of(work.context + "/dir/new") == nil)
    }

    @Test("a tmpfs is empty, bounded, and leaves nothing")
    func tmpfs() throws {
        let work = try workspace()
        try work.image(
            """
            FROM base
            RUN --mount=type=tmpfs,target=/tmp/t,size=1m cd /tmp/t && touch a && df -k . | tail -1 | awk '{print $2}' > /size
            """, ["-t", "x"])
        let files = try work.files("x")
        #expect(files["size"]?.text == "1024\n")
        #expect(files["tmp/t"] == nil)
    }

    @Test("--network=none has a loopback alone, and what is privileged has to be allowed")
    func networks() throws {
        let work = try workspace()
        try work.image("FROM base\nRUN --network=none ls /sys/class/net > /net\n", ["-t", "x"])
        #expect(try work.files("x")["net"]?.text == "lo\n")
        try work.image("FROM base\nRUN cat /proc/net/dev | wc -l > /count\n", ["-t", "y", "--network", "none"])
        #expect(try work.files("y")["count"]?.text == "3\n")
        for (flag, entitlement) in [("--network=host", "network.host"), ("--security=insecure", "security.insecure")] {
            let refused = try work.build("FROM base\nRUN \(flag) true\n")
            #expect(refused.code == 2)
            #expect(refused.error.contains("--allow \(entitlement)"), "\(refused.error)")
            #expect(try work.build("FROM base\nRUN \(flag) true\n", ["--allow", entitlement]).code == 0)
        }
        let device = try work.build("FROM base\nRUN --device=vendor/thing true\n")
        #expect(device.code == 2)
        #expect(device.error.contains("--device"))
    }
}
