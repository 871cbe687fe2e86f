import Core
import DockerfileLint
import Testing

@Suite("Own rules about programs and their bases")
struct ProgramRuleTests {
    @Test("they see what they are for, and nothing else", arguments: goCases + linkCases + shellCases + dataCases)
    func holds(_ testCase: OwnRuleCase) { #expect(testCase.foundLines() == testCase.lines) }

    private static func go(_ run: String, builder: String = "golang:1.25", base: String = "scratch") -> String {
        "FROM \(builder) AS build\nWORKDIR /src\n\(run)\nFROM \(base)\nCOPY --from=build /app /app\n"
    }

    private static func cmake(_ source: String, _ flags: String = "") -> String {
        "FROM gcc:14 AS build\nWORKDIR /src\nRUN cmake -B build\(flags) && cmake --build build\nFROM scratch\n"
            + "COPY --from=build /src/\(source) /app\n"
    }

    private static let goCases = [
        OwnRuleCase("SMP2010", "by the command", go("RUN CGO_ENABLED=0 go build -o /app .")),
        OwnRuleCase("SMP2010", "by env", go("RUN env GOOS=linux CGO_ENABLED=0 go build -o /app .")),
        OwnRuleCase("SMP2010", "by env, other variables", go("RUN env GOOS=linux go build -o /app ."), lines: [3]),
        OwnRuleCase("SMP2010", "by ENV", go("ENV CGO_ENABLED=0\nRUN go build -o /app .")),
        OwnRuleCase("SMP2010", "by the old ENV", go("ENV CGO_ENABLED 0\nRUN go build -o /app .")),
        OwnRuleCase("SMP2010", "by ENV behind it", go("RUN go build -o /app .\nENV CGO_ENABLED=0"), lines: [3]),
        OwnRuleCase("SMP2010", "by ARG", go("ARG CGO_ENABLED=0\nRUN go build -o /app .")),
        OwnRuleCase("SMP2010", "by export", go("RUN export CGO_ENABLED=0 && go build -o /app .")),
        OwnRuleCase("SMP2010", "by go env", go("RUN go env -w CGO_ENABLED=0\nRUN go build -o /app .")),
        OwnRuleCase("SMP2010", "no compiler on Alpine", go("RUN go build -o /app .", builder: "golang:1.25-alpine")),
        OwnRuleCase("SMP2010", "a base with glibc", go("RUN go build -o /app .", base: "debian:12")),
        OwnRuleCase("SMP2010", "a base of which nothing is known", go("RUN go build -o /app .", base: "acme/base:1")),
        OwnRuleCase("SMP2010", "a base with musl", go("RUN go build -o /app .", base: "alpine:3.22"), lines: [3]),
        OwnRuleCase(
            "SMP2010", "distroless/static", go("RUN go build -o /app .", base: "gcr.io/distroless/static:nonroot"),
            lines: [3]),
        OwnRuleCase(
            "SMP2010", "distroless/base", go("RUN go build -o /app .", base: "gcr.io/distroless/base-debian12")),
        OwnRuleCase("SMP2010", "continued lines", go("RUN go vet && \\\n  go build \\\n  -o /app ."), lines: [4]),
        OwnRuleCase("SMP2010", "another program is copied", go("RUN go build -o /other .")),
        OwnRuleCase("SMP2010", "into a directory", go("RUN cd /x && go build -o ../app ."), lines: [3]),
        OwnRuleCase("SMP2010", "copied within the stage", go("RUN go build -o bin/x . && cp bin/x /app"), lines: [3]),
        OwnRuleCase("SMP2010", "linked statically", go("RUN go build -ldflags '-extldflags \"-static\"' -o /app .")),
        OwnRuleCase(
            "SMP2010", "through a stage between",
            "FROM golang:1.25 AS base\nENV CGO_ENABLED=0\nFROM base AS build\nRUN go build -o /app .\nFROM scratch\n"
                + "COPY --from=build /app /app\n"),
        OwnRuleCase(
            "SMP2010", "a number for a stage, an argument for an image",
            "ARG V=1.25\nFROM golang:${V}\nRUN go build -o /app .\nFROM scratch\nCOPY --from=0 /app /app\n", lines: [3]),
        OwnRuleCase(
            "SMP2010", "libraries come along",
            go("RUN go build -o /app .") + "COPY --from=build /lib64/ld-linux-x86-64.so.2 /lib64/\n"),
        OwnRuleCase("SMP2011", "both are there", go("RUN go build -trimpath -ldflags='-s -w' -o /app .")),
        OwnRuleCase("SMP2011", "-s is enough", go("RUN go build -trimpath -ldflags=-s -o /app .")),
        OwnRuleCase("SMP2011", "in GOFLAGS", go("ENV GOFLAGS=\"-trimpath -ldflags=-s\"\nRUN go build -o /app .")),
        OwnRuleCase("SMP2011", "one is missing", go("RUN go build -ldflags \"-w -s -X a.b=c\" -o /app ."), lines: [3]),
        OwnRuleCase("SMP2011", "what a variable holds", go("RUN go build $FLAGS -o /app .")),
        OwnRuleCase("SMP2011", "linker flags from a variable", go("RUN go build -trimpath -ldflags \"$L\" -o /app .")),
        OwnRuleCase("SMP2011", "for a debugger", go("RUN go build -gcflags=\"all=-N -l\" -o /app .")),
        OwnRuleCase("SMP2011", "nothing is taken from the stage", "FROM golang:1.25\nRUN go build -o /app .\n"),
    ]

    private static func program(_ run: String, _ source: String, builder: String, base: String = "scratch") -> String {
        "FROM \(builder) AS build\n\(run)\nFROM \(base)\nCOPY --from=build \(source) /app\n"
    }

    private static let linkCases = [
        OwnRuleCase("SMP2012", "C++", program("RUN g++ -O2 main.cc -o /app", "/app", builder: "gcc:14"), lines: [4]),
        OwnRuleCase(
            "SMP2012", "CMake", cmake("build/app"), files: ["CMakeLists.txt": "add_executable(app a.c)"], lines: [5]),
        OwnRuleCase("SMP2012", "CMake, of which nothing is known", cmake("build/app")),
        OwnRuleCase(
            "SMP2012", "CMake with a static program", cmake("build/app"),
            files: ["CMakeLists.txt": "target_link_options(app PRIVATE -static)"]),
        OwnRuleCase(
            "SMP2012", "CMake told so", cmake("build/app", " -DCMAKE_EXE_LINKER_FLAGS=-static"),
            files: ["CMakeLists.txt": "add_executable(app a.c)"]),
        OwnRuleCase("SMP2012", "no program", cmake("build/app.json"), files: ["CMakeLists.txt": "project(app)"]),
        OwnRuleCase("SMP2012", "static", program("RUN gcc -static main.c -o /app", "/app", builder: "gcc:14")),
        OwnRuleCase(
            "SMP2012", "flags from a variable", program("RUN gcc $F main.c -o /app", "/app", builder: "gcc:14")),
        OwnRuleCase(
            "SMP2012", "an object file", program("RUN gcc -c main.c -o /app", "/app", builder: "gcc:14")),
        OwnRuleCase(
            "SMP2012", "distroless/static",
            program("RUN cc main.c -o /app", "/app", builder: "gcc:14", base: "gcr.io/distroless/static-debian12"),
            lines: [4]),
        OwnRuleCase(
            "SMP2012", "distroless/base",
            program("RUN cc main.c -o /app", "/app", builder: "gcc:14", base: "gcr.io/distroless/base-debian12")),
        OwnRuleCase(
            "SMP2012", "libraries come along",
            "FROM gcc:14 AS build\nRUN cc main.c -o /app\nFROM scratch\nCOPY --from=build /lib64 /lib64\n"
                + "COPY --from=build /app /app\n"),
        OwnRuleCase(
            "SMP2012", "Rust", program("RUN cargo build --release", "/target/release/x", builder: "rust:1.85"),
            lines: [4]),
        OwnRuleCase(
            "SMP2012", "Rust for musl",
            program(
                "RUN cargo build --release --target x86_64-unknown-linux-musl",
                "/target/x86_64-unknown-linux-musl/release/x", builder: "rust:1.85")),
        OwnRuleCase(
            "SMP2012", "Rust on Alpine",
            program("RUN cargo build --release", "/target/release/x", builder: "rust:1-alpine")),
        OwnRuleCase(
            "SMP2012", "Rust with a static runtime",
            program(
                "ENV RUSTFLAGS=\"-C target-feature=+crt-static\"\nRUN cargo build -r", "/target/release/x",
                builder: "rust:1")),
        OwnRuleCase("SMP2012", "cgo", go("RUN CGO_ENABLED=1 go build -o /app ."), lines: [5]),
        OwnRuleCase(
            "SMP2012", "cgo, static", go("RUN CGO_ENABLED=1 go build -ldflags='-extldflags=-static' -o /app .")),
        OwnRuleCase(
            "SMP2012", "Swift", program("RUN swift build -c release", "/src/.build/release/x", builder: "swift:6.0"),
            lines: [4]),
        OwnRuleCase(
            "SMP2012", "Swift with the static SDK",
            program(
                "RUN swift build -c release --swift-sdk x86_64-swift-linux-musl", "/src/.build/release/x",
                builder: "swift:6.0")),
        OwnRuleCase(
            "SMP2013", "glibc onto musl",
            program("RUN gcc a.c -o /app", "/app", builder: "gcc:14", base: "alpine:3.22"), lines: [4]),
        OwnRuleCase(
            "SMP2013", "musl onto glibc",
            program("RUN gcc a.c -o /app", "/app", builder: "alpine:3.22", base: "debian:12"), lines: [4]),
        OwnRuleCase(
            "SMP2013", "the same", program("RUN gcc a.c -o /app", "/app", builder: "gcc:14", base: "debian:12")),
        OwnRuleCase(
            "SMP2013", "with a layer between",
            "FROM gcc:14 AS build\nRUN gcc a.c -o /app\nFROM alpine:3.22\nRUN apk add gcompat\nCOPY --from=build /app /app\n"
        ),
    ]

    private static let shellCases = [
        OwnRuleCase("SMP2014", "RUN", "FROM scratch\nCOPY app /app\nRUN /app --setup\n", lines: [3]),
        OwnRuleCase("SMP2014", "RUN in JSON", "FROM scratch\nCOPY app /app\nRUN [\"/app\", \"--setup\"]\n"),
        OwnRuleCase("SMP2014", "HEALTHCHECK", "FROM gcr.io/distroless/static\nHEALTHCHECK CMD /app -c\n", lines: [2]),
        OwnRuleCase("SMP2014", "CMD", "FROM gcr.io/distroless/cc-debian12\nCMD app\n", lines: [2]),
        OwnRuleCase("SMP2014", "an image for looking around", "FROM gcr.io/distroless/static:debug\nCMD app\n"),
        OwnRuleCase("SMP2014", "an archive with a system", "FROM scratch\nADD rootfs.tar.xz /\nRUN ls\n"),
        OwnRuleCase("SMP2014", "a shell is copied", "FROM scratch\nCOPY --from=busybox /bin/sh /bin/sh\nCMD app\n"),
        OwnRuleCase("SMP2014", "another shell", "FROM scratch\nSHELL [\"/app\"]\nRUN x\n"),
        OwnRuleCase(
            "SMP2014", "a stage on scratch", "FROM scratch AS a\nCOPY x /x\nFROM a\nENTRYPOINT x\n", lines: [4]),
        OwnRuleCase("SMP2014", "a shell is there", "FROM alpine:3.22\nCMD app\n"),
    ]

    private static let client = ["main.go": "import \"net/http\"\nfunc f() { http.Get(\"https://x\") }\n"]
    private static let static0 = "RUN CGO_ENABLED=0 go build -o /app ."

    private static let dataCases = [
        OwnRuleCase("SMP2020", "a client", go(static0), files: client, lines: [5]),
        OwnRuleCase(
            "SMP2020", "a server", go(static0), files: ["main.go": "import \"net/http\"\n// http.ListenAndServe\n"]),
        OwnRuleCase("SMP2020", "in a test", go(static0), files: ["main_test.go": client["main.go"] ?? ""]),
        OwnRuleCase(
            "SMP2020", "in a package below", go(static0), files: ["in/a/b.go": client["main.go"] ?? ""], lines: [5]),
        OwnRuleCase("SMP2020", "others' code", go(static0), files: ["vendor/a/b.go": client["main.go"] ?? ""]),
        OwnRuleCase("SMP2020", "distroless has them", go(static0, base: "gcr.io/distroless/static"), files: client),
        OwnRuleCase("SMP2020", "Alpine has them", go(static0, base: "alpine:3.22"), files: client),
        OwnRuleCase(
            "SMP2020", "Debian has none unless installed", go(static0, base: "debian:12-slim"), files: client,
            lines: [5]),
        OwnRuleCase("SMP2021", "UTC", "FROM alpine:3.22\nENV TZ=UTC\n"),
        OwnRuleCase("SMP2021", "Etc/UTC", "FROM alpine:3.22\nENV TZ=Etc/UTC\n"),
        OwnRuleCase("SMP2021", "Ubuntu", "FROM ubuntu:24.04\nENV A=1 TZ=\"Asia/Tokyo\"\n", lines: [2]),
        OwnRuleCase("SMP2021", "Debian has zones", "FROM debian:12\nENV TZ=Asia/Tokyo\n"),
        OwnRuleCase("SMP2021", "installed later", "FROM alpine:3.22\nENV TZ=Asia/Tokyo\nRUN apk add tzdata\n"),
        OwnRuleCase("SMP2021", "installed below", "FROM alpine AS a\nRUN apk add tzdata\nFROM a\nENV TZ=Asia/Tokyo\n"),
        OwnRuleCase(
            "SMP2021", "Go", go(static0), files: ["a.go": "var l, _ = time.LoadLocation(name)\n"], lines: [5]),
        OwnRuleCase(
            "SMP2021", "Go with its own zones", go(static0),
            files: ["a.go": "import _ \"time/tzdata\"\nvar l, _ = time.LoadLocation(name)\n"]),
        OwnRuleCase(
            "SMP2022", "wget in the same RUN",
            "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y --no-install-recommends wget && \\\n"
                + "  wget https://x.test/a\n", lines: [3]),
        OwnRuleCase(
            "SMP2022", "plain http",
            "FROM ubuntu:24.04\nRUN apt-get install -y --no-install-recommends wget && wget http://x.test/a\n"),
        OwnRuleCase(
            "SMP2022", "with recommends", "FROM debian:12\nRUN apt-get install -y curl && curl https://x.test\n"),
        OwnRuleCase(
            "SMP2022", "another base",
            "FROM acme/b:1\nRUN apt-get install -y --no-install-recommends curl && curl https://x\n"),
        OwnRuleCase(
            "SMP2022", "not checked",
            "FROM debian:12\nRUN apt-get install -y --no-install-recommends curl && curl -k https://x\n"),
    ]

    @Test("flags of Go go where the compiler reads them, whatever is there already")
    func goFlags() {
        let cases = [
            ("RUN go build -o /app .", "RUN go build -trimpath -ldflags=\"-s -w\" -o /app ."),
            ("RUN go build -trimpath -o /app .", "RUN go build -ldflags=\"-s -w\" -trimpath -o /app ."),
            ("RUN go build -ldflags='-X a=b' -o /app .", "RUN go build -trimpath -ldflags='-s -w -X a=b' -o /app ."),
            (
                "RUN go build -ldflags \"-X a=b\" -o /app .",
                "RUN go build -trimpath -ldflags \"-s -w -X a=b\" -o /app ."
            ),
            ("RUN go build \\\n  -o /app .", "RUN go build -trimpath -ldflags=\"-s -w\" \\\n  -o /app ."),
        ]
        for (before, after) in cases {
            let source = SourceFile(name: "Dockerfile", text: Self.go("ENV CGO_ENABLED=0\n" + before))
            var settings = OwnRuleCase.settings
            settings.ignored = Set(RuleSet.all.map { $0.info.code }).subtracting(["SMP2011"])
            let run = FixRun(fixing: source, unsafe: false, settings: settings)
            #expect(String(decoding: run.after.bytes, as: UTF8.self) == Self.go("ENV CGO_ENABLED=0\n" + after))
        }
    }
}
