import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3038
enum DL3038: LintRule {
    static let info = RuleInfo(
        "DL3038", .hadolint, .warning, "Use the -y switch to avoid manual input `dnf install -y <package>`",
        why: """
            dnf and microdnf ask before they install, and nobody is there to answer while an image is built: the build \
            fails. `-y` answers yes.
            """,
        bad: .init("FROM fedora:42\nRUN dnf install httpd-2.4.63 && dnf clean all\n"),
        good: .init("FROM fedora:42\nRUN dnf install -y httpd-2.4.63 && dnf clean all\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            let asking = statement.hadolintCommands.filter {
                ($0.runs("dnf") || $0.runs("microdnf")) && $0.hasArgument(oneOf: RPMInstaller.installs)
                    && !$0.hasFlag("y", "assumeyes")
            }
            statement.reportMissing("-y", from: asking, behind: RPMInstaller.installWord, &report)
        }
    }
}
