import Core

extension ParseResult {
    /// The tree and the errors as JSON, for other programs. A place is `{"line", "column", "offset"}`, line and column
    /// from 1, the column and the offset in bytes; the end of a range is behind its last byte.
    package func json() -> String {
        let places = Places(source: dockerfile.source)
        var members: [(String, JSONNode)] = [
            ("name", .string(dockerfile.source.name)),
            ("escape", .string(String(UnicodeScalar(dockerfile.escape)))),
            ("directives", .array(dockerfile.directives.map(places.directive))),
            ("instructions", .array(dockerfile.instructions.map(places.instruction))),
            ("stages", .array(dockerfile.stages.map(places.stage))),
            ("comments", .array(dockerfile.comments.map(places.comment))),
        ]
        members.append(("errors", .array(diagnostics.map(places.diagnostic))))
        var out = ""
        JSONNode.object(members).write(to: &out)
        return out + "\n"
    }
}

/// Makes JSON of the parts of a tree.
private struct Places {
    let source: SourceFile

    func place(_ offset: Int) -> JSONNode {
        let (line, column) = source.position(at: offset)
        return .object([("line", .number(line)), ("column", .number(column)), ("offset", .number(offset))])
    }

    func range(_ range: SourceRange) -> JSONNode {
        .object([("start", place(range.start)), ("end", place(range.end))])
    }

    func word(_ word: Word) -> JSONNode { .object([("text", .string(word.text)), ("range", range(word.range))]) }

    func directive(_ directive: Directive) -> JSONNode {
        .object([
            ("name", .string(directive.name.rawValue)), ("value", word(directive.value)),
            ("range", range(directive.range)),
        ])
    }

    func comment(_ comment: Comment) -> JSONNode {
        .object([("text", .string(comment.text)), ("range", range(comment.range))])
    }

    func stage(_ stage: Stage) -> JSONNode {
        .object([
            ("index", .number(stage.index)), ("name", .optional(stage.name)), ("image", word(stage.from.image)),
            ("platform", stage.from.platform.map(word) ?? .null),
            ("line", .number(stage.instruction.lines.lowerBound)),
            ("instructions", .number(stage.statements.count)),
        ])
    }

    func instruction(_ instruction: Instruction) -> JSONNode {
        var members: [(String, JSONNode)] = [
            ("keyword", .optional(instruction.keyword?.rawValue)), ("word", word(instruction.keywordWord)),
            ("range", range(instruction.range)), ("text", .string(instruction.text)),
            ("json", .bool(instruction.isJSON)),
        ]
        if !instruction.flags.isEmpty { members.append(("flags", .array(instruction.flags.map(flag)))) }
        if !instruction.pairs.isEmpty { members.append(("pairs", .array(instruction.pairs.map(pair)))) }
        if !instruction.arguments.isEmpty { members.append(("arguments", .array(instruction.arguments.map(word)))) }
        if !instruction.heredocs.isEmpty { members.append(("heredocs", .array(instruction.heredocs.map(heredoc)))) }
        if let nested = instruction.nested.first { members.append(("trigger", self.instruction(nested))) }
        return .object(members)
    }

    func flag(_ flag: Flag) -> JSONNode {
        .object([
            ("name", word(flag.name)), ("value", flag.value.map(word) ?? .null), ("range", range(flag.range)),
        ])
    }

    func pair(_ pair: Pair) -> JSONNode {
        .object([("name", word(pair.name)), ("value", word(pair.value)), ("equals", .bool(pair.hasEquals))])
    }

    func heredoc(_ heredoc: Heredoc) -> JSONNode {
        .object([
            ("name", .string(heredoc.name)), ("expand", .bool(heredoc.expand)), ("chomp", .bool(heredoc.chomp)),
            ("fileDescriptor", .number(Int(heredoc.fileDescriptor))), ("word", word(heredoc.word)),
            ("body", range(heredoc.bodyRange)), ("terminator", range(heredoc.terminatorRange)),
        ])
    }

    func diagnostic(_ diagnostic: Diagnostic) -> JSONNode {
        .object([
            ("severity", .string(diagnostic.severity.rawValue)), ("code", .string(diagnostic.code)),
            ("message", .string(diagnostic.message)), ("hint", .optional(diagnostic.hint)),
            ("range", diagnostic.span.map { range($0.range) } ?? .null),
        ])
    }
}
