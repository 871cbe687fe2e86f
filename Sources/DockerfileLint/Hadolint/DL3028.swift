import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3028
enum DL3028: LintRule {
    static let info = RuleInfo(
        "DL3028", .hadolint, .warning,
        "Pin versions in gem install. Instead of `gem install <gem>` use `gem install <gem>:<version>`",
        why: """
            Without a version the newest gem of the day is installed: the same Dockerfile gives another image tomorrow, \
            and perhaps a broken one. Write `gem install NAME:VERSION`, or `-v VERSION` for a single gem.
            """,
        bad: .init("FROM ruby:3.3\nRUN gem install bundler\n"),
        good: .init("FROM ruby:3.3\nRUN gem install bundler:2.5.23\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard let script = statement.anyScript,
                let loose = statement.hadolintCommands.lazy.compactMap(looseGem).first
            else { continue }
            report.add(script.range(loose.range), in: statement)
        }
    }

    /// The first gem of `gem install` without a version.
    private static func looseGem(_ command: ShellCommand) -> ShellWord? {
        guard command.runs("gem"), command.hasArgument(oneOf: ["install", "i"]), !givesVersion(command) else {
            return nil
        }
        var isValue = false
        for word in command.arguments {
            if word.text == "--" { return nil }
            if isValue {
                isValue = false
            } else if word.text.utf8.first == UInt8(ascii: "-") {
                isValue = true
            } else if word.text != "install", word.text != "i", !word.text.utf8.contains(UInt8(ascii: ":")) {
                return word
            }
        }
        return nil
    }

    private static func givesVersion(_ command: ShellCommand) -> Bool {
        command.arguments.contains {
            $0.text == "-v" || $0.text == "--version" || $0.text.hasPrefix("--version=")
        }
    }
}
