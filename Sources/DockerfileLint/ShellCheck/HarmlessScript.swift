import ShellSyntax

/// Scripts that shellcheck can't have anything to say about, which are most of a Dockerfile's: plain programs with plain
/// words, one after the other. They need not be handed to it.
///
/// Anything that is expanded, quoted, redirected, piped, tested, assigned or commented is left to shellcheck, and so is
/// every program that it has a check for. A test holds this against the real shellcheck.
enum HarmlessScript {
    static func matches(_ script: ShellScript) -> Bool {
        guard script.error == nil, script.scopes.count == 1, script.text.allSatisfy(isPlain),
            script.text.last != UInt8(ascii: "&")
        else { return false }
        return script.commands.allSatisfy(isHarmless)
    }

    /// Bytes that mean themselves to a shell, blanks, and what ties commands. Stars stand in few known words only.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "&"),
            UInt8(ascii: ";"), UInt8(ascii: "*"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "@"),
            UInt8(ascii: "%"), UInt8(ascii: "+"):
            true
        default: false
        }
    }

    /// Programs that shellcheck has no check for.
    private static let programs: Set = [
        "add-apt-repository", "addgroup", "adduser", "apk", "apt", "apt-cache", "apt-get", "bundle", "cargo", "chgrp",
        "chmod", "chown", "cmake", "composer", "corepack", "cp", "curl", "dnf", "dotnet", "dpkg", "gem", "git", "go",
        "gradle", "groupadd", "install", "ldconfig", "ln", "make", "microdnf", "mv", "mvn", "node", "npm", "npx", "pip",
        "pip3", "pnpm", "poetry", "python", "python3", "ruby", "rustup", "swift", "tar", "tdnf", "touch", "unzip",
        "update-ca-certificates", "useradd", "usermod", "uv", "wget", "yarn", "yum", "zypper",
    ]

    /// Words that shellcheck takes for a slip wherever they stand.
    private static let keywords: Set = [
        "case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "select", "then", "time",
        "until", "while",
    ]

    /// Leftovers that everybody deletes, and that are no directory of the system.
    private static let leftovers = ["/var/lib/apt/lists/", "/var/cache/", "/tmp/", "/var/tmp/", "/root/."]

    private static func isHarmless(_ command: ShellCommand) -> Bool {
        guard command.assignments.isEmpty, command.redirections.isEmpty, !command.isNegated,
            isTie(command.before), isTie(command.after), let program = command.words.first?.text
        else { return false }
        let words = command.arguments.map(\.text)
        if words.contains(where: { keywords.contains($0) || $0.hasPrefix("=") }) { return false }
        if words.contains(where: { $0.utf8.contains(UInt8(ascii: "*")) }) {
            guard program == "rm" else { return false }
        }
        switch program {
        case "rm":
            return words.allSatisfy { word in
                word.hasPrefix("-") || leftovers.contains { word.hasPrefix($0) && word.utf8.count > $0.utf8.count }
            }
        case "mkdir": return !words.contains { $0.hasPrefix("-m") || $0.hasPrefix("--m") || $0.hasPrefix("-pm") }
        case "set": return words == ["-e"] || words == ["-ex"] || words == ["-eux"] || words == ["-x"]
        case "echo": return !words.contains { $0.hasPrefix("-") }
        default: return programs.contains(program)
        }
    }

    private static func isTie(_ connector: ShellCommand.Connector) -> Bool {
        switch connector {
        case .edge, .and, .sequence: true
        case .or, .background, .pipe: false
        }
    }
}
