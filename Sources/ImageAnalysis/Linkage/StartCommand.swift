// https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties (Entrypoint, Cmd)
internal import Core
internal import ShellSyntax

/// What a container's first command starts, one after another: the command itself, what a shell or an init is told
/// to start, and the script that an interpreter is given.
enum StartCommand {
    /// One file that must be there.
    enum Step: Hashable {
        /// Started by the kernel.
        /// - isFromShell: a shell starts it, which takes files without `#!` for scripts.
        case program(String, isFromShell: Bool)
        /// Read by an interpreter; any of these will do.
        case script([String])
    }

    static let shells: Set<String> = ["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"]
    /// Programs that read a script, and what a name may lack at its end.
    private static let interpreters: [String: [String]] = [
        "python": [""], "perl": [""], "ruby": [""], "php": [""],
        "node": ["", ".js", ".json", ".mjs", ".cjs", ".node", "/index.js", "/package.json"],
    ]
    /// Programs that start another one, and how many words of their own come before it.
    private static let wrappers = [
        "tini": 0, "tini-static": 0, "dumb-init": 0, "catatonit": 0, "docker-init": 0, "nohup": 0, "setsid": 0,
        "su-exec": 1, "gosu": 1,
    ]

    static func name(_ word: String) -> String { word.split(separator: "/").last.map(String.init) ?? word }

    /// Whether it is a shell or reads scripts: it is nothing without what the system brings along.
    static func isInterpreter(_ word: String) -> Bool {
        let name = name(word)
        return shells.contains(name) || interpreters[family(name)] != nil || ["java", "env"].contains(name)
    }

    /// `python` for `python3.11`.
    private static func family(_ name: String) -> String {
        String(name.prefix { !("0"..."9").contains($0) && $0 != "." })
    }

    static func steps(_ words: [String]) -> [Step] {
        var steps: [Step] = []
        var words = words
        var isFromShell = false
        // Wrappers of wrappers are rare.
        for _ in 0..<4 {
            guard let first = words.first else { break }
            steps.append(.program(first, isFromShell: isFromShell))
            guard let next = next(words, &steps) else { break }
            words = next.words
            isFromShell = next.isFromShell
        }
        return steps
    }

    /// The words of a command that a shell is started for and that it hands to the kernel as they are: one plain command,
    /// without variables, patterns or redirections. Nil for everything else.
    static func withoutShell(_ words: [String]) -> [String]? {
        guard let first = words.first, shells.contains(name(first)), words.count == 3, words[1] == "-c" else {
            return nil
        }
        let script = ShellScript.parse(words[2])
        guard script.error == nil, script.commands.count == 1, script.scopes.count == 1,
            let command = script.commands.first,
            command.assignments.isEmpty, command.redirections.isEmpty, command.after == .edge, !command.isNegated
        else { return nil }
        let plain = command.words.map { $0.isLiteral && !$0.text.hasPrefix("~") ? $0.text : nil }
        guard !plain.contains(nil), let known = ShellCommand.first(words[2]) else { return nil }
        let found = plain.compactMap { $0 }
        return found == known || found == ["exec"] + known ? known : nil
    }

    private static func next(_ words: [String], _ steps: inout [Step]) -> (words: [String], isFromShell: Bool)? {
        let name = name(words[0])
        let rest = words.dropFirst()
        if shells.contains(name) {
            let rest = name == "busybox" ? rest.dropFirst() : rest
            if let text = commandText(rest) { return ShellCommand.first(text).map { ($0, true) } }
            if let script = rest.first, script.contains("/"), !script.hasPrefix("-") { steps.append(.script([script])) }
            return nil
        }
        if let suffixes = interpreters[family(name)] {
            if let script = rest.first, !script.hasPrefix("-"), family(name) != "php" || script.contains(".") {
                steps.append(.script(suffixes.map { script + $0 }))
            }
            return nil
        }
        if let own = wrappers[name] {
            if let end = rest.firstIndex(of: "--") { return (Array(words[(end + 1)...]), false) }
            let rest = rest.dropFirst(own)
            return rest.first?.hasPrefix("-") == false ? (Array(rest), false) : nil
        }
        return nil
    }

    /// What follows `-c`, or options together with it such as `-ec`.
    private static func commandText(_ words: ArraySlice<String>) -> String? {
        var words = words
        while let word = words.popFirst() {
            if word == "-o" || word == "+o" {
                words = words.dropFirst()
            } else if word.hasPrefix("-"), !word.hasPrefix("--") {
                if word.contains("c") { return words.first }
            } else if !word.hasPrefix("--") {
                return nil
            }
        }
        return nil
    }
}
