import DockerfileSyntax
import ShellSyntax

/// A package index that is a layer of its own.
enum SMP2041: LintRule {
    static let info = RuleInfo(
        "SMP2041", .sampan, .warning, "apt-get update in a RUN of its own: its index is out of date when it is used",
        why: """
            The layer with the index stays in the cache while the list of packages in a later RUN changes. apt-get then \
            asks for versions that the servers deleted long ago, and fails with 404. Put update and install into one \
            RUN.
            """,
        bad: .init("FROM debian:12\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends curl=7.88.1\n"),
        good: .init("FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            let commands = statement.shellCommands
            guard let update = commands.first(where: isUpdate), let script = statement.script,
                commands.allSatisfy({ isUpdate($0) || $0.name == "set" || $0.name == "echo" || $0.name == "rm" }),
                !statement.keepsOut("/var/lib/apt")
            else { continue }
            report.add(script.range(update.range), in: statement)
        }
    }

    private static func isUpdate(_ command: ShellCommand) -> Bool {
        (command.name == "apt-get" || command.name == "apt") && command.hasArgument("update")
    }
}
