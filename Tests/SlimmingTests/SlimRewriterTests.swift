import Core
import DockerfileSyntax
import OCI
import Testing

@testable import Slimming

@Suite("rewriting a Dockerfile")
struct SlimRewriterTests {
    private func rewrite(
        _ text: String, _ config: ContainerConfig = ContainerConfig(), _ plan: SlimPlan = SlimPlan(),
        ambition: SlimRewriter.Ambition = .none, user: String? = nil,
        start: (entrypoint: [String], cmd: [String])? = nil
    ) throws -> (text: String, notes: [String]) {
        let dockerfile = try Dockerfile.parse(SourceFile(name: "Dockerfile", text: text)).get()
        let stage = try #require(dockerfile.stages.last)
        var rewriter = SlimRewriter(
            dockerfile, stage: stage, config: config, plan: plan, ambition: ambition, user: user, start: start)
        let out = String(decoding: rewriter.rewrite(), as: UTF8.self)
        #expect(throws: Never.self) { try Dockerfile.parse(SourceFile(name: "new", text: out)).get() }
        return (out, rewriter.notes)
    }

    private func file(_ path: BytePath, _ reason: SlimPlan.Reason = .program) -> SlimPlan.Item {
        SlimPlan.Item(path: path, isDirectory: false, reason: reason, bytes: 1, files: 1, isFromObservation: true)
    }

    @Test("the old last stage builds, and what speaks of starting moves with its comments")
    func moves() throws {
        var plan = SlimPlan()
        plan.items = [file("app/server"), file("lib/libc.so.6", .libraries)]
        let config = ContainerConfig(
            env: ["PATH=/go/bin:/bin", "GREETING=hello \"you\""], cmd: ["./server"], workingDir: "/app")
        let out = try rewrite(
            """
            # Builds it.
            FROM golang:1
            WORKDIR /app
            COPY . .

            # Where it listens.
            EXPOSE 8080
            RUN go build -o server .
            # What starts.
            CMD ["./server"]

            """, config, plan
        ).text
        #expect(
            out == """
                # Builds it.
                FROM golang:1 AS build
                WORKDIR /app
                COPY . .

                RUN go build -o server .

                # What runs: found by watching the program and reading what it links to.
                FROM scratch
                # The program.
                COPY --from=build /app/server /app/
                # The libraries that it loads.
                COPY --from=build /lib/libc.so.6 /lib/
                ENV GREETING="hello \\"you\\""
                WORKDIR /app
                # Where it listens.
                EXPOSE 8080
                # What starts.
                CMD ["./server"]

                """)
    }

    @Test("go build gets flags, and only those that it lacks")
    func goFlags() throws {
        let bold = SlimRewriter.Ambition(editsGo: true, withoutC: true)
        let text =
            "FROM golang\nRUN cd /src && go build \\\n    -o /x ./cmd && CGO_ENABLED=0 go install -trimpath -ldflags=-s .\n"
        let out = try rewrite(text, ambition: bold).text
        #expect(
            out.hasPrefix(
                "FROM golang AS build\nRUN cd /src && CGO_ENABLED=0 go build -trimpath -ldflags=\"-s -w\" \\\n"
                    + "    -o /x ./cmd && CGO_ENABLED=0 go install -trimpath -ldflags=-s .\n"))
    }

    @Test("names of stages are kept, and a new one is not taken already")
    func names() throws {
        #expect(try rewrite("FROM a AS app\n").text.hasPrefix("FROM a AS app\n"))
        #expect(try rewrite("FROM a AS build\nFROM b\n").text.contains("FROM b AS builder\n"))
    }

    @Test("line ends of the file are used")
    func lineEnds() throws {
        let out = try rewrite("FROM a\r\nRUN x\r\n").text
        #expect(!out.replacing("\r\n", with: "").contains("\n"))
    }

    @Test("a user is kept, or replaced")
    func users() throws {
        #expect(try rewrite("FROM a\n", ContainerConfig(user: "app")).text.contains("\nUSER app\n"))
        #expect(try rewrite("FROM a\n", ContainerConfig(user: "app"), user: "1:1").text.contains("\nUSER 1:1\n"))
    }

    @Test("variables of the old stage become their values")
    func variables() throws {
        let config = ContainerConfig(exposedPorts: ["8080/tcp"], cmd: ["/x"])
        let out = try rewrite("FROM a\nARG PORT=8080\nEXPOSE $PORT\nCMD [\"/x\"]\n", config).text
        #expect(out.contains("\nEXPOSE 8080/tcp\n"))
    }

    @Test("a replaced start, and what the base says, are written in the JSON form")
    func starts() throws {
        let out = try rewrite("FROM a\nCMD ./x -a\n", start: ([], ["./x", "-a"])).text
        #expect(out.hasSuffix("\nCMD [\"./x\", \"-a\"]\n"))
        let inherited = try rewrite("FROM a\n", ContainerConfig(entrypoint: ["/e"], cmd: ["c"], stopSignal: "SIGINT"))
            .text
        #expect(inherited.hasSuffix("ENTRYPOINT [\"/e\"]\nCMD [\"c\"]\nSTOPSIGNAL SIGINT\n"))
    }

    @Test("a health check that nothing can run is left out, and said so")
    func health() throws {
        var plan = SlimPlan()
        plan.items = [file("server")]
        let text = "FROM a\nHEALTHCHECK CMD curl -f http://localhost/\n"
        #expect(try rewrite(text, ContainerConfig(), plan).notes.count == 1)
        let own = "FROM a\nHEALTHCHECK CMD [\"/server\", \"-check\"]\n"
        let out = try rewrite(own, ContainerConfig(), plan)
        #expect(out.notes.isEmpty && out.text.contains("\nHEALTHCHECK CMD [\"/server\", \"-check\"]\n"))
    }

    @Test("directories are made with their owner and mode, as root")
    func directories() throws {
        var plan = SlimPlan()
        plan.hasShell = true
        plan.directories = [
            .init(path: "data", mode: 0o755, uid: 7, gid: 8), .init(path: "tmp", mode: 0o1777, uid: 0, gid: 0),
        ]
        let out = try rewrite("FROM a\nUSER 7\n", ContainerConfig(user: "7"), plan).text
        #expect(out.contains("USER 0\nRUN mkdir -p /slim/data && \\\n    chown 7:8 /slim/data && \\\n"))
        #expect(out.contains("    mkdir -p /slim/tmp && \\\n    chmod 1777 /slim/tmp\n"))
        #expect(out.contains("FROM scratch\nCOPY --from=build /slim/ /\n"))
    }
}
