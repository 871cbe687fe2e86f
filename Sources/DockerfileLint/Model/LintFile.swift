package import Core
package import DockerfileSyntax
import ShellSyntax

/// A Dockerfile with everything that several rules want to know, worked out once.
package struct LintFile: Sendable {
    package let dockerfile: Dockerfile
    package let errors: [DockerfileError]
    package let statements: [LintStatement]
    package let stages: [LintStage]
    /// Of all instructions, triggers too.
    let keywords: Set<Keyword>
    package let settings: LintSettings
    let checks: FileChecks
    /// Nil when nothing is known but the file, as for text from standard input.
    package let project: (any LintProject)?

    /// See ``deliveries``: several rules ask for them, and a file without stages that compile has no need of them.
    let knownDeliveries = OnDemand<[Delivery]>()
    /// See ``image(of:)``, by stage.
    let knownImages = OnDemand<[String?]>()
    /// See ``finalStatements``.
    let knownFinalStatements = OnDemand<[LintStatement]>()

    package var source: SourceFile { dockerfile.source }

    package init(parsing source: SourceFile, settings: LintSettings = LintSettings(), project: (any LintProject)? = nil)
    {
        let parsed = Dockerfile.parse(source)
        dockerfile = parsed.dockerfile
        errors = parsed.errors
        self.settings = settings
        checks = FileChecks(parsed.dockerfile, given: settings.checks)
        self.project = project
        var builder = LintFileBuilder(dockerfile: parsed.dockerfile)
        builder.build()
        statements = builder.statements
        keywords = Set(builder.statements.lazy.compactMap(\.keyword))
        stages = builder.stages
    }

    /// The last statement that starts at a place or before it.
    func statement(at offset: Int) -> LintStatement? {
        var (low, high) = (0, statements.count)
        while low < high {
            let middle = (low + high) / 2
            if statements[middle].outer.range.start <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? statements[low - 1] : nil
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
    /// The stage below all others that this one stands on, whose FROM names an image: itself when ``parent`` is nil.
    package let root: Int
    /// In lower case.
    package let name: String?
}

/// Puts instructions, shells and stages together.
struct LintFileBuilder {
    let dockerfile: Dockerfile
    var statements: [LintStatement] = []
    var stages: [LintStage] = []
    private var shell = LintShell.posix("sh")
    /// The last stage of each name.
    private var stageNames: [String: Int] = [:]
    /// The shell at the end of each stage, which is part of the image that the next one stands on.
    private var shells: [LintShell] = []

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
            let scripts = scripts(of: instruction, inner)
            let any = scripts.any.flatMap { $0.isReadableByShellCheck ? $0 : nil }
            statements.append(
                LintStatement(
                    index: index, instruction: instruction, outer: outer, command: inner,
                    stage: stages.isEmpty ? nil : stages.count - 1, shell: shell,
                    script: scripts.real, anyScript: any))
        }
        close()
    }

    private mutating func open(_ from: FromCommand) {
        close()
        let wanted = from.image.text.lowercased()
        let parent = stageNames[wanted]
        shell = parent.map { shells[$0] } ?? (ImageIdentity(from.image.text).isWindows ? .other("cmd") : .posix("sh"))
        stages.append(
            LintStage(
                index: stages.count, from: from, statements: statements.count..<statements.count, parent: parent,
                root: parent.map { stages[$0].root } ?? stages.count, name: from.name?.text.lowercased()))
        if let name = from.name { stageNames[name.text.lowercased()] = stages.count - 1 }
    }

    private mutating func close() {
        guard let last = stages.indices.last else { return }
        shells.append(shell)
        stages[last].statements = stages[last].statements.lowerBound..<statements.count
    }

    /// What RUN gives to the shell, and what hadolint takes for it.
    private func scripts(of instruction: Instruction, _ command: Command?) -> (real: LintScript?, any: LintScript?) {
        guard case .run(let run) = command else { return (nil, nil) }
        let isPosix = if case .posix = shell { true } else { false }
        if case .exec(let words) = run.line.form {
            let script = LintScript(words: words)
            return (isPosix ? script : nil, script)
        }
        let line = instruction.argumentsRange
        guard let heredoc = instruction.heredocs.first,
            let mark = instruction.body.index(of: heredoc.word.range.start, in: line)
        else {
            let script = LintScript(line: instruction.body, line)
            return (isPosix ? script : nil, script)
        }
        if mark > line.lowerBound {
            return (
                isPosix ? LintScript(line: instruction.body, line) : nil,
                LintScript(line: instruction.body, line.lowerBound..<mark)
            )
        }
        let rest = (mark + heredoc.word.range.end - heredoc.word.range.start)..<line.upperBound
        guard instruction.body.bytes[rest].allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) else {
            return (
                isPosix ? LintScript(line: instruction.body, line) : nil,
                LintScript(line: instruction.body, rest, heredoc: heredoc)
            )
        }
        let script = LintScript(heredoc: heredoc)
        let isShell = isPosix && !heredoc.rawContent.starts(with: "#!".utf8)
        return (isShell ? script : nil, script)
    }
}

extension LintScript {
    fileprivate init(line: MappedText, _ range: Range<Int>) {
        self.init(
            shell: ShellScript.parse(Array(line.bytes[range])), place: .line(line, start: range.lowerBound))
    }

    /// A here-document that is the whole script.
    fileprivate init(heredoc: Heredoc) {
        self.init(shell: ShellScript.parse(heredoc.rawContent), place: .body(heredoc.bodyRange.start))
    }

    /// What follows the sign of a here-document on its line, and its body, as one script.
    fileprivate init(line: MappedText, _ range: Range<Int>, heredoc: Heredoc) {
        self.init(
            shell: ShellScript.parse(line.bytes[range] + [UInt8(ascii: "\n")] + heredoc.rawContent),
            place: .joined(line, range, body: heredoc.bodyRange.start))
    }

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

extension MappedText {
    /// The index of the byte that stands at an offset of the file; nil when it isn't in this part of the text.
    fileprivate func index(of place: Int, in part: Range<Int>) -> Int? {
        var low = part.lowerBound
        var high = part.upperBound
        while low < high {
            let middle = (low + high) / 2
            if offset(middle) < place { low = middle + 1 } else { high = middle }
        }
        return low < part.upperBound && offset(low) == place ? low : nil
    }
}
