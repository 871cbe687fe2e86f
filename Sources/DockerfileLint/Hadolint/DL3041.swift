import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3041
enum DL3041: LintRule {
    static let info = RuleInfo(
        "DL3041", .hadolint, .warning, "Specify version with `dnf install -y <package>-<version>`",
        why: """
            Without a version dnf takes what the repository has on the day of the build: two builds of one Dockerfile \
            differ. Write `NAME-VERSION`, and for a module `NAME:STREAM`.
            """,
        bad: .init("FROM fedora:42\nRUN dnf install -y httpd && dnf clean all\n"),
        good: .init("FROM fedora:42\nRUN dnf install -y httpd-2.4.63 && dnf clean all\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var versions = PackageVersions(file)
        for statement in file.statements {
            guard let script = statement.anyScript else { continue }
            for command in statement.hadolintCommands
            where (command.runs("dnf") || command.runs("microdnf")) && command.hasArgument("install")
                && (command.hasArgument("module") || !command.hasArgument("group"))
            {
                guard let loose = versions.loosePackage(of: command, in: statement) else { continue }
                report.add(script.range(loose.range), in: statement)
                break
            }
        }
    }
}
