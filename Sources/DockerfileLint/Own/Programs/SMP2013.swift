import Core
import DockerfileSyntax
import ShellSyntax

/// A program for one C library, on an image with another.
enum SMP2013: LintRule {
    static let info = RuleInfo(
        "SMP2013", .sampan, .error, "Program is linked with another C library than its image has",
        why: """
            Alpine has musl, Debian and its relatives have glibc: a program for one doesn't start with the other. Build \
            on an image of the same family, or link statically.
            """,
        bad: .init(
            """
            FROM rust:1.85 AS build
            WORKDIR /src
            COPY . .
            RUN cargo build --release
            FROM alpine:3.22
            COPY --from=build /src/target/release/app /usr/local/bin/app

            """),
        good: .init(
            """
            FROM rust:1.85-alpine AS build
            WORKDIR /src
            COPY . .
            RUN cargo build --release
            FROM alpine:3.22
            COPY --from=build /src/target/release/app /usr/local/bin/app

            """))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for delivery in file.deliveries {
            guard let base = delivery.base, let builder = StageBase(file, delivery.builder) else { continue }
            let build = delivery.build
            switch (builder.library, base.library) {
            case (.glibc, .musl): break
            // Rust's own target on Alpine is static.
            case (.musl, .glibc) where build.language != .rust: break
            default: continue
            }
            guard file.isDynamic(build), !file.mentions(["libc6-compat", "gcompat"], in: delivery.stage),
                let script = build.statement.script
            else { continue }
            let (theirs, ours) = builder.library == .glibc ? ("glibc", "musl") : ("musl", "glibc")
            report.add(
                delivery.copy.instruction.argumentsText.range, in: delivery.copy,
                "The program that line \(file.line(of: script.range(build.command.range))) makes is linked with "
                    + "\(theirs), and \(base.image.name) has \(ours)")
        }
    }
}

extension LintFile {
    /// From 1.
    func line(of range: SourceRange) -> Int { source.line(at: range.start) + 1 }
}
