import Core
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3009
enum DL3009: LintRule {
    static let info = RuleInfo(
        "DL3009", .hadolint, .info, "Lists of packages stay in the layer: delete /var/lib/apt/lists/*",
        why: """
            `apt-get update` leaves some 20 to 50 MB of lists. Deleting them helps only in the same RUN; a later one adds \
            a layer that hides them. A cache mount on /var/lib/apt keeps them out as well, and makes builds quicker.
            """,
        bad: .init("FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1\n"),
        good: .init(
            """
            FROM debian:12
            RUN apt-get update \\
                && apt-get install -y --no-install-recommends curl=7.88.1 \\
                && rm -rf /var/lib/apt/lists/*

            """),
        fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var known: (stages: KeptStages, lastUse: Int)?
        for statement in file.statements {
            guard let script = statement.anyScript,
                let update = script.shell.commands.first(where: isUpdate),
                !script.shell.commands.contains(where: deletesLists), !statement.keepsOut("/var/lib/apt/lists"),
                !(statement.keepsOut("/var/lib/apt") && statement.keepsOut("/var/cache/apt"))
            else { continue }
            let facts = known ?? (KeptStages(file), file.statements.last(where: needsLists)?.index ?? -1)
            known = facts
            guard facts.stages.keep(statement) else { continue }
            report.add(
                script.range(update.head(to: "update")), in: statement,
                fix: facts.lastUse > statement.index ? nil : fix(statement))
        }
    }

    private static func isUpdate(_ command: ShellCommand) -> Bool {
        isProgram(command) && command.hasArgument("update")
    }

    private static func isProgram(_ command: ShellCommand) -> Bool {
        switch command.programWord?.text {
        case "apt-get", "apt", "aptitude": true
        default: false
        }
    }

    private static func deletesLists(_ command: ShellCommand) -> Bool {
        command.runs("rm") && command.hasArgument(oneOf: ["-rf", "/var/lib/apt/lists/*"])
    }

    /// A RUN that installs without an update of its own: without the lists of one before it, it would fail.
    private static func needsLists(_ statement: LintStatement) -> Bool {
        let commands = statement.hadolintCommands
        guard let use = commands.firstIndex(where: { isProgram($0) && !isUpdate($0) }) else { return false }
        return !commands[..<use].contains(where: isUpdate)
    }

    private static func fix(_ statement: LintStatement) -> Fix? {
        statement.trueScript?.appending("rm -rf /var/lib/apt/lists/*", in: statement).map {
            Fix("delete the lists in the same RUN", [$0])
        }
    }
}
