import DockerfileSyntax
import ShellSyntax

/// The program that a command starts in the end, behind those that only hand on.
struct Call: Sendable {
    /// Without its directory.
    let name: Substring
    let arguments: ArraySlice<ShellWord>

    /// The first argument that is no flag: `install` of `npm --silent install`.
    var verb: String { arguments.first { $0.text.utf8.first != UInt8(ascii: "-") }?.text ?? "" }

    /// What follows ``verb`` and is no flag.
    var operands: [ShellWord] {
        Array(arguments.filter { $0.text.utf8.first != UInt8(ascii: "-") }.dropFirst())
    }

    func has(_ argument: String) -> Bool { arguments.contains { $0.text == argument } }

    init?(_ command: ShellCommand) {
        var words = command.words[...]
        while let first = words.first {
            switch first.text {
            case "env":
                words = words.dropFirst().drop { $0.text.utf8.contains(UInt8(ascii: "=")) || $0.text.hasPrefix("-") }
            case "sudo", "exec", "time", "nice", "nohup", "command":
                words = words.dropFirst().drop { $0.text.hasPrefix("-") }
            default:
                let text = first.text
                name =
                    text.utf8.lastIndex(of: UInt8(ascii: "/")).map { text[text.utf8.index(after: $0)...] } ?? text[...]
                arguments = words.dropFirst()
                return
            }
        }
        return nil
    }
}

extension LintStatement {
    /// RUN has a mount of this type.
    func hasMount(_ type: String) -> Bool {
        guard case .run(let run) = command else { return false }
        return run.mounts.contains { $0.field(.type)?.value?.text == type }
    }

    /// A RUN of this very moment, not of an ONBUILD.
    var isRun: Bool { outer.keyword == .run }
}
