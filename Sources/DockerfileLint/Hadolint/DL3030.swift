import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3030
enum DL3030: LintRule {
    static let info = RuleInfo(
        "DL3030", .hadolint, .warning, "Use the -y switch to avoid manual input `yum install -y <package>`",
        why: """
            yum asks before it installs, and nobody is there to answer while an image is built: the build fails. `-y` \
            answers yes.
            """,
        bad: .init("FROM centos:7\nRUN yum install httpd-2.4.6 && yum clean all\n"),
        good: .init("FROM centos:7\nRUN yum install -y httpd-2.4.6 && yum clean all\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            let asking = statement.hadolintCommands.filter {
                $0.runs("yum") && $0.hasArgument(oneOf: RPMInstaller.installs) && !$0.hasFlag("y", "assumeyes")
            }
            statement.reportMissing("-y", from: asking, behind: RPMInstaller.installWord, &report)
        }
    }
}

/// What yum, dnf and microdnf have in common.
enum RPMInstaller {
    static let installs = ["install", "groupinstall", "localinstall"]

    static func installWord(_ command: ShellCommand) -> ShellWord? {
        command.arguments.first { installs.contains($0.text) }
    }
}
