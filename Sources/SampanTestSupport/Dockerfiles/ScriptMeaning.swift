import ShellSyntax

/// The words of a command that needs nothing of a shell.
package enum PlainCommand {
    package static func words(_ text: String) -> [String]? {
        let script = ShellScript.parse(Array(text.utf8))
        guard script.error == nil, script.commands.count == 1, script.scopes.count == 1,
            let command = script.commands.first,
            command.assignments.isEmpty, command.redirections.isEmpty, !command.words.isEmpty, !command.isNegated,
            command.after == .edge, command.words.allSatisfy({ $0.isLiteral })
        else { return nil }
        return command.words.map(\.text)
    }
}

extension [String] {
    package var withoutExec: [String] { first == "exec" ? Array(dropFirst()) : self }
}

package enum ShellQuote {
    package static func word(_ text: String) -> String {
        text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x27 && $0 != 0x22 && $0 != 0x5c && $0 != 0x24 } && !text.isEmpty
            ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}

/// A script with its commands in a normal form.
package enum ScriptMeaning {
    /// Switches that fixes add: DL3014, DL3015, DL3019, DL3027, DL3030, DL3034, DL3038, DL3042, DL3046, DL3047, SMP2011.
    private static let switches: Set<String> = [
        "-y", "--assume-yes", "--no-cache", "--no-cache-dir", "--no-log-init", "-l", "--progress=dot:giga", "-q",
        "-trimpath",
        "-ldflags=-s -w", "-n", "--non-interactive",
    ]
    /// Commands that clean up behind others: DL3009, DL3032, DL3036, DL3040, DL3060, SMP1008.
    private static let cleaning: Set<String> = [
        "rm -rf /var/lib/apt/lists/*", "yum clean all", "dnf clean all", "zypper clean", "yarn cache clean",
        "zypper clean -a",
        "rm -rf /var/cache/yum/*", "npm cache clean --force", "zypper clean --all",
        "conda clean -afy", "composer clear-cache",
    ]

    package static func of(_ text: String) -> String {
        let script = ShellScript.parse(Array(text.utf8))
        guard script.error == nil else { return "?" + text }
        var out: [(text: String, after: ShellCommand.Connector)] = []
        for command in script.commands {
            var words = command.words.map(\.text)
            words.removeAll { switches.contains($0) }
            words = words.map { $0.replacing("-ldflags=-s -w ", with: "-ldflags=").replacing("-s -w ", with: "") }
            // DL3027.
            if words.first == "apt" { words[0] = "apt-get" }
            // SMP2022.
            if words.first == "apt-get" { words.removeAll { $0 == "ca-certificates" } }
            // SMP1010 removes what was unpacked.
            let isUnpacked = words.count == 2 && words[0] == "rm" && out.contains { $0.text.contains("<\(words[1])>") }
            if isUnpacked || cleaning.contains(words.joined(separator: " ")), let last = out.indices.last {
                // What is tied to it is tied to the command whose traces it removes.
                out[last].after = command.after
                continue
            }
            let kinds = script.scopes(around: command).map { "\($0.kind)" }.joined(separator: "<")
            let assignments = command.assignments.map(\.text).joined(separator: " ")
            let redirections = command.redirections.map { $0.sign + $0.target.text }.joined(separator: " ")
            let text = words.map { "<\($0)>" }.joined()
            out.append(("{\(kinds)|\(assignments)|\(text)|\(redirections)|\(command.isNegated)}", command.after))
        }
        return out.map { "\($0.text)\($0.after)" }.joined()
    }
}
