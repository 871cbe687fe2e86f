internal import Core
internal import DockerfileLint
internal import ShellSyntax

/// Makes `go build` give a static program without symbols.
enum GoBuildEdit {
    /// The edits, none where the flags are there already.
    /// - Parameter withoutC: also turn cgo off.
    static func edits(_ file: LintFile, withoutC: Bool) -> [TextEdit] {
        var edits: [TextEdit] = []
        for statement in file.statements {
            guard let script = statement.script, script.isEditable else { continue }
            for command in statement.shellCommands {
                guard command.name == "go" || command.name.hasSuffix("/go"), let first = command.words.first,
                    command.words.count > 1, ["build", "install"].contains(command.words[1].text)
                else { continue }
                if withoutC, !command.assignments.contains(where: { $0.text.hasPrefix("CGO_ENABLED=") }) {
                    edits.append(.insert("CGO_ENABLED=0 ", at: script.range(first.range).start))
                }
                let words = command.arguments.map(\.text)
                var flags = ""
                if !words.contains("-trimpath") { flags += " -trimpath" }
                if !words.contains(where: { $0 == "-ldflags" || $0.hasPrefix("-ldflags=") }) {
                    flags += " -ldflags=\"-s -w\""
                }
                if !flags.isEmpty { edits.append(.insert(flags, at: script.range(command.words[1].range).end)) }
            }
        }
        return edits
    }
}
