import ShellSyntax

extension ShellCommand {
    /// The command runs this program, by itself or behind `command`, `builtin`, `exec` or `busybox`. Other programs that
    /// start programs, such as `sudo` and `env`, are themselves what runs: hadolint sees it so.
    func runs(_ program: String) -> Bool { programWord?.text == program }

    /// The word that names the program; nil when only running the script would tell.
    var programWord: ShellWord? {
        guard let first = words.first, !first.hasExpansion else { return nil }
        guard Self.handsOver(first.text), let actual = actualProgram(behind: first.text) else { return first }
        return actual.isLiteral ? actual : nil
    }

    private static func handsOver(_ name: String) -> Bool {
        switch name {
        case "command", "builtin", "busybox", "run", "exec": true
        default: false
        }
    }

    private func actualProgram(behind name: String) -> ShellWord? {
        guard name == "exec" else {
            return arguments.first.flatMap { $0.text.utf8.first == UInt8(ascii: "-") ? nil : $0 }
        }
        var rest = arguments
        while let word = rest.popFirst() {
            let letters = word.text.utf8.dropFirst()
            guard word.text.utf8.first == UInt8(ascii: "-"), !letters.isEmpty else { return word }
            if word.text == "--" { return rest.first }
            for (place, letter) in letters.enumerated() {
                switch letter {
                case UInt8(ascii: "c"), UInt8(ascii: "l"): continue
                case UInt8(ascii: "a"):
                    if place == letters.count - 1 { _ = rest.popFirst() }
                default: return nil
                }
                break
            }
        }
        return nil
    }
}

extension LintStatement {
    /// Calls a closure with each command of RUN that runs the program.
    func forEachCommand(running program: String, _ body: (ShellCommand) -> Void) {
        for command in hadolintCommands where command.runs(program) { body(command) }
    }
}
