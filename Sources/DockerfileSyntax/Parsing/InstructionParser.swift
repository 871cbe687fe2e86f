// https://docs.docker.com/reference/dockerfile/
import Core

/// Takes one logical line apart: keyword, flags, arguments by the keyword's grammar.
struct InstructionParser {
    let source: SourceFile
    let escape: UInt8
    var errors: [DockerfileError] = []

    /// Deepest nesting of ONBUILD that is taken apart; already the second level is an error.
    private static let depthLimit = 4

    init(source: SourceFile, escape: UInt8) {
        self.source = source
        self.escape = escape
    }

    /// The line must not be blank. Here-documents and the range up to the end are filled in by the caller.
    mutating func parse(_ line: LineScanner.LogicalLine) -> Instruction {
        let text = line.text
        let whole = Whitespace.trimmed(text.bytes, 0..<text.count)
        let body = whole.count == text.count ? text : text.slice(whole)
        var instruction = parse(body, 0..<body.count, depth: 0)
        instruction.lines = (line.first + 1)...(line.last + 1)
        instruction.comments = line.comments
        instruction.emptyContinuations = line.emptyContinuations.filter { $0.start > instruction.range.start }
        return instruction
    }

    private mutating func parse(_ body: MappedText, _ range: Range<Int>, depth: Int) -> Instruction {
        let bytes = body.bytes
        let end = bytes[range].firstIndex(where: Whitespace.isBlank) ?? range.upperBound
        let keywordWord = body.word(range.lowerBound..<end)
        let flags = FlagScanner(body, end..<range.upperBound)
        let rest = Whitespace.trimmed(bytes, flags.index..<range.upperBound)
        var instruction = Instruction(
            keyword: Keyword(anyCase: keywordWord.text), keywordWord: keywordWord, flags: flags.flags,
            body: depth == 0 ? body : body.slice(range), argumentsRange: rest, range: body.range(range), lines: 1...1)
        if depth > 0 {
            instruction.argumentsRange = (rest.lowerBound - range.lowerBound)..<(rest.upperBound - range.lowerBound)
        }
        guard let keyword = instruction.keyword else { return instruction }
        let words = WordScanner(text: body, escape: escape)
        switch keyword.grammar {
        case .words: instruction.arguments = words.blankSeparated(rest).map(body.word)
        case .text: if !rest.isEmpty { instruction.arguments = [body.word(rest)] }
        case .assignments: instruction.arguments = words.quoted(rest).map(body.word)
        case .pairs: pairs(rest, words, &instruction)
        case .jsonOrText:
            if !json(body, rest, &instruction), !rest.isEmpty { instruction.arguments = [body.word(rest)] }
        case .jsonOrWords:
            if !json(body, rest, &instruction) { instruction.arguments = words.blankSeparated(rest).map(body.word) }
        case .health: health(body, rest, &instruction)
        case .instruction:
            if !rest.isEmpty, depth < Self.depthLimit {
                instruction.nested = [parse(body, rest, depth: depth + 1)]
            }
        }
        return instruction
    }

    /// Takes a JSON array of strings; false when the text is no JSON array.
    private mutating func json(_ body: MappedText, _ range: Range<Int>, _ instruction: inout Instruction) -> Bool {
        guard !range.isEmpty, body.bytes[range.lowerBound] == UInt8(ascii: "[") else { return false }
        switch JSONArray.parse(body.bytes, range) {
        case .notJSON: return false
        case .notAString(let element):
            report(.notAllStrings, body.range(element))
            instruction.isJSON = true
            instruction.hasFaultyJSON = true
            return true
        case .strings(let strings):
            instruction.isJSON = true
            instruction.arguments += strings.map { Word($0.text, body.range($0.range)) }
            return true
        }
    }

    private mutating func pairs(_ range: Range<Int>, _ scanner: WordScanner, _ instruction: inout Instruction) {
        let body = scanner.text
        let bytes = body.bytes
        let words = scanner.quoted(range)
        guard let first = words.first else { return }
        let equals = UInt8(ascii: "=")
        guard bytes[first].contains(equals) else {
            // The old form: a name, then everything else is the value.
            guard let end = bytes[range].firstIndex(where: Whitespace.isBlank) else {
                report(.missingPairValue(keyword: instruction.name), body.range(range))
                return
            }
            let start = bytes[end..<range.upperBound].firstIndex { !Whitespace.isBlank($0) } ?? range.upperBound
            instruction.pairs = [
                Pair(
                    name: body.word(range.lowerBound..<end), value: body.word(start..<range.upperBound),
                    hasEquals: false)
            ]
            return
        }
        for word in words {
            guard let sign = bytes[word].firstIndex(of: equals) else {
                report(.missingEquals(word: body.string(word)), body.range(word))
                continue
            }
            instruction.pairs.append(
                Pair(
                    name: body.word(word.lowerBound..<sign), value: body.word((sign + 1)..<word.upperBound),
                    hasEquals: true))
        }
    }

    private mutating func health(_ body: MappedText, _ range: Range<Int>, _ instruction: inout Instruction) {
        guard !range.isEmpty else { return }
        let end = body.bytes[range].firstIndex(where: Whitespace.isASCIISpace) ?? range.upperBound
        instruction.arguments = [body.word(range.lowerBound..<end)]
        let rest = Whitespace.trimmedStart(body.bytes, end..<range.upperBound)
        if !json(body, rest, &instruction), !rest.isEmpty { instruction.arguments.append(body.word(rest)) }
    }

    private mutating func report(_ kind: DockerfileError.Kind, _ range: SourceRange) {
        errors.append(DockerfileError(kind, at: SourceSpan(source, range)))
    }
}
