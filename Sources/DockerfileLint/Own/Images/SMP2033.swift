import Core
import DockerfileSyntax
import ShellSyntax

/// A script that is run as it comes from the network.
enum SMP2033: LintRule {
    static let info = RuleInfo(
        "SMP2033", .sampan, .warning, "A download goes straight into a shell",
        why: """
            What the server sends today is run with all rights of the build, and nothing compares it with what was \
            looked at. A connection that breaks off leaves half a script that ran. Download to a file, check its digest \
            with `sha256sum -c` (or use `ADD --checksum`), then run it.
            """,
        bad: .init("FROM debian:12\nRUN curl -fsSL https://get.example.com/install.sh | sh\n"),
        good: .init(
            """
            FROM debian:12
            ADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \\
                https://get.example.com/install.sh /tmp/install.sh
            RUN sh /tmp/install.sh

            """))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            let commands = statement.shellCommands
            guard let script = statement.script, commands.contains(where: { isDownloader($0) }) else { continue }
            for (index, command) in commands.enumerated() where isDownloader(command) {
                let receiver = commands[(index + 1)...].prefix(12).first { other in
                    other.pipeline == command.pipeline && other.scope == command.scope && takesScript(other)
                }
                guard let receiver else { continue }
                report.add(
                    script.range(command.range.lowerBound..<receiver.range.upperBound), in: statement,
                    "What \(command.name) downloads goes straight into \(interpreter(receiver))")
                break
            }
        }
    }

    private static func isDownloader(_ command: ShellCommand) -> Bool {
        (command.name == "curl" || command.name == "wget")
            && command.arguments.contains { $0.text.contains("://") || $0.hasExpansion }
    }

    /// The program behind `sudo` and `env`.
    private static func interpreter(_ command: ShellCommand) -> String {
        let word = command.words.first { word in
            !(word.text == "sudo" || word.text == "env" || word.text.hasPrefix("-") || word.text.contains("="))
        }
        return word.map { String($0.text.split(separator: "/").last ?? "") } ?? ""
    }

    /// Reads its script from what it is sent: a shell without a file, or one told so by `-` or `-s`.
    private static func takesScript(_ command: ShellCommand) -> Bool {
        let name = interpreter(command)
        let words = command.words.drop { !$0.text.hasSuffix(name) }.dropFirst()
        switch name {
        case "sh", "bash", "dash", "ash", "zsh", "ksh":
            if words.contains(where: { $0.text == "-c" }) { return false }
            return words.allSatisfy { $0.text.hasPrefix("-") } || words.contains { $0.text == "-s" || $0.text == "-" }
        case "python", "python3", "perl", "ruby", "node", "php":
            return words.isEmpty || words.first?.text == "-"
        default: return false
        }
    }
}
