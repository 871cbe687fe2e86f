import Core
import DockerfileSyntax
import ShellSyntax

enum SMP1004: LintRule {
    static let info = RuleInfo(
        "SMP1004", .sampan, .info, "A cache mount would keep what the package manager has fetched",
        why: """
            When this step has to run again it fetches, and compiles, everything again. With \
            `--mount=type=cache` the package manager finds what it had the last time, and its cache is no part of the \
            image.
            """,
        bad: .init("FROM golang:1.24 AS build\nCOPY . .\nRUN go build -o /app .\n"),
        good: .init(
            """
            FROM golang:1.24 AS build
            COPY . .
            RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build -o /app .

            """), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isRun && !statement.hasMount("cache") {
            guard let script = statement.script else { continue }
            for (command, call) in statement.calls {
                guard let targets = caches(call) else { continue }
                report.add(
                    script.range(command.range), in: statement,
                    "A cache mount would keep what \(call.name) has fetched: \(targets.joined(separator: ", "))",
                    fix: fix(targets, statement, file))
                break
            }
        }
    }

    /// Where a package manager keeps what it fetches, as the official images have it set up.
    private static func caches(_ call: Call) -> [String]? {
        switch (call.name, call.verb) {
        case ("go", "build"), ("go", "install"), ("go", "test"), ("go", "vet"):
            ["/go/pkg/mod", "/root/.cache/go-build"]
        case ("go", "mod") where call.has("download"): ["/go/pkg/mod"]
        case ("cargo", "build"), ("cargo", "install"), ("cargo", "fetch"), ("cargo", "b"):
            ["/usr/local/cargo/registry", "/usr/local/cargo/git"]
        case ("npm", "ci"), ("npm", "install"), ("npm", "i"): ["/root/.npm"]
        case ("yarn", "install"): ["/usr/local/share/.cache/yarn"]
        case ("pnpm", "install"), ("pnpm", "i"): ["/root/.local/share/pnpm/store"]
        case ("uv", "sync"), ("uv", "pip"): call.has("--no-cache") ? nil : ["/root/.cache/uv"]
        case ("poetry", "install"): call.has("--no-cache") ? nil : ["/root/.cache/pypoetry"]
        case ("mvn", _) where !call.verb.isEmpty: ["/root/.m2"]
        case ("gradle", _) where !call.verb.isEmpty: ["/root/.gradle"]
        case ("composer", "install"): ["/root/.composer/cache"]
        case ("dotnet", "restore"), ("dotnet", "build"), ("dotnet", "publish"): ["/root/.nuget/packages"]
        default: nil
        }
    }

    /// Only root's directories are known.
    private static func fix(_ targets: [String], _ statement: LintStatement, _ file: LintFile) -> Fix? {
        guard let index = statement.stage,
            !file.chain(of: file.stages[index]).contains(where: { stage in
                file.statements(of: stage).contains { $0.isPlain(.user) && $0.index < statement.index }
            })
        else { return nil }
        let text = targets.map { " --mount=type=cache,target=\($0)" }.joined()
        return Fix(
            "mount a cache", [.insert(text, at: statement.instruction.keywordWord.range.end)], isSafe: false)
    }
}
