import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3002
enum DL3002: LintRule {
    static let info = RuleInfo(
        "DL3002", .hadolint, .warning, "Last USER should not be root",
        why: """
            The last USER of a stage is who the container runs as. As root, a program that is broken into may change \
            everything in the container, and is one flaw of the kernel away from the host. Do what needs root first, \
            then switch to a user without rights, by number so that Kubernetes can check it.
            """,
        bad: .init("FROM debian:12\nUSER root\nCMD [\"/app\"]\n"),
        good: .init("FROM debian:12\nUSER root\nRUN install-things\nUSER 65532:65532\nCMD [\"/app\"]\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var last: LintStatement?
        for statement in file.statements {
            if statement.isPlain(.from) {
                conclude(last, file, &report)
                last = nil
            } else if statement.isPlain(.user), statement.stage != nil {
                last = statement
            }
        }
        conclude(last, file, &report)
    }

    private static func conclude(_ statement: LintStatement?, _ file: LintFile, _ report: inout LintReport) {
        guard let statement, let word = statement.instruction.arguments.first,
            let text = statement.wholeText(in: file), isRoot(text)
        else { return }
        report.add(word.range, in: statement)
    }

    private static func isRoot(_ user: String) -> Bool {
        user == "root" || user == "0" || user.hasPrefix("root:") || user.hasPrefix("0:")
    }
}
