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
        start: (entrypoint: [String], cmd: [String])? = nil, target: String? = nil
    ) throws -> (text: String, notes: [String]) {
        let dockerfile = try Dockerfile.parse(SourceFile(name: "Dockerfile", text: text)).get()
        let stage = try #require(target.map(dockerfile.stage(named:)) ?? dockerfile.stages.last)
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

    struct HealthCase: Sendable, CustomTestStringConvertible {
        var instruction: String
        var test: [String]
        var line: String?
        var note: String?

        var testDescription: String { instruction }

        init(_ instruction: String, _ test: [String], line: String? = nil, note: String? = nil) {
            self.instruction = instruction
            self.test = test
            self.line = line
            self.note = note
        }
    }

    private static let carried = "HEALTHCHECK is carried over, and was not run: "
    private static let leftOut = "HEALTHCHECK is left out: it "

    @Test(
        "health checks go along where they can work, and else it is said why not",
        arguments: [
            HealthCase(
                "HEALTHCHECK CMD curl -f http://localhost/", ["CMD-SHELL", "curl -f http://localhost/"],
                note: leftOut + "runs curl, which is not in the slim image"),
            HealthCase(
                "HEALTHCHECK CMD [\"/server\", \"-check\"]", ["CMD", "/server", "-check"],
                line: "HEALTHCHECK CMD [\"/server\", \"-check\"]", note: carried + "/server -check"),
            HealthCase(
                "HEALTHCHECK CMD [\"/other\"]", ["CMD", "/other"],
                note: leftOut + "runs /other, which is not in the slim image"),
            HealthCase(
                "HEALTHCHECK --retries=2 CMD server -check || exit 1", ["CMD-SHELL", "server -check || exit 1"],
                line: "HEALTHCHECK --interval=1500ms --retries=2 CMD [\"server\", \"-check\"]",
                note: "HEALTHCHECK is carried over without a shell, and was not run: server -check"),
            HealthCase(
                "HEALTHCHECK CMD server | grep ok", ["CMD-SHELL", "server | grep ok"],
                note: leftOut + "is a script for /bin/sh, which is not in the slim image"),
            HealthCase("HEALTHCHECK NONE", ["NONE"], line: "HEALTHCHECK NONE"),
            // The base's.
            HealthCase(
                "", ["CMD-SHELL", "/server -check"],
                line: "HEALTHCHECK --interval=1500ms --retries=2 CMD [\"/server\", \"-check\"]",
                note: "HEALTHCHECK is carried over without a shell, and was not run: /server -check"),
            HealthCase("", ["NONE"]),
        ])
    func health(_ check: HealthCase) throws {
        var plan = SlimPlan()
        plan.items = [file("server"), file("bin/server")]
        var config = ContainerConfig()
        config.healthcheck = .init(test: check.test, interval: 1_500_000_000, retries: 2)
        let out = try rewrite("FROM a\n\(check.instruction)\n", config, plan)
        #expect(out.text.split(separator: "\n").last { $0.hasPrefix("HEALTHCHECK") }.map(String.init) == check.line)
        #expect(out.notes == [check.note].compactMap { $0 })
    }

    @Test("a script of a health check stays where its shell and its programs are")
    func healthScript() throws {
        var plan = SlimPlan()
        plan.items = [file("bin/busybox")]
        plan.items[0].links = ["bin/sh", "bin/wget"]
        var config = ContainerConfig()
        config.healthcheck = .init(test: ["CMD-SHELL", "wget -q localhost | read line"])
        #expect(
            try rewrite("FROM a\n", config, plan).text.hasSuffix("\nHEALTHCHECK CMD wget -q localhost | read line\n"))
        config.healthcheck = .init(test: ["CMD-SHELL", "wget -q localhost | grep ok"])
        let out = try rewrite("FROM a\n", config, plan)
        #expect(!out.text.contains("HEALTHCHECK"))
        #expect(out.notes == [Self.leftOut + "runs grep, which is not in the slim image"])
    }

    @Test("what the base says goes along, and what tells of the base itself does not")
    func inherited() throws {
        let config = ContainerConfig(
            exposedPorts: ["80/tcp", "53/udp"], env: ["GOPATH=/go", "A=1"], volumes: ["/data", "/own"],
            labels: ["a": "1", "own": "2", "org.opencontainers.image.base.name": "x"], stopSignal: "SIGQUIT")
        let out = try rewrite("FROM a\nLABEL own=2\nEXPOSE 80\nVOLUME /own\n", config)
        #expect(
            out.text.hasSuffix(
                "\nENV A=\"1\"\nLABEL own=2\nEXPOSE 80\nVOLUME /own\nSTOPSIGNAL SIGQUIT\nLABEL a=\"1\"\nEXPOSE 53/udp\n"
                    + "VOLUME [\"/data\"]\n"), "\(out.text)")
        #expect(
            out.notes == [
                "LABEL org.opencontainers.image.base.name is left out: the base is another one now",
                "ENV GOPATH is left out: tools of the build read it",
            ])
    }

    @Test("of instructions that replace each other the last is written, in the JSON form")
    func replacing() throws {
        let config = ContainerConfig(cmd: ["/bin/bash", "-c", "b | c"], shell: ["/bin/bash", "-c"])
        let out = try rewrite("FROM a\nCMD [\"a\"]\nSHELL [\"/bin/bash\", \"-c\"]\n# Both.\nCMD b | c\n", config).text
        #expect(out.hasSuffix("\nFROM scratch\n# Both.\nCMD [\"/bin/bash\", \"-c\", \"b | c\"]\n"), "\(out)")
        #expect(out.split(separator: "\n").count { $0.hasPrefix("CMD") } == 1)
    }

    @Test("other names of a program become links")
    func links() throws {
        var plan = SlimPlan()
        plan.hasShell = true
        plan.items = [file("bin/busybox")]
        plan.items[0].links = ["bin/[", "bin/sh", "usr/bin/env"]
        let out = try rewrite("FROM a\n", ContainerConfig(), plan).text
        #expect(
            out == """
                FROM a AS build

                # Other names of its programs.
                RUN mkdir -p /slim/bin /slim/usr/bin && \\
                    for name in '[' sh; do \\
                        ln -s /bin/busybox "/slim/bin/$name" || exit 1; \\
                    done && \\
                    ln -s /bin/busybox /slim/usr/bin/env

                # What runs: found by watching the program and reading what it links to.
                FROM scratch
                COPY --from=build /slim/ /
                # The program.
                COPY --from=build /bin/busybox /bin/

                """)
    }

    @Test("what is made for a stage in the middle is made there")
    func target() throws {
        var plan = SlimPlan()
        plan.hasShell = true
        plan.directories = [.init(path: "data", mode: 0o755, uid: 0, gid: 0)]
        let text = "FROM a AS app\nRUN <<EOF\nx\nEOF\n# Starts.\nCMD [\"x\"]\nFROM app AS test\nRUN y\n"
        #expect(
            try rewrite(text, ContainerConfig(), plan, target: "app").text == """
                FROM a AS app
                RUN <<EOF
                x
                EOF
                # Directories that the program writes to.
                RUN mkdir -p /slim/data
                FROM app AS test
                RUN y

                # What runs: found by watching the program and reading what it links to.
                FROM scratch
                COPY --from=app /slim/ /
                # Starts.
                CMD ["x"]

                """)
    }

    @Test("what another user writes to is copied as its own")
    func owners() throws {
        var plan = SlimPlan()
        plan.items = [file("srv/a", .observed), file("srv/b", .observed)]
        plan.items[1].owner = .init(uid: 7, gid: 8)
        let out = try rewrite("FROM a\n", ContainerConfig(user: "root"), plan, user: "7:8").text
        #expect(out.contains("COPY --from=build /srv/a /srv/\nCOPY --from=build --chown=7:8 /srv/b /srv/\nUSER 7:8\n"))
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
