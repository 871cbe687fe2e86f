import Core
import DockerfileSyntax
import ShellSyntax

/// A Go program that may want a C library which the image doesn't have.
enum SMP2010: LintRule {
    static let info = RuleInfo(
        "SMP2010", .sampan, .warning, "Go program for an image without its C library is built without CGO_ENABLED=0",
        why: """
            Where a C compiler is at hand, Go's own packages net and os/user are linked with the C library of the build \
            image. On scratch, on distroless/static and on a base with another C library such a program doesn't start: \
            `no such file or directory`. `CGO_ENABLED=0` makes it static.
            """,
        bad: .init(
            """
            FROM golang:1.25 AS build
            WORKDIR /src
            COPY . .
            RUN go build -o /app .
            FROM scratch
            COPY --from=build /app /app
            ENTRYPOINT ["/app"]

            """),
        good: .init(
            """
            FROM golang:1.25 AS build
            WORKDIR /src
            COPY . .
            RUN CGO_ENABLED=0 go build -o /app .
            FROM scratch
            COPY --from=build /app /app
            ENTRYPOINT ["/app"]

            """), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var told: Set<Int> = []
        for delivery in file.deliveries where delivery.build.language == .go {
            let build = delivery.build
            guard let base = delivery.base, base.library == .none || base.library == .musl,
                let builder = StageBase(file, delivery.builder), builder.library == .glibc,
                file.value(of: "CGO_ENABLED", for: build) == nil, !isStatic(build),
                !file.hasLibraries(delivery.stage),
                let script = build.statement.script, told.insert(script.range(build.command.range).start).inserted
            else { continue }
            report.add(
                script.range(build.command.range), in: build.statement,
                base.isScratch ? nil : "Go program for \(base.image.name) is built without CGO_ENABLED=0",
                fix: fix(build, script))
        }
    }

    /// Is told to link the C library statically, or is another system's program.
    private static func isStatic(_ build: ProgramBuild) -> Bool {
        build.command.words.contains { $0.text.contains("-static") }
    }

    private static func fix(_ build: ProgramBuild, _ script: LintScript) -> Fix? {
        guard script.isEditable, script.shell.error == nil, let first = build.command.words.first else { return nil }
        let place = build.command.assignments.first ?? (first.text == "env" ? build.command.words[1] : first)
        return Fix(
            "build with CGO_ENABLED=0", [.insert("CGO_ENABLED=0 ", at: script.range(place.range).start)], isSafe: false)
    }
}
