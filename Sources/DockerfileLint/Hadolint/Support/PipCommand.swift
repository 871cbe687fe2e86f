import ShellSyntax

/// How hadolint tells pip.
enum PipCommand {
    /// `pip…`, `pipx` and `python… -m pip` with `install`, but no pipenv.
    static func isInstall(_ command: ShellCommand) -> Bool {
        guard let name = command.programWord?.text, name.utf8.first == UInt8(ascii: "p") else { return false }
        if name.hasPrefix("pip") { return !name.hasPrefix("pipenv") && command.hasArgument("install") }
        guard name.hasPrefix("python") else { return false }
        let words = command.arguments
        return words.indices.dropLast(2).contains { index in
            words[index].text == "-m" && words[index + 1].text == "pip" && words[index + 2].text == "install"
        }
    }
}
