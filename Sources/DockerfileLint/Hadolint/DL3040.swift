import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3040
enum DL3040: LintRule {
    static let info = RuleInfo(
        "DL3040", .hadolint, .warning, "`dnf clean all` missing after dnf command",
        why: """
            dnf and microdnf keep what they downloaded below /var/cache/libdnf5 or /var/cache/dnf. What is left there \
            at the end of the RUN stays in the image for good. Empty the cache in the same RUN, or mount a cache there.
            """,
        bad: .init("FROM fedora:42\nRUN dnf install -y httpd-2.4.63\n"),
        good: .init("FROM fedora:42\nRUN dnf install -y httpd-2.4.63 && dnf clean all\n"), fixing: .safe)

    private static let caches = ["dnf", "microdnf"].map { program in
        LeftoverCache(
            cleaning: "\(program) clean all",
            fills: { $0.runs(program) && $0.hasArgument(oneOf: filling) },
            empties: { command in
                command.runs(program) && command.hasArgument(oneOf: ["clean", "all"])
                    || command.runs("rm") && command.hasArgument(oneOf: ["-rf", "/var/cache/libdnf5*"])
            })
    }

    private static let filling = [
        "install", "in", "reinstall", "rei", "upgrade", "up", "upgrade-minimal", "up-min",
    ]

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard let script = statement.anyScript else { continue }
            for cache in caches {
                guard let found = cache.find(in: statement), !statement.keepsOut("/var/cache/libdnf5") else { continue }
                report.add(script.range(found.first.range), in: statement, fix: found.fix)
                break
            }
        }
    }
}
