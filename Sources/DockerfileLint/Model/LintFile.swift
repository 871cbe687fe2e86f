package import Core
package import DockerfileSyntax
import ShellSyntax

/// A Dockerfile with everything that several rules want to know, worked out once.
package struct LintFile: Sendable {
    package let dockerfile: Dockerfile
    package let errors: [DockerfileError]
    package let statements: [LintStatement]
    package let stages: [LintStage]
    package let settings: LintSettings
    /// Nil when nothing is known but the file, as for text from standard input.
    package let project: (any LintProject)?

    package var source: SourceFile { dockerfile.source }

    package init(parsing source: SourceFile, settings: LintSettings = LintSettings(), project: (any LintProject)? = nil)
    {
        let parsed = Dockerfile.parse(source)
        dockerfile = parsed.dockerfile
        errors = parsed.errors
        self.settings = settings
        self.project = project
        var builder = LintFileBuilder(dockerfile: parsed.dockerfile)
        builder.build()
        statements = builder.statements
        stages = builder.stages
    }

    /// The statements of a stage, its FROM first.
    package func statements(of stage: LintStage) -> ArraySlice<LintStatement> { statements[stage.statements] }
}

/// A FROM and what follows it.
package struct LintStage: Sendable {
    package let index: Int
    package let from: FromCommand
    /// Indexes in the file's statements, FROM included.
    package internal(set) var statements: Range<Int>
    /// The stage that FROM names; nil for an image.
    package let parent: Int?
    /// In lower case.
    package let name: String?
}

/// Puts instructions, shells and stages together.
struct LintFileBuilder {
    let dockerfile: Dockerfile
    var statements: [LintStatement] = []
    var stages: [LintStage] = []
    private var shell = LintShell.posix("sh")

    init(dockerfile: Dockerfile) { self.dockerfile = dockerfile }

    mutating func build() {
        statements.reserveCapacity(dockerfile.instructions.count)
        for (index, outer) in dockerfile.instructions.enumerated() {
            let command = dockerfile.commands[index]
            if case .from(let from) = command { open(from) }
            if case .shell(let words) = command { shell = LintShell(words.map(\.text)) }
            let instruction = outer.nested.first ?? outer
            var inner = command
            if case .onbuild(let onbuild) = command { inner = onbuild.trigger.command }
            statements.append(
                LintStatement(
                    index: index, instruction: instruction, outer: outer, command: inner,
                    stage: stages.isEmpty ? nil : stages.count - 1, shell: shell,
                    script: script(of: instruction, inner)))
        }
        close()
    }

    private mutating func open(_ from: FromCommand) {
        close()
        shell = .posix("sh")
        let wanted = from.image.text.lowercased()
        let parent = stages.lastIndex { $0.name == wanted }
        stages.append(
            LintStage(
                index: stages.count, from: from, statements: statements.count..<statements.count, parent: parent,
                name: from.name?.text.lowercased()))
    }

    private mutating func close() {
        guard let last = stages.indices.last else { return }
        stages[last].statements = stages[last].statements.lowerBound..<statements.count
    }

    /// What RUN gives to the shell: its line, or the here-document that is the whole script.
    private func script(of instruction: Instruction, _ command: Command?) -> LintScript? {
        guard case .run(let run) = command, case .posix = shell else { return nil }
        switch run.line.form {
        case .exec(let words): return LintScript(words: words)
        case .shell:
            if let heredoc = instruction.heredocs.first, instruction.heredocs.count == 1,
                instruction.body.range(instruction.argumentsRange) == heredoc.word.range
            {
                guard !heredoc.rawContent.starts(with: Array("#!".utf8)) else { return nil }
                return LintScript(
                    shell: ShellScript.parse(heredoc.rawContent), place: .body(heredoc.bodyRange.start))
            }
            let range = instruction.argumentsRange
            return LintScript(
                shell: ShellScript.parse(Array(instruction.body.bytes[range])),
                place: .line(instruction.body, start: range.lowerBound))
        }
    }
}

extension LintScript {
    /// The JSON form read as if its words were written on a line, which is how rules about programs see it.
    fileprivate init(words: [Word]) {
        var text: [UInt8] = []
        var starts: [Int] = []
        for word in words {
            if !text.isEmpty { text.append(UInt8(ascii: " ")) }
            starts.append(text.count)
            text.append(contentsOf: word.text.utf8)
        }
        self.init(shell: ShellScript.parse(text), place: .words(words, starts: starts))
    }
}

extension LintShell {
    /// From the words of SHELL.
    init(_ words: [String]) {
        let program = words.first.map { String($0.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? "") } ?? ""
        switch program.lowercased() {
        case "sh", "bash", "ash", "dash", "ksh", "zsh": self = .posix(program.lowercased())
        default: self = .other(program)
        }
    }
}
