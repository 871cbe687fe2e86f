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
        var places: [CachePlaces] = []
        let final = Set(file.finalStages.map(\.index))
        // Stages whose layers hold what cargo-chef has compiled: a mount would hide it.
        let cooked = Set(
            file.stages.filter { stage in
                file.statements(of: stage).contains { $0.mentions("cargo chef") || $0.mentions("cargo-chef") }
            }.map(\.index))
        for statement in file.statements {
            guard let stage = statement.stage else { continue }
            if statement.outer.keyword == .from {
                let parent = file.stages[stage].parent
                places.append(parent.map { places[$0] } ?? CachePlaces(image: file.image(of: file.stages[stage])))
                continue
            }
            if statement.isPlain(.user) { places[stage].hasUser = true }
            places[stage].take(statement.command)
            guard statement.isRun, !statement.hasMount("cache"), let script = statement.script else { continue }
            for (command, call) in statement.calls {
                // What stays in the image is told of by another rule, which knows this remedy too.
                if final.contains(stage), call.name == "yarn" || (call.name != "cargo" && SMP1008.judges(call)) {
                    continue
                }
                guard let place = places[stage].place(of: call, file), !(call.name == "cargo" && cooked.contains(stage))
                else { continue }
                var message = "A cache mount would keep what \(call.name) has fetched"
                var fix: Fix?
                if case .known(let targets) = place {
                    message += ": \(targets.joined(separator: ", "))"
                    fix = mount(targets, call, statement, file)
                }
                report.add(script.range(command.range), in: statement, message, fix: fix)
                break
            }
        }
    }

    private static let limit = 20

    private static func mount(
        _ targets: [String], _ call: Call, _ statement: LintStatement, _ file: LintFile
    ) -> Fix? {
        // Its caches are turned off in one word, which is what hadolint asks for.
        if call.name.hasPrefix("pip") { return nil }
        let text = targets.map { " --mount=type=cache,target=\($0)" }.joined()
        var statements = [statement]
        // What `restore` fetched has to be there for the others: all of them get the mount, or none.
        if call.name == "dotnet" {
            statements = file.statements.filter { other in
                other.isRun && !other.hasMount("cache") && other.calls.contains { $0.call.name == "dotnet" }
            }
            guard statements.count <= limit, statements.contains(where: { $0.index == statement.index }) else {
                return nil
            }
        }
        return Fix(
            "mount a cache", statements.map { .insert(text, at: $0.instruction.keywordWord.range.end) }, isSafe: false)
    }
}
