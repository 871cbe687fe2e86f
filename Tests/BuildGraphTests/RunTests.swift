import BuildGraph
import Core
import Glibc
import HostOS
import Layers
import SampanTestSupport
import Synchronization
import Testing

@Suite("what a RUN gets and how it ends", .enabled(if: Workshop.canUnpack, "unpacking layers needs root"))
struct RunTests {
    @Test("programs get the stage's environment, directory, user and mounts")
    func request() async throws {
        let workshop = try Workshop()
        try workshop.context.file("etc/passwd", "root:x:0:0::/root:/bin/sh\njoe:x:7:8::/home/joe:/bin/sh\n")
        try workshop.context.file("etc/group", "team:x:9:joe\nextra:x:10:a,joe\n")
        try workshop.context.file("part/f", "1")
        try await workshop.build(
            """
            FROM scratch
            COPY etc /etc
            WORKDIR /w
            USER joe
            ENV A=1
            RUN --mount=type=bind,source=part,target=/b --mount=type=tmpfs,target=t,size=1m \\
                --mount=type=secret,id=s,target=/key,mode=0444,uid=5 --mount=type=secret,id=s,env=KEY \\
                --network=none one
            USER 55:team
            RUN ["two", "$A"]
            """
        ) {
            $0.secrets = ["s": .init(Array("hidden".utf8))]
            $0.buildArguments = ["https_proxy": "http://p"]
        }
        let requests = workshop.executor.requests
        try #require(requests.count == 2)
        #expect(requests[0].arguments == ["/bin/sh", "-c", "one"])
        #expect(requests[0].directory == "/w")
        #expect(requests[0].user == ResolvedUser(uid: 7, gid: 8, groups: [9, 10], home: "/home/joe"))
        #expect(
            requests[0].environment.sorted() == [
                "A=1", "HOME=/home/joe", "KEY=hidden", "PATH=" + StageState.defaultPath, "https_proxy=http://p",
            ])
        #expect(requests[0].network == .none)
        #expect(requests[0].mounts.map(\.target) == ["/b", "/w/t", "/key"])
        guard case .stack(let directories, "/part", false) = requests[0].mounts[0].kind else {
            Issue.record("the first mount is no stack")
            return
        }
        #expect(try WholeFile.read(directories[0] + "/part/f") == Array("1".utf8))
        guard case .tmpfs(1_048_576) = requests[0].mounts[1].kind,
            case .secret(Array("hidden".utf8), 0o444, 5, 0) = requests[0].mounts[2].kind
        else {
            Issue.record("\(requests[0].mounts)")
            return
        }
        #expect(requests[1].arguments == ["two", "$A"])
        #expect(requests[1].user == ResolvedUser(uid: 55, gid: 9, groups: []))
        #expect(requests[1].environment.contains("HOME=/"))
        #expect(requests[1].network == .default)
    }

    @Test("a failure names the program, the code, the log and how to look around; secrets are masked in the log")
    func failure() async throws {
        let workshop = try Workshop()
        workshop.executor.set { request in
            try request.write("left", "behind")
            request.print("first line\nthe pass")
            request.print("word is out\n")
            return 3
        }
        let error = try #require(
            await workshop.failure("FROM scratch\nRUN --mount=type=secret,id=s fail\n") {
                $0.secrets = ["s": .init(Array("password".utf8))]
            })
        #expect(error.code == "run.failed")
        #expect(error.message == "RUN failed with exit code 3")
        #expect(error.span.map { $0.file.text($0.range) } == "RUN --mount=type=secret,id=s fail")
        let kept = try #require(error.causes.last { $0.hasPrefix("its whole output is in ") })
        let log = String(kept.dropFirst("its whole output is in ".count))
        #expect(String(decoding: try WholeFile.read(log), as: UTF8.self) == "first line\nthe *** is out\n")
        let hint = try #require(error.hint)
        let step = try #require(hint.split(separator: " ").last.map(String.init))
        #expect(hint == "look around in the file system it left: sampan run --step \(step)")
        let failed = try FailedStep.find(step, logs: workshop.home.path + "/logs")
        #expect(failed.arguments == ["/bin/sh", "-c", "fail"])
        #expect(try WholeFile.read((failed.layers.last ?? "") + "/left") == Array("behind".utf8))
        // It is no result: the next build runs it again.
        workshop.executor.forget()
        workshop.executor.set { _ in 0 }
        try await workshop.build("FROM scratch\nRUN --mount=type=secret,id=s fail\n") { $0.secrets = ["s": .init([1])] }
        #expect(workshop.executor.programs == ["fail"])
    }

    @Test(
        "a missing secret or agent, a forbidden privilege and a mount over the root are refused before anything runs",
        arguments: [
            ("RUN --mount=type=secret,id=k x", "the secret 'k' was not given"),
            ("RUN --mount=type=ssh,required=true x", "no SSH agent 'default' was given"),
            ("RUN --security=insecure x", "RUN --security=insecure is not allowed"),
            ("RUN --network=host x", "RUN --network=host is not allowed"),
            ("RUN --mount=type=tmpfs,target=/ x", "a mount cannot take the place of the root directory"),
        ])
    func refused(line: String, message: String) async throws {
        let workshop = try Workshop()
        // A secret that is required is one that says so.
        let text = line.replacing("id=k", with: "id=k,required=true")
        #expect(await workshop.failure("FROM scratch\n\(text)\n")?.message == message)
        #expect(workshop.executor.programs == [])
    }

    @Test("cancelling a build cancels its programs and waits for them")
    func cancelling() async throws {
        let workshop = try Workshop()
        let ended = Atomic(0)
        let (started, begin) = AsyncStream.makeStream(of: Void.self)
        workshop.executor.set { _ in
            begin.yield()
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                ended.add(1, ordering: .relaxed)
                throw error
            }
            return 0
        }
        let build = Task {
            try await workshop.build("FROM scratch AS a\nRUN one\nFROM scratch\nCOPY --from=a / /\nRUN two\n")
        }
        for await _ in started { break }
        build.cancel()
        let result = await build.result
        #expect(throws: CancellationError.self) { _ = try result.get() }
        #expect(ended.load(ordering: .relaxed) == workshop.executor.programs.count)
    }

    @Test("the first failure is the one that is told, and ends the other stages")
    func firstFailure() async throws {
        let workshop = try Workshop()
        workshop.executor.set { request in
            if request.arguments.last == "fails" { return 1 }
            try await Task.sleep(for: .seconds(60))
            return 0
        }
        let error = await workshop.failure(
            """
            FROM scratch AS a
            RUN sleeps
            FROM scratch AS b
            RUN fails
            FROM scratch
            COPY --from=a / /
            COPY --from=b / /
            """)
        #expect(error?.message == "RUN failed with exit code 1")
    }

    @Test("a heredoc is a script of the shell, or a file that its first line runs")
    func heredocs() async throws {
        let workshop = try Workshop()
        try await workshop.build("FROM scratch\nRUN <<E\necho $A\nE\nRUN <<E\n#!/bin/x\nbody\nE\n")
        let requests = workshop.executor.requests
        try #require(requests.count == 2)
        #expect(requests[0].arguments == ["/bin/sh", "-c", "echo $A\n"])
        let program = try #require(requests[1].arguments.first)
        #expect(requests[1].arguments.count == 1 && program.hasPrefix("/dev/pipes/"))
        guard case .stack(let directories, "/", _) = requests[1].mounts[0].kind else { return }
        let name = String(program.dropFirst("/dev/pipes/".count))
        #expect(try WholeFile.read(directories[0] + "/" + name) == Array("#!/bin/x\nbody\n".utf8))
    }
}
