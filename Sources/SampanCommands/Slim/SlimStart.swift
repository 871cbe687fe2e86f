import OCI
import ShellSyntax
import Slimming

/// How an image starts its program.
enum SlimStart {
    typealias Words = (entrypoint: [String], cmd: [String])

    /// The words of a program that a shell is only there to start; nil when the image needs no shell for it, or needs one.
    static func direct(_ config: ContainerConfig) -> Words? {
        if let words = words(config.entrypoint) { return (words, []) }
        if config.entrypoint.isEmpty, let words = words(config.cmd) { return ([], words) }
        return nil
    }

    private static func words(_ command: [String]) -> [String]? {
        guard command.count == 3, ["/bin/sh", "sh", "/bin/bash", "bash"].contains(command[0]), command[1] == "-c" else {
            return nil
        }
        let script = ShellScript.parse(command[2])
        guard script.isReadable, script.commands.count == 1, let only = script.commands.first,
            only.assignments.isEmpty, only.redirections.isEmpty, only.words.allSatisfy(\.isLiteral),
            script.scopes.count <= 1,
            !only.isNegated
        else { return nil }
        var words = only.words.map(\.text)
        if words.first == "exec" { words.removeFirst() }
        guard let first = words.first, !ShellBuiltins.names.contains(first), only.range == 0..<script.text.count else {
            return nil
        }
        return words
    }
}
