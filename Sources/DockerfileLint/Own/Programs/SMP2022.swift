import Core
import DockerfileSyntax
import ShellSyntax

/// curl without the certificates that it only recommends.
enum SMP2022: LintRule {
    static let info = RuleInfo(
        "SMP2022", .sampan, .error, "HTTPS is used without ca-certificates, which --no-install-recommends leaves out",
        why: """
            curl, wget and git only recommend the package ca-certificates. With `--no-install-recommends` it isn't \
            installed, and every address with https fails: no authority is known. Name it among the packages.
            """,
        bad: .init(
            """
            FROM debian:12
            RUN apt-get update && apt-get install -y --no-install-recommends curl
            RUN curl -fsSLo /tool https://files.example.com/tool

            """),
        good: .init(
            """
            FROM debian:12
            RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl
            RUN curl -fsSLo /tool https://files.example.com/tool

            """), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages where stage.parent == nil {
            guard let base = StageBase(file, stage), base.image.name == "debian" || base.image.name == "ubuntu",
                !file.mentions(["certificates", "/ssl"], in: stage)
            else { continue }
            check(file, stage, &report)
        }
    }

    private static func check(_ file: LintFile, _ stage: LintStage, _ report: inout LintReport) {
        var installed: (tool: ShellWord, statement: LintStatement)?
        for statement in file.statements(of: stage) where !statement.isTrigger {
            for command in statement.shellCommands {
                if isInstall(command) {
                    // What other packages bring along by recommendation isn't known.
                    guard command.hasArgument("--no-install-recommends") else { return }
                    if command.words.contains(where: \.hasExpansion) { return }
                    if let tool = command.arguments.first(where: { isTool($0.text) }) { installed = (tool, statement) }
                } else if let found = installed, isTool(command.name), !command.hasFlag("k", "insecure"),
                    !command.hasArgument("--no-check-certificate"),
                    command.arguments.contains(where: { $0.text.hasPrefix("https://") }),
                    let script = statement.script, let place = found.statement.script
                {
                    let edit =
                        place.isEditable
                        ? TextEdit.insert("ca-certificates ", at: place.range(found.tool.range).start) : nil
                    report.add(
                        script.range(command.range), in: statement,
                        "\(command.name) is installed without ca-certificates, and can't use https",
                        fix: edit.map { Fix("install ca-certificates", [$0]) })
                    return
                } else if command.name == "dpkg" || command.name == "apt" || command.name == "aptitude" {
                    return
                }
            }
        }
    }

    private static func isInstall(_ command: ShellCommand) -> Bool {
        command.name == "apt-get" && command.hasArgument("install")
    }

    private static func isTool(_ name: String) -> Bool { name == "curl" || name == "wget" || name == "git" }
}
