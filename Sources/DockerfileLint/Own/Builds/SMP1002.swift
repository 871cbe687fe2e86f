import Core
import DockerfileSyntax

enum SMP1002: LintRule {
    static let info = RuleInfo(
        "SMP1002", .sampan, .warning, "The last stage stands on an image that is made for building",
        why: """
            An image with a compiler is the right place to build, and a large and busy place to run: a program needs its \
            libraries at most. Languages whose programs need a runtime have images with that alone (`-slim`, `-jre`, \
            `aspnet`).
            """,
        bad: .init(
            """
            FROM swift:6.1 AS build
            COPY . /src
            RUN swift build --package-path /src -c release

            FROM swift:6.1
            COPY --from=build /src/.build/release/app /app
            ENTRYPOINT ["/app"]

            """),
        good: .init(
            """
            FROM swift:6.1 AS build
            COPY . /src
            RUN swift build --package-path /src -c release

            FROM swift:6.1-slim
            COPY --from=build /src/.build/release/app /app
            ENTRYPOINT ["/app"]

            """), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard let last = file.stages.last, file.finalCompilation == nil else { return }
        let root = file.root(of: last)
        guard let name = file.image(of: root), let image = ToolchainImage(name), startsSomething(file) else { return }
        let word = root.from.image
        var fix: Fix?
        if let runtime = image.runtime, word.text == name, root.index == last.index {
            fix = Fix("write \(runtime)", [TextEdit(word.range, runtime)], isSafe: false)
        }
        report.add(
            word.range, in: file.statements[root.statements.lowerBound],
            "The last stage stands on an image that is made for building \(image.language) programs", fix: fix)
    }

    /// The image is to run something: not one that only others build with.
    private static func startsSomething(_ file: LintFile) -> Bool {
        file.finalStatements.contains { $0.isPlain(.cmd) || $0.isPlain(.entrypoint) }
    }
}
