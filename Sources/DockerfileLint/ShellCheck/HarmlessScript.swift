import ShellSyntax

/// Scripts that shellcheck can't have anything to say about, which are most of a Dockerfile's: plain programs with plain
/// words, one after the other. They need not be handed to it.
///
/// Anything that is expanded, redirected, piped, tested or commented is left to shellcheck, and so is every program that it
/// has a check for; of quotes only those around plain words are seen to here, and of assignments those of a plain setting
/// to a program. A test holds this against the real shellcheck.
enum HarmlessScript {
    static func matches(_ script: ShellScript) -> Bool {
        guard script.error == nil, script.scopes.count == 1, script.text.allSatisfy({ isPlain($0) || isQuote($0) }),
            script.text.last != UInt8(ascii: "&")
        else { return false }
        return script.commands.allSatisfy { isHarmless($0, script.text) }
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

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
        "update-ca-certificates", "useradd", "usermod", "uv", "wget", "yarn", "yum", "zypper", "gcc", "g++", "cc",
        "c++",
        "clang", "clang++", "javac", "java", "meson", "ninja", "rustc", "strip", "tsc",
    ]

    /// What settings of a program are set to. Names of programs aren't among them: shellcheck takes those for a slip.
    private static let values: Set = [
        "on", "off", "true", "false", "auto", "local", "direct", "linux", "amd64", "arm64", "noninteractive",
        "production", "release",
    ]

    /// Words that shellcheck takes for a slip wherever they stand.
    private static let keywords: Set = [
        "case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "select", "then", "time",
        "until", "while",
    ]

    /// Leftovers that everybody deletes, and that are no directory of the system.
    private static let leftovers = ["/var/lib/apt/lists/", "/var/cache/", "/tmp/", "/var/tmp/", "/root/."]

    private static func isHarmless(_ command: ShellCommand, _ text: [UInt8]) -> Bool {
        guard command.redirections.isEmpty, !command.isNegated, isTie(command.before), isTie(command.after),
            let first = command.words.first, !first.hasQuotes,
            command.assignments.allSatisfy({ isSetting(text[$0.range]) }),
            command.arguments.allSatisfy({ !$0.hasQuotes || isPlainlyQuoted(text[$0.range]) })
        else { return false }
        let program = first.text
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
        // One alone is a slip.
        case "cp", "install", "ln", "mv": return words.count { !$0.hasPrefix("-") } > 1
        case "chmod": return !words.contains { $0.hasPrefix("-r") }
        case "mkdir": return !words.contains { $0.hasPrefix("-m") || $0.hasPrefix("--m") || $0.hasPrefix("-pm") }
        case "set": return words == ["-e"] || words == ["-ex"] || words == ["-eux"] || words == ["-x"]
        case "echo": return !words.contains { $0.hasPrefix("-") }
        default: return programs.contains(program)
        }
    }

    /// A word in quotes, or one that ends in them behind an equal sign, with plain text inside.
    private static func isPlainlyQuoted(_ word: ArraySlice<UInt8>) -> Bool {
        guard let open = word.firstIndex(where: isQuote), let quote = word.last, word.endIndex - open > 2,
            word[open] == quote, open == word.startIndex || word[open - 1] == UInt8(ascii: "=")
        else { return false }
        return word[(open + 1)..<(word.endIndex - 1)].allSatisfy { isPlain($0) && $0 != UInt8(ascii: "\n") }
    }

    /// `NAME=value` before a program, as in `CGO_ENABLED=0 go build`.
    private static func isSetting(_ word: ArraySlice<UInt8>) -> Bool {
        guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else { return false }
        let name = word[..<equals]
        let value = word[(equals + 1)...]
        let isSimple = !value.isEmpty && value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return name != Array("PATH".utf8)[...]
            && name.allSatisfy {
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || $0 == UInt8(ascii: "_")
            } && (isSimple || values.contains(String(decoding: value, as: UTF8.self)))
    }

    private static func isTie(_ connector: ShellCommand.Connector) -> Bool {
        switch connector {
        case .edge, .and, .sequence: true
        case .or, .background, .pipe: false
        }
    }
}
