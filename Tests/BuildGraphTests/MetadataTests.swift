import BuildGraph
import Core
import Layers
import OCI
import SampanTestSupport
import Testing

@Suite("instructions that change the configuration")
struct MetadataTests {
    @Test("each instruction shows in the configuration and in the history as BuildKit writes it")
    func everyInstruction() async throws {
        let workshop = try Workshop()
        let built = try await workshop.build(
            #"""
            FROM scratch
            MAINTAINER Jo <jo@example.com>
            ENV A=1 B="two words"
            ENV C $A and ${B}
            LABEL k=v "a b"="$A"
            EXPOSE 80 53/udp 8000-8001
            EXPOSE 80
            VOLUME /data
            VOLUME ["/v w", "/x"]
            USER 1000:1000
            STOPSIGNAL SIGTERM
            SHELL ["/bin/bash", "-c"]
            HEALTHCHECK --interval=5s --timeout=1m30s --start-period=10s --retries=3 CMD curl -f "http://x"
            CMD serve "it"
            ENTRYPOINT ["/bin/e", "a \"q\""]
            ONBUILD RUN echo   trigger
            WORKDIR sub/../work
            """#)
        #expect(
            built.history == [
                "(MAINTAINER Jo <jo@example.com>)",
                "(ENV A=1 B=two words)",
                "(ENV C=1 and two words)",
                "(LABEL k=v a b=1)",
                "(EXPOSE [80/tcp 53/udp 8000/tcp 8001/tcp])",
                "(EXPOSE [80/tcp])",
                "(VOLUME [/data])",
                "(VOLUME [/v w /x])",
                "(USER 1000:1000)",
                "(STOPSIGNAL SIGTERM)",
                "(SHELL [/bin/bash -c])",
                "(HEALTHCHECK {Test:[CMD-SHELL curl -f \"http://x\"] Interval:5s Timeout:1m30s StartPeriod:10s "
                    + "StartInterval:0s Retries:3})",
                #"(CMD ["/bin/bash" "-c" "serve \"it\""])"#,
                #"(ENTRYPOINT ["/bin/e" "a \"q\""])"#,
                "WORKDIR /work",
            ])
        #expect(
            built.config
                == ContainerConfig(
                    user: "1000:1000", exposedPorts: ["80/tcp", "53/udp", "8000/tcp", "8001/tcp"],
                    env: ["PATH=" + StageState.defaultPath, "A=1", "B=two words", "C=1 and two words"],
                    entrypoint: ["/bin/e", "a \"q\""], cmd: ["/bin/bash", "-c", "serve \"it\""],
                    volumes: ["/data", "/v w", "/x"], workingDir: "/work", labels: ["k": "v", "a b": "1"],
                    stopSignal: "SIGTERM", argsEscaped: true,
                    healthcheck: .init(
                        test: ["CMD-SHELL", "curl -f \"http://x\""], interval: 5_000_000_000, timeout: 90_000_000_000,
                        startPeriod: 10_000_000_000, retries: 3),
                    onBuild: ["RUN echo   trigger"], shell: ["/bin/bash", "-c"]))
        #expect(built.image.config.author == "Jo <jo@example.com>")
        #expect(built.image.config.created == "1970-01-01T00:00:00Z")
        #expect(built.image.config.history.allSatisfy { $0.comment == "buildkit.dockerfile.v0" })
        // A directory that WORKDIR makes belongs to the user.
        #expect(built.paths == ["work/"])
        #expect(built.files.entries.map { [$0.uid, $0.gid] } == [[1000, 1000]])
    }

    @Test("ENTRYPOINT resets the CMD of the base, not one of its own stage")
    func entrypointResets() async throws {
        let workshop = try Workshop()
        workshop.base("b") { $0.cmd = ["inherited"] }
        #expect(try await workshop.build("FROM b\nENTRYPOINT [\"e\"]\n").config.cmd == [])
        #expect(try await workshop.build("FROM b\nCMD [\"own\"]\nENTRYPOINT [\"e\"]\n").config.cmd == ["own"])
        #expect(try await workshop.build("FROM b\nUSER 1\n").config.cmd == ["inherited"])
    }

    @Test("a base keeps its configuration; one without PATH gets one")
    func baseConfiguration() async throws {
        let workshop = try Workshop()
        workshop.base("b") {
            $0.env = ["X=1"]
            $0.workingDir = "/w"
            $0.labels = ["a": "1", "b": "2"]
        }
        let built = try await workshop.build("FROM b\nENV X=2 Y=$X\nLABEL b=3\n") { $0.labels = ["a": "9"] }
        #expect(built.config.env == ["X=2", "PATH=" + StageState.defaultPath, "Y=1"])
        #expect(built.config.workingDir == "/w")
        #expect(built.config.labels == ["a": "9", "b": "3"])
    }

    @Test("triggers of a base run before the rest and are not handed on")
    func triggers() async throws {
        let workshop = try Workshop()
        workshop.base("b") { $0.onBuild = ["ENV T=1", "WORKDIR /t"] }
        let built = try await workshop.build("FROM b\nENV U=$T\n")
        #expect(built.history == ["(ENV T=1)", "WORKDIR /t", "(ENV U=1)"])
        #expect(built.config.onBuild == [])
        #expect(workshop.progress.started.contains("[2/2] ONBUILD WORKDIR /t"))
        let stages = try await workshop.build("FROM scratch AS a\nONBUILD ENV T=2\nFROM a\nENV U=$T\n")
        #expect(stages.config.env.suffix(2) == ["T=2", "U=2"])
    }

    @Test(
        "ARG: the command line wins over the default, the default over the global value; ENV wins over ARG when later")
    func scopes() async throws {
        let workshop = try Workshop()
        let built = try await workshop.build(
            """
            ARG G=global
            ARG H=outer
            FROM scratch AS a
            ARG G
            ARG H=inner
            ARG I
            ARG J=${G}-${H}
            ENV SEEN=$G,$H,$I,$J,$UNSET
            ENV G=env
            LABEL g=$G
            ARG G=again
            LABEL h=$G
            RUN one
            FROM a
            LABEL i=$H.
            RUN two
            """
        ) { $0.buildArguments = ["I": "given"] }
        #expect(built.config.env.suffix(2) == ["SEEN=global,inner,given,global-inner,", "G=env"])
        #expect(built.config.labels == ["g": "env", "h": "again", "i": "inner."])
        #expect(
            built.history == [
                "(ARG G=global)", "(ARG H=inner)", "(ARG I=given)", "(ARG J=global-inner)",
                "(ENV SEEN=global,inner,given,global-inner,)", "(ENV G=env)", "(LABEL g=env)", "(ARG G=again)",
                "(LABEL h=again)",
                "RUN |4 G=again H=inner I=given J=global-inner /bin/sh -c one # buildkit",
                "(LABEL i=inner.)",
                "RUN /bin/sh -c two # buildkit",
            ])
        let environment = workshop.executor.requests.map { Set($0.environment) }
        #expect(environment[0].isSuperset(of: ["G=again", "H=inner", "I=given", "HOME=/"]))
        // A stage on this one sees them still, though its history does not tell.
        #expect(environment[1].isSuperset(of: ["G=again", "H=inner"]))
    }

    @Test(
        "mistakes are named at their place",
        arguments: [
            ("EXPOSE 0x50", "'0x50' is not a port: '0x50' is not a number or range", "0x50"),
            ("EXPOSE 9-8", "'9-8' is not a port: the range runs backwards", "9-8"),
            ("STOPSIGNAL SIGTRM", "'SIGTRM' is not a signal", "SIGTRM"),
            ("USER $NONE", "USER is empty once its variables are replaced", "$NONE"),
            ("WORKDIR $NONE", "WORKDIR is empty once its variables are replaced", "$NONE"),
            ("VOLUME $NONE", "VOLUME has an empty path", "$NONE"),
            ("COPY --chown=joe a /", "user 'joe' is not in the image's /etc/passwd", "joe"),
            ("COPY --chown=0:team a /", "group 'team' is not in the image's /etc/group", "0:team"),
            ("COPY --from=9 a /", "there is no stage number 9", "9"),
            ("COPY none /", "'none' was not found", "none"),
        ])
    func mistakes(line: String, message: String, place: String) async throws {
        let workshop = try Workshop()
        try workshop.context.file("a", "a")
        let error = await workshop.failure("FROM scratch\n\(line)\n")
        #expect(error?.message == message)
        let span = try #require(error?.span)
        #expect(span.file.text(span.range) == place)
    }
}
