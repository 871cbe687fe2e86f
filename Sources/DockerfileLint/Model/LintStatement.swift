package import Core
package import DockerfileSyntax
package import ShellSyntax

/// One instruction as rules see it. The trigger of an ONBUILD stands in the place of the ONBUILD.
///
/// Every rule walks over all of them: as objects they are passed on without being copied.
package final class LintStatement: Sendable {
    /// Index in `Dockerfile.instructions`.
    package let index: Int
    /// For a trigger, the inner instruction.
    package let instruction: Instruction
    /// The whole instruction as it stands in the file: for a trigger, the ONBUILD.
    package let outer: Instruction
    /// Nil where errors leave no meaning: rules can still look at ``instruction``.
    package let command: Command?
    /// Index of the stage; nil before the first FROM.
    package let stage: Int?
    /// The shell that runs shell form here.
    package let shell: LintShell
    /// What RUN gives to a POSIX shell; nil for other shells and for here-documents that name their own interpreter.
    package let script: LintScript?
    /// What hadolint reads as a script: it takes every shell for a POSIX one, and of here-documents that aren't the whole
    /// script only what stands before them. Nil when its reader gives up.
    let anyScript: LintScript?
    /// The programs that ``shellCommands`` start.
    let calls: [(command: ShellCommand, call: Call)]

    init(
        index: Int, instruction: Instruction, outer: Instruction, command: Command?, stage: Int?, shell: LintShell,
        script: LintScript?, anyScript: LintScript?
    ) {
        self.index = index
        self.instruction = instruction
        self.outer = outer
        self.command = command
        self.stage = stage
        self.shell = shell
        self.script = script
        self.anyScript = anyScript
        let commands = script.flatMap { $0.shell.isReadable ? $0.shell.commands : nil } ?? []
        calls = commands.compactMap { command in Call(command).map { (command, $0) } }
    }

    package var isTrigger: Bool { outer.keyword == .onbuild }
    package var keyword: Keyword? { instruction.keyword }

    /// The shell commands of RUN; none when they can't be read, or are for a shell that isn't POSIX.
    package var shellCommands: [ShellCommand] {
        guard let script, script.shell.isReadable else { return [] }
        return script.shell.commands
    }

    /// The shell commands of RUN as hadolint's rules look at them, whatever the shell is: see ``anyScript``.
    package var hadolintCommands: [ShellCommand] {
        anyScript?.shell.commands ?? []
    }
}

/// The shell that SHELL, or the default, names.
package enum LintShell: Sendable, Hashable {
    /// A POSIX shell, by its program's name: `sh`, `bash`, `ash`, `dash`, `ksh`, `zsh`.
    case posix(String)
    /// PowerShell, cmd, or anything else.
    case other(String)
}

/// A script inside a Dockerfile.
package struct LintScript: Sendable {
    /// Where its bytes are in the file.
    enum Place: Sendable {
        /// Behind the flags of a logical line.
        case line(MappedText, start: Int)
        /// The body of a here-document, from this offset.
        case body(Int)
        /// A part of a logical line, an end of line, and the body of a here-document from this offset.
        case joined(MappedText, Range<Int>, body: Int)
        /// The words of the JSON form with a blank between them: a range is that of all words it touches.
        case words([Word], starts: [Int])
    }

    package let shell: ShellScript
    let place: Place

    /// The range in the file that holds a range of the script.
    package func range(_ range: Range<Int>) -> SourceRange {
        switch place {
        case .line(let text, let start):
            return text.range((start + range.lowerBound)..<(start + range.upperBound))
        case .joined(let text, let line, let body):
            let inLine = range.clamped(to: 0..<line.count)
            let first = range.lowerBound > line.count ? body + range.lowerBound - line.count - 1 : nil
            let last = range.upperBound > line.count ? body + range.upperBound - line.count - 1 : nil
            let part = text.range((line.lowerBound + inLine.lowerBound)..<(line.lowerBound + inLine.upperBound))
            return SourceRange(first ?? part.start, max(first ?? part.start, last ?? part.end))
        case .body(let offset): return SourceRange(offset + range.lowerBound, offset + range.upperBound)
        case .words(let words, let starts):
            guard let first = starts.lastIndex(where: { $0 <= range.lowerBound }) else { return SourceRange(0, 0) }
            let last = starts.lastIndex { $0 < max(range.upperBound, range.lowerBound + 1) } ?? first
            return words[first].range.union(words[last].range)
        }
    }

    /// The bytes of the script stand in the file as they are, so that fixes may edit parts of words.
    package var isEditable: Bool {
        if case .words = place { return false }
        return true
    }
}
