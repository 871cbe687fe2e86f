import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3001
enum DL3001: ShellCommandRule {
    static let info = RuleInfo(
        "DL3001", .hadolint, .info, "A program for interactive or running systems has no use in a build",
        why: """
            A build has no terminal, no services and no mounts of its own, so `ssh`, `vim`, `shutdown`, `service`, `ps`, \
            `free`, `top`, `kill` and `mount` do nothing that the image keeps. Leave them out, or run them when the \
            container starts.
            """,
        bad: .init("FROM debian:12\nRUN service nginx start\n"),
        good: .init("FROM debian:12\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n"))

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        switch command.programWord?.text {
        case "free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim": true
        default: false
        }
    }
}
