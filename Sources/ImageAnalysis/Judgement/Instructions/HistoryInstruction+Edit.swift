/// Edits of an instruction, which leave the rest of it as it is written.
extension HistoryInstruction {
    /// RUN with another text for the shell.
    func withShell(_ command: String) -> String { head + command }

    /// The same as an instruction that can be edited further.
    func withText(_ shell: String) -> HistoryInstruction {
        var copy = self
        copy.kind = .run(shell: shell)
        copy.text = head + shell
        return copy
    }

    /// RUN with something more for the shell at its end; nil when it gives a shell nothing.
    func appending(_ command: String) -> String? {
        guard let shell else { return isRun ? appendingToScript(command) : nil }
        return Self.joined(shell, command).map { head + $0 }
    }

    /// The same as an instruction that can be edited further.
    func extended(by command: String) -> HistoryInstruction? {
        guard let shell, let text = Self.joined(shell, command) else { return nil }
        return withText(text)
    }

    /// RUN with flags more.
    func withFlags(_ flags: [String]) -> String {
        "RUN " + flags.map { $0 + " " }.joined() + text.dropFirst(3).drop { $0 == " " || $0 == "\t" }
    }

    /// Two RUN as one, the other's text behind this one's; nil when either gives a shell nothing.
    func joined(with other: HistoryInstruction) -> String? {
        guard let shell, let next = other.shell, let text = Self.joined(shell, next) else { return nil }
        let own = WrittenFlags(head).flags
        let flags = WrittenFlags(other.head).flags.filter { !own.contains($0) }
        return head + flags.map { $0 + " " }.joined() + text
    }

    /// Commands one after the other, parted as those of the first are.
    private static func joined(_ shell: String, _ command: String) -> String? {
        var text = ""
        var comment = ""
        let end = ShellCommands(shell).end
        text = String(decoding: shell.utf8.prefix(end), as: UTF8.self)
        comment = String(decoding: shell.utf8.dropFirst(end), as: UTF8.self)
        while let last = text.last, last == ";" || last.isWhitespace { text.removeLast() }
        guard let last = text.last, last != "&", last != "|", last != "\\" else { return nil }
        while let last = comment.last, last.isWhitespace { comment.removeLast() }
        guard text.contains("\n") else { return text + " && " + command + comment }
        guard let line = text.split(separator: "\n").last, text.contains("\\\n") else {
            return text + "\n" + command + comment
        }
        let indent = line.prefix { $0 == " " || $0 == "\t" }
        return line.dropFirst(indent.count).hasPrefix("&&")
            ? "\(text) \\\n\(indent)&& \(command)\(comment)" : "\(text) && \\\n\(indent)\(command)\(comment)"
    }

    /// The only here-document of RUN with a line more, where it is the shell's script.
    private func appendingToScript(_ command: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let word = text.dropFirst(head.count).prefix { $0 != "\n" }
        guard lines.count > 2, word.hasPrefix("<<"), !word.dropFirst(2).contains("<<"),
            word.allSatisfy({ !$0.isWhitespace }), let end = lines.last, word.contains(end.drop { $0 == "\t" }),
            !end.isEmpty
        else { return nil }
        lines.insert(command[...], at: lines.count - 1)
        return lines.joined(separator: "\n")
    }

    /// COPY or ADD with flags set; of a flag that is there already the new value counts.
    func settingFlags(_ new: [(name: String, value: String)]) -> String? {
        guard isCopy else { return nil }
        let written = WrittenFlags(text)
        let kept = written.flags.filter { flag in !new.contains { flag.hasPrefix("--\($0.name)=") } }
        let keyword = text.prefix { !$0.isWhitespace }
        return
            ([String(keyword)] + kept + new.map { "--\($0.name)=\($0.value)" } + [String(text.dropFirst(written.end))])
            .joined(separator: " ")
    }
}
