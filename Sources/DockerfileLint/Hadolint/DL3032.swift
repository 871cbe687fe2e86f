import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3032
enum DL3032: LintRule {
    static let info = RuleInfo(
        "DL3032", .hadolint, .warning, "`yum clean all` missing after yum command",
        why: """
            yum keeps what it downloaded below /var/cache/yum. What is left there at the end of the RUN stays in the \
            image for good, also when a later instruction removes it. Empty the cache in the same RUN.
            """,
        bad: .init("FROM centos:7\nRUN yum install -y httpd-2.4.6\n"),
        good: .init("FROM centos:7\nRUN yum install -y httpd-2.4.6 && yum clean all\n"), fixing: .safe)

    private static let cache = LeftoverCache(
        cleaning: "yum clean all", fills: { $0.runs("yum") && $0.hasArgument("install") },
        empties: { command in
            command.runs("yum") && command.hasArgument(oneOf: ["clean", "all"])
                || command.runs("rm") && command.hasArgument(oneOf: ["-rf", "/var/cache/yum/*"])
        })

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard let script = statement.anyScript, let found = cache.find(in: statement) else { continue }
            report.add(script.range(found.first.range), in: statement, fix: found.fix)
        }
    }
}
