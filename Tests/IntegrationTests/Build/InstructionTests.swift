import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("instructions, from a Dockerfile to an image")
struct InstructionTests {
    @Test(
        "a multi-stage build carries what COPY --from names and nothing else", .enabled(if: Need.root, Need.rootReason))
    func multiStage() throws {
        let work = try Workspace()
        try work.importBase()
        try work.file("src/main.txt", "source\n")
        let digest = try work.image(
            """
            FROM base AS build
            WORKDIR /src
            COPY src/ .
            RUN mkdir /out && tr a-z A-Z < main.txt > /out/program && chmod 755 /out/program
            FROM base AS unused
            RUN exit 1
            FROM scratch
            COPY --from=build --chown=65532:65532 /out/program /program
            USER 65532:65532
            ENTRYPOINT ["/program"]
            """, ["-t", "app:1"])
        let image = try work.inspect("app:1")
        #expect(image.layers.count == 1)
        #expect(image.paths(0) == ["program"])
        #expect(image.layers[0]["program"]?.text == "SOURCE\n")
        #expect(image.layers[0]["program"]?.access == "755 65532:65532")
        #expect(image.config.user == "65532:65532")
        #expect(image.config.entrypoint == ["/program"])
        #expect(image.manifest.config.mediaType == .ociConfig)
        #expect(try work.succeed(["images"]).output.contains("app"))
        #expect(digest.hasPrefix("sha256:"))
    }

    @Test("heredocs feed RUN and become files with COPY", .enabled(if: Need.root, Need.rootReason))
    func heredocs() throws {
        let work = try Workspace()
        try work.importBase()
        try work.image(
            """
            FROM base
            ARG WHO=world
            RUN <<EOF
            set -e
            echo "hello $WHO" > /one
            echo two > /two
            EOF
            RUN cat <<A > /three && cat <<'B' > /four
            three $WHO
            A
            four $WHO
            B
            RUN <<EOF /bin/busybox sh
            echo from-$0 > /five
            EOF
            COPY <<plain <<'quoted' /made/
            expands $WHO
            plain
            stays $WHO
            quoted
            COPY --chmod=600 <<-EOF /made/tabs
            \t\tindented
            \tEOF
            """, ["-t", "x"])
        let files = try work.files("x")
        #expect(files["one"]?.text == "hello world\n")
        #expect(files["two"]?.text == "two\n")
        #expect(files["three"]?.text == "three world\n")
        #expect(files["four"]?.text == "four $WHO\n")
        #expect(files["five"]?.text.hasPrefix("from-") == true)
        #expect(files["made/plain"]?.text == "expands world\n")
        #expect(files["made/quoted"]?.text == "stays $WHO\n")
        #expect(files["made/tabs"]?.text == "indented\n")
        #expect(files["made/tabs"]?.access == "600 0:0")
    }

