import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3037
enum DL3037: LintRule {
    static let info = RuleInfo(
        "DL3037", .hadolint, .warning, "Specify version with `zypper install -y <package>=<version>`",
        why: """
            Without a version zypper takes what the repository has on the day of the build: two builds of one \
            Dockerfile differ. Write `NAME=VERSION`, or a bound such as `'NAME>=VERSION'`.
            """,
        bad: .init("FROM opensuse/leap:15.6\nRUN zypper -n install httpd && zypper clean\n"),
        good: .init("FROM opensuse/leap:15.6\nRUN zypper -n install httpd=2.4.58 && zypper clean\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard let script = statement.anyScript else { continue }
            let loose = statement.hadolintCommands.lazy.compactMap { command -> ShellWord? in
                guard command.runs("zypper"), command.hasArgument(oneOf: ["install", "in"]) else { return nil }
                return command.plainArguments().first { !isFixed($0.text) }
            }.first
            if let loose { report.add(script.range(loose.range), in: statement) }
        }
    }

    private static func isFixed(_ text: String) -> Bool {
        text == "install" || text == "in" || text.hasSuffix(".rpm")
            || text.utf8.contains {
                $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">")
            }
    }
}
