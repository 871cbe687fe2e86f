import Core
import DockerfileSyntax
import ShellSyntax

enum SMP1001: LintRule {
    static let info = RuleInfo(
        "SMP1001", .sampan, .warning, "The image has the compiler and the sources in it: build in a stage of its own",
        why: """
            What compiles a program is many times larger than the program, and nothing of it is needed to run it: \
            compilers, headers, module caches and sources make the image slow to ship, give scanners hundreds of packages \
            to complain about, and hand tools to whoever breaks in.

            Compile in one stage, and COPY --from it what runs into a small base.
            """,
        bad: .init("FROM golang:1.24\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\nCMD [\"/app\"]\n"),
        good: .init(
            """
            FROM golang:1.24 AS build
            WORKDIR /src
            COPY . .
            RUN CGO_ENABLED=0 go build -o /app .

            FROM gcr.io/distroless/static:nonroot
            COPY --from=build /app /app
            ENTRYPOINT ["/app"]

            """))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard let found = file.finalCompilation, let script = found.statement.script else { return }
        report.add(
            script.range(found.command.range), in: found.statement,
            "The image has the \(found.language) compiler and the sources in it: build in a stage of its own")
    }
}
