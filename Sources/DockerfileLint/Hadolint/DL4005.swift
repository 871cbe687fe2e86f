import Core
import DockerfileSyntax
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL4005
enum DL4005: ShellCommandRule {
    static let info = RuleInfo(
        "DL4005", .hadolint, .warning, "/bin/sh is replaced by a link: use SHELL to choose the shell",
        why: """
            A link in the place of /bin/sh changes every script of the image, also at run time, and a package's update may \
            put it back. SHELL changes what RUN, CMD and ENTRYPOINT use and nothing else.
            """,
        bad: .init("FROM debian:12\nRUN ln -sf /bin/bash /bin/sh\n"),
        good: .init("FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\n"), fixing: .unsafe)

    static let fixTitle = "use SHELL"

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        command.runs("ln") && command.hasArgument("/bin/sh")
    }

    /// The link is all that RUN makes.
    static func edits(
        _ command: ShellCommand, _ script: LintScript, in statement: LintStatement
    ) -> [TextEdit]? {
        guard script.shell.commands.count == 1, statement.instruction.heredocs.isEmpty,
            command.range.count == script.shell.text.count, command.plainArguments().count == 2,
            let target = command.plainArguments().first?.text, let shell = path(of: target)
        else { return nil }
        return [TextEdit(statement.instruction.range, "SHELL [\"\(shell)\", \"-c\"]")]
    }

    private static func path(of target: String) -> String? {
        switch target {
        case "/bin/bash", "bash": "/bin/bash"
        case "/usr/bin/bash", "/bin/zsh", "/usr/bin/zsh", "/bin/dash": target
        default: nil
        }
    }
}
