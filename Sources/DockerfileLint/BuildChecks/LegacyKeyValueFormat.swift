import Core
import DockerfileSyntax

enum LegacyKeyValueFormat: LintRule {
    static let info = RuleInfo(
        check: "LegacyKeyValueFormat", page: "legacy-key-value-format",
        "Legacy key/value format with whitespace separator should not be used",
        why: """
            `ENV NAME value` takes everything to the end of the line for the value, so that `ENV A=1 B=2` and `ENV A 1 \
            B=2` mean different things. With `=` one line sets one variable or many, and quotes say where values end.
            """,
        bad: .init("FROM debian:12\nENV GREETING good morning\n"),
        good: .init("FROM debian:12\nENV GREETING=\"good morning\"\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.env) || statement.isPlain(.label) {
            guard let pair = statement.instruction.pairs.first, !pair.hasEquals else { continue }
            let name = statement.instruction.keywordWord.text
            report.add(
                pair.name.range.union(pair.value.range), in: statement,
                "\"\(name) key=value\" should be used instead of legacy \"\(name) key value\" format",
                fix: fix(statement.instruction, pair, file))
        }
    }

    /// The blanks become `=`; a value of several words is put in quotes, or its blanks are escaped if it has quotes.
    private static func fix(_ instruction: Instruction, _ pair: Pair, _ file: LintFile) -> Fix? {
        let escape = file.dockerfile.escape
        guard !pair.name.text.utf8.contains(where: { $0 == quote || $0 == apostrophe || $0 == escape }) else {
            return nil
        }
        let gap = SourceRange(pair.name.range.end, pair.value.range.start)
        let value = Array(pair.value.text.utf8)
        if value.isEmpty { return nil }
        var edits = [TextEdit(gap, "=")]
        switch Shape(value, escape: escape) {
        case .word: break
        case .words:
            edits[0].text = "=\""
            edits.append(.insert("\"", at: pair.value.range.end))
        case .quotedWords(let blanks):
            let mapped = instruction.body.range(instruction.argumentsRange)
            guard mapped.end == pair.value.range.end, file.source.text(pair.value.range) == pair.value.text else {
                return nil
            }
            let sign = String(UnicodeScalar(escape))
            edits += blanks.map { .insert(sign, at: pair.value.range.start + $0) }
        case .broken: return nil
        }
        return Fix("write \(pair.name.text)=…", edits)
    }

    private static let quote = UInt8(ascii: "\"")
    private static let apostrophe = UInt8(ascii: "'")

    private enum Shape {
        /// Reads as one word wherever it stands.
        case word
        /// Has blanks, and no quotes or escapes.
        case words
        /// With the places of the blanks outside quotes.
        case quotedWords([Int])
        /// A quote without an end, or an escape at the end.
        case broken

        init(_ value: [UInt8], escape: UInt8) {
            let hasBlanks = value.contains { $0 == 0x20 || $0 == 0x09 }
            let hasQuotes = value.contains { $0 == quote || $0 == apostrophe || $0 == escape }
            guard hasQuotes else {
                self = hasBlanks ? .words : .word
                return
            }
            guard let blanks = blanks(outsideQuotes: value, escape) else {
                self = .broken
                return
            }
            self = blanks.isEmpty ? .word : .quotedWords(blanks)
        }
    }

    /// - Returns: nil when a quote has no end, or an escape is the last byte.
    private static func blanks(outsideQuotes value: [UInt8], _ escape: UInt8) -> [Int]? {
        var out: [Int] = []
        var open: UInt8?
        var index = 0
        while index < value.count {
            let byte = value[index]
            if byte == escape, open != apostrophe {
                guard index + 1 < value.count else { return nil }
                index += 2
                continue
            }
            if let mark = open {
                if byte == mark { open = nil }
            } else if byte == quote || byte == apostrophe {
                open = byte
            } else if byte == 0x20 || byte == 0x09 {
                out.append(index)
            }
            index += 1
        }
        return open == nil ? out : nil
    }
}
