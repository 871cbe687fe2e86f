import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3033
enum DL3033: LintRule {
    static let info = RuleInfo(
        "DL3033", .hadolint, .warning, "Specify version with `yum install -y <package>-<version>`",
        why: """
            Without a version yum takes what the repository has on the day of the build: two builds of one Dockerfile \
            differ. Write `NAME-VERSION`, and for a module `NAME:STREAM`.
            """,
        bad: .init("FROM centos:7\nRUN yum install -y httpd && yum clean all\n"),
        good: .init("FROM centos:7\nRUN yum install -y httpd-2.4.6 && yum clean all\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var versions = PackageVersions(file)
        for statement in file.statements {
            guard let script = statement.anyScript else { continue }
            for command in statement.hadolintCommands where command.runs("yum") && command.hasArgument("install") {
                guard let loose = versions.loosePackage(of: command, in: statement) else { continue }
                report.add(script.range(loose.range), in: statement)
                break
            }
        }
    }
}
