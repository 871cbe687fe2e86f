import Core
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3060
enum DL3060: LintRule {
    static let info = RuleInfo(
        "DL3060", .hadolint, .info, "yarn install keeps its cache in the layer: clean it in the same RUN",
        why: """
            yarn keeps a copy of every package that it fetched. `yarn cache clean` behind the installation deletes them \
            before the layer is made; a cache mount on ~/.cache/yarn keeps them out and makes builds quicker.
            """,
        bad: .init("FROM node:22\nRUN yarn install --frozen-lockfile\n"),
        good: .init("FROM node:22\nRUN yarn install --frozen-lockfile && yarn cache clean\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var kept: KeptStages?
        for statement in file.statements {
            guard let script = statement.anyScript,
                let install = script.shell.commands.firstIndex(where: { isYarn($0, "install") })
            else { continue }
            let clean = script.shell.commands.firstIndex { isYarn($0, "cache") || isYarn($0, "clean") }
            guard clean == nil || clean ?? 0 < install, !statement.keepsOut(".cache/yarn") else { continue }
            let stages = kept ?? KeptStages(file)
            kept = stages
            guard stages.keep(statement) else { continue }
            let command = script.shell.commands[install]
            report.add(
                script.range(command.head(to: "install")), in: statement,
                fix: clean == nil ? fix(statement) : nil)
        }
    }

    private static func isYarn(_ command: ShellCommand, _ argument: String) -> Bool {
        command.runs("yarn") && command.hasArgument(argument)
    }

    private static func fix(_ statement: LintStatement) -> Fix? {
        statement.trueScript?.appending("yarn cache clean", in: statement).map {
            Fix("clean the cache in the same RUN", [$0])
        }
    }
}
