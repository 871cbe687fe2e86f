// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocument_definition
import Core
import DockerfileLint
import DockerfileSyntax

extension LanguageSession {
    /// Where the stage or the variable that stands at a place gets its meaning; null for anything else.
    func definition(_ document: inout OpenDocument, _ offset: Int) -> OrderedJSON {
        guard !document.isTooLong else { return .null }
        let file = checked(&document).file
        guard let range = Definitions(file, document.bytes).find(offset) else { return .null }
        return ["uri": .string(document.uri), "range": document.positions.json(range)]
    }

    /// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocument_documentSymbol
    ///
    /// The stages with the variables they declare, and those that stand before the first one.
    func symbols(_ document: inout OpenDocument) -> OrderedJSON {
        guard !document.isTooLong else { return [] }
        let file = checked(&document).file
        let positions = document.positions
        func variables(_ statements: ArraySlice<LintStatement>) -> [OrderedJSON] {
            statements.flatMap { statement in
                Definitions.declared(by: statement).map { name in
                    Self.symbol(
                        name.text, statement.keyword?.rawValue ?? "", .variable, statement.outer.range, name.range,
                        positions)
                }
            }
        }
        let before = file.statements.prefix { $0.stage == nil }
        let stages = file.stages.map { stage in
            let statements = file.statements[stage.statements]
            let last = statements.last?.outer.range.end ?? stage.from.image.range.end
            let first = file.statements[stage.statements.lowerBound].outer.range.start
            let name = stage.from.name ?? stage.from.image
            var symbol = Self.symbol(
                name.text, "stage \(stage.index): FROM \(stage.from.image.text)", .module, SourceRange(first, last),
                name.range, positions)
            symbol["children"] = .array(variables(statements.dropFirst()))
            return symbol
        }
        return .array(variables(before) + stages)
    }

    private enum SymbolKind: Int { case module = 2, variable = 13 }

    private static func symbol(
        _ name: String, _ detail: String, _ kind: SymbolKind, _ range: SourceRange, _ selection: SourceRange,
        _ positions: TextPositions
    ) -> OrderedJSON {
        [
            "name": .string(name.isEmpty ? "?" : name), "detail": .string(detail), "kind": .int(kind.rawValue),
            "range": positions.json(range), "selectionRange": positions.json(selection),
        ]
    }
}

/// Finds what names in a Dockerfile mean.
private struct Definitions {
    private let file: LintFile
    private let bytes: [UInt8]

    init(_ file: LintFile, _ bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    /// The name where it is declared.
    func find(_ offset: Int) -> SourceRange? {
        guard let statement = file.statements.last(where: { $0.outer.range.touches(offset) }) else { return nil }
        if let name = stageName(in: statement, at: offset) { return name.isEmpty ? nil : stage(name, statement) }
        if let variable = variable(at: offset, in: statement) { return definition(of: variable, before: statement) }
        // An ARG without a value takes that of the file.
        if case .arg(let entries) = statement.command, statement.stage != nil,
            let entry = entries.first(where: { $0.name.range.touches(offset) && $0.value == nil })
        {
            return global(entry.name.text, before: statement.index)
        }
        return nil
    }

    // MARK: Stages

    /// The text that may name a stage; nil when something else stands there.
    private func stageName(in statement: LintStatement, at offset: Int) -> String? {
        switch statement.command {
        case .from(let from) where from.image.range.touches(offset) && !from.image.text.utf8.contains(0x24):
            return from.image.text
        case .copy(let copy):
            guard let word = copy.from, word.range.touches(offset) else { return nil }
            return word.text
        case .run(let run):
            let words = run.mounts.compactMap { $0.field(.from)?.value }
            return words.first { $0.range.touches(offset) }?.text
        default: return nil
        }
    }

    private func stage(_ name: String, _ statement: LintStatement) -> SourceRange? {
        // Only stages before this one can be meant.
        let earlier = file.stages.prefix(statement.stage ?? 0)
        let isFrom = if case .from = statement.command { true } else { false }
        let stage =
            earlier.last { $0.name == name.lowercased() }
            ?? (isFrom ? nil : Int(name).flatMap { number in earlier.first { $0.index == number } })
        return stage.map { $0.from.name?.range ?? $0.from.image.range }
    }

    // MARK: Variables

    static func declared(by statement: LintStatement) -> [Word] {
        switch statement.command {
        case .arg(let entries): entries.map(\.name)
        case .env(let pairs): pairs.map(\.name)
        default: []
        }
    }

    /// The name of `$name` or `${name…}` around an offset.
    private func variable(at offset: Int, in statement: LintStatement) -> String? {
        let range = statement.outer.range
        var start = min(offset, range.end)
        if start < range.end, bytes[start] == 0x24 { start += 1 }
        if start < range.end, bytes[start] == 0x7b { start += 1 }
        var end = start
        while start > range.start, Self.isName(bytes[start - 1]) { start -= 1 }
        while end < range.end, Self.isName(bytes[end]) { end += 1 }
        guard end > start, !(0x30...0x39).contains(bytes[start]), start > range.start else { return nil }
        let isBraced = bytes[start - 1] == 0x7b && start - 1 > range.start
        guard bytes[start - (isBraced ? 2 : 1)] == 0x24 else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private static func isName(_ byte: UInt8) -> Bool {
        byte == 0x5f || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }

    private func definition(of name: String, before statement: LintStatement) -> SourceRange? {
        let isFrom = if case .from = statement.command { true } else { false }
        guard let index = statement.stage, !isFrom else { return global(name, before: statement.index) }
        var stage = file.stages[index]
        var limit = statement.index
        var seesArguments = true
        while true {
            for other in file.statements[stage.statements].reversed() where other.index < limit && !other.isTrigger {
                if case .arg = other.command, !seesArguments { continue }
                if let word = Self.declared(by: other).last(where: { $0.text == name }) { return word.range }
            }
            // A stage has the environment of the one it stands on, but not its arguments.
            guard let parent = stage.parent else { return nil }
            limit = stage.statements.lowerBound
            stage = file.stages[parent]
            seesArguments = false
        }
    }

    private func global(_ name: String, before index: Int) -> SourceRange? {
        file.statements.prefix { $0.stage == nil }.reversed().filter { $0.index < index }.lazy
            .compactMap { Self.declared(by: $0).last { $0.text == name } }.first?.range
    }
}

extension SourceRange {
    /// Editors put the pointer on a character and the cursor behind one.
    fileprivate func touches(_ offset: Int) -> Bool { start <= offset && offset <= end }
}
