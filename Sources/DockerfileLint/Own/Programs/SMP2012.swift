import DockerfileSyntax
import ShellSyntax

/// A program that needs a C library, on an image without one.
enum SMP2012: LintRule {
    static let info = RuleInfo(
        "SMP2012", .sampan, .error, "Program is linked with a C library, and its image has none",
        why: """
            The loader and the libraries that such a program names are in the image that built it, but not in scratch or \
            distroless/static: it can't start, and the message, `no such file or directory`, is about the loader. Link \
            it statically (`-static`; for Rust the target `…-unknown-linux-musl`; for Swift the static Linux SDK; for Go \
            CGO_ENABLED=0), or take a base with that C library.
            """,
        bad: .init(
            """
            FROM gcc:14 AS build
            COPY main.c .
            RUN gcc -O2 -o /app main.c
            FROM scratch
            COPY --from=build /app /app
            ENTRYPOINT ["/app"]

            """),
        good: .init(
            """
            FROM gcc:14 AS build
            COPY main.c .
            RUN gcc -O2 -static -o /app main.c
            FROM scratch
            COPY --from=build /app /app
            ENTRYPOINT ["/app"]

            """))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for delivery in file.deliveries where delivery.base?.library == StageBase.Library.none {
            let build = delivery.build
            let builder = StageBase(file, delivery.builder)
            // Rust's own target on Alpine is static.
            if build.language == .rust, builder?.library != .glibc { continue }
            guard file.isDynamic(build), !file.hasLibraries(delivery.stage), let script = build.statement.script else {
                continue
            }
            let name = delivery.base?.image.name ?? "scratch"
            report.add(
                delivery.copy.instruction.argumentsText.range, in: delivery.copy,
                "The program that line \(file.line(of: script.range(build.command.range))) makes is linked with a C "
                    + "library, and \(name) has none")
        }
    }
}
