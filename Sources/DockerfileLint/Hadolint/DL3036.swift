import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3036
enum DL3036: LintRule {
    static let info = RuleInfo(
        "DL3036", .hadolint, .warning, "`zypper clean` missing after zypper use",
        why: """
            zypper keeps what it downloaded below /var/cache/zypp. What is left there at the end of the RUN stays in \
            the image for good. Empty the cache in the same RUN, or mount a cache there.
            """,
        bad: .init("FROM opensuse/leap:15.6\nRUN zypper -n install httpd=2.4.58\n"),
        good: .init("FROM opensuse/leap:15.6\nRUN zypper -n install httpd=2.4.58 && zypper clean --all\n"),
        fixing: .safe)

    private static let cache = LeftoverCache(
        cleaning: "zypper clean --all", fills: { $0.runs("zypper") && $0.hasArgument(oneOf: ["install", "in"]) },
        empties: { $0.runs("zypper") && $0.hasArgument(oneOf: ["clean", "cc"]) })

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard let script = statement.anyScript, let found = cache.find(in: statement),
                !statement.keepsOut("/var/cache/zypp")
            else { continue }
            report.add(script.range(found.first.range), in: statement, fix: found.fix)
        }
    }
}