    @Test("ARG and ENV have the scopes of the reference", .enabled(if: Need.root, Need.rootReason))
    func scopes() throws {
        let work = try Workspace()
        try work.importBase()
        try work.image(
            """
            ARG BASE=base
            ARG GLOBAL=global
            FROM $BASE AS one
            RUN echo "[$GLOBAL]" > /before
            ARG GLOBAL
            RUN echo "[$GLOBAL]" > /after
            ARG OWN=default
            ENV OWN=${OWN}-env
            RUN echo "[$OWN]" > /own
            ENV A=1 B=2
            ENV A=3 C=$A
            RUN echo "$A$B$C" > /abc
            RUN echo "$TARGETARCH" > /no-platform
            ARG TARGETARCH
            RUN echo "$TARGETARCH" > /platform
            FROM one
            RUN echo "[$GLOBAL][$OWN]" > /next
            """, ["-t", "x", "--build-arg", "GLOBAL=given", "--build-arg", "OWN=given"])
        let files = try work.files("x")
        #expect(files["before"]?.text == "[]\n")
        #expect(files["after"]?.text == "[given]\n")
        #expect(files["own"]?.text == "[given-env]\n")
        #expect(files["abc"]?.text == "321\n")
        #expect(files["no-platform"]?.text == "\n")
        #expect(files["platform"]?.text == Platform.host.architecture + "\n")
        #expect(files["next"]?.text == "[given][given-env]\n")
        #expect(
            try work.inspect("x").config.env.filter { !$0.hasPrefix("PATH=") } == [
                "OWN=given-env", "A=3", "B=2", "C=1",
            ])
    }

    @Test("ONBUILD acts in the image that builds on it, once", .enabled(if: Need.root, Need.rootReason))
    func onBuild() throws {
        let work = try Workspace()
        try work.importBase()
        try work.file("app.txt", "app\n")
        try work.image("FROM base\nONBUILD COPY app.txt /app.txt\nONBUILD RUN cat /app.txt > /ran\n", ["-t", "parent"])
        #expect(try work.inspect("parent").config.onBuild == ["COPY app.txt /app.txt", "RUN cat /app.txt > /ran"])
        #expect(try work.files("parent")["app.txt"] == nil)
        try work.image("FROM parent\nRUN cp /ran /after\n", ["-t", "child"])
        let files = try work.files("child")
        #expect(files["after"]?.text == "app\n")
        #expect(try work.inspect("child").config.onBuild == [])
    }

    @Test(
        "RUN has the shell, directory, user and variables that stand before it",
        .enabled(if: Need.root, Need.rootReason))
    func runEnvironment() throws {
        let work = try Workspace()
        try work.importBase()
        try work.image(
            """
            FROM base
            ENV GREETING="good day"
            WORKDIR /work/deep
            RUN pwd > here && echo "$GREETING" >> here
            RUN ["/bin/sh", "-c", "echo exec > exec"]
            SHELL ["/bin/busybox", "ash", "-e", "-c"]
            RUN false || echo shell > shell
            RUN mkdir -m 777 /open
            USER app
            WORKDIR /open
            RUN echo "$(id -u):$(id -g):$(id -G):$HOME" > who
            USER 1234:77
            RUN id -u > number && id -g >> number
            """, ["-t", "x"])
        let files = try work.files("x")
        #expect(files["work/deep/here"]?.text == "/work/deep\ngood day\n")
        #expect(files["work/deep/exec"]?.text == "exec\n")
        #expect(files["work/deep/shell"]?.text == "shell\n")
        #expect(files["open/who"]?.text == "1000:1001:1001 77:/home/app\n")
        #expect(files["open/who"]?.access == "644 1000:1001")
        #expect(files["open/number"]?.text == "1234\n77\n")
        for name in ["proc", "sys", "dev", "etc/resolv.conf", "etc/hosts"] {
            #expect(files[name] == nil, "\(name) must not be left in the image")
        }
    }

    @Test("metadata instructions fill the config and its history")
    func metadata() throws {
        let work = try Workspace()
        try work.image(
            """
            FROM scratch
            LABEL one=1 two="two words"
            ENV A=1
            EXPOSE 80 443/tcp 53/udp
            VOLUME /data /more
            WORKDIR /app
            USER 7:8
            STOPSIGNAL SIGQUIT
            HEALTHCHECK --interval=5s --timeout=2s --start-period=1s --retries=4 CMD ["/probe", "-q"]
            SHELL ["/sh", "-c"]
            ENTRYPOINT ["/entry"]
            CMD run fast
            MAINTAINER someone
            """, ["-t", "x", "--label", "three=3", "--annotation", "org.example.note=here"])
        let image = try work.inspect("x")
        let config = image.config
        #expect(config.labels == ["one": "1", "two": "two words", "three": "3"])
        #expect(config.exposedPorts == ["80/tcp", "443/tcp", "53/udp"])
        #expect(config.volumes == ["/data", "/more"])
        #expect(config.workingDir == "/app")
        #expect(config.user == "7:8")
        #expect(config.stopSignal == "SIGQUIT")
        #expect(config.healthcheck?.test == ["CMD", "/probe", "-q"])
        #expect(config.healthcheck?.interval == 5_000_000_000)
        #expect(config.healthcheck?.retries == 4)
        #expect(config.entrypoint == ["/entry"])
        #expect(config.cmd == ["/sh", "-c", "run fast"])
        #expect(image.image.author == "someone")
        #expect(image.manifest.annotations["org.example.note"] == "here")
        #expect(image.image.history.count == 12)
        #expect(image.image.history.filter { !$0.emptyLayer }.count == image.layers.count)
        #expect(image.image.history.first?.createdBy == "LABEL one=1 two=two words")
        #expect(image.image.created == "1970-01-01T00:00:00Z")
    }
}
