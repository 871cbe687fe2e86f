import Core
import DockerfileSyntax
import ShellSyntax

extension ShellCheckScript {
    /// What a report tells about this script, at its places in the Dockerfile.
    /// - Parameter name: the file's name in the report.
    package func findings(_ report: ShellCheckReport, named name: String, in file: LintFile) -> [Finding] {
        guard let comments = report.comments[name], file.statements.indices.contains(statement) else { return [] }
        let lines = LineTable(text)
        let instruction = file.statements[statement]
        return comments.map { comment in
            let range = source(comment.start, comment.end, lines) ?? instruction.instruction.keywordWord.range
            return Finding(
                code: Self.code(comment.code), severity: comment.severity, message: Self.sentence(comment.message),
                range: range, instruction: instruction.index, fix: fix(comment, lines, file.source))
        }
    }

    private static func code(_ number: Int) -> String {
        let digits = String(number)
        return "SC" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    private static func sentence(_ message: String) -> String {
        message.hasSuffix(".") && !message.hasSuffix("..") ? String(message.dropLast()) : message
    }

    /// The range in the Dockerfile; nil for what is about the lines that were put before the script.
    private func source(
        _ start: ShellCheckReport.Place, _ end: ShellCheckReport.Place, _ lines: LineTable
    ) -> SourceRange? {
        guard let range = range(start, end, lines) else { return nil }
        return script.range(range)
    }

    /// The range in the script.
    private func range(
        _ start: ShellCheckReport.Place, _ end: ShellCheckReport.Place, _ lines: LineTable
    ) -> Range<Int>? {
        guard start.line > headerLines, let from = lines.offset(start), let to = lines.offset(end) else { return nil }
        let limit = script.shell.text.count
        let low = min(from - headerLength + self.start, limit)
        let high = min(max(from, to) - headerLength + self.start, limit)
        return low..<max(low, high)
    }

    /// shellcheck's own fix, where its edits can be made in the Dockerfile as they are.
    private func fix(_ comment: ShellCheckReport.Comment, _ lines: LineTable, _ source: SourceFile) -> Fix? {
        guard !comment.replacements.isEmpty else { return nil }
        var edits: [TextEdit] = []
        let ordered = comment.replacements.enumerated().sorted { left, right in
            (left.element.start.line, left.element.start.column, left.element.precedence, left.offset)
                < (right.element.start.line, right.element.start.column, right.element.precedence, right.offset)
        }
        for (_, replacement) in ordered {
            guard !replacement.text.utf8.contains(where: { $0 == 0x0a || $0 == 0x0d }),
                let part = range(replacement.start, replacement.end, lines)
            else { return nil }
            let place = script.range(part)
            // Something of the Dockerfile's, such as a continuation, may lie in between.
            guard place.end - place.start == part.count, place.end <= source.bytes.count,
                source.bytes[place.start..<place.end].elementsEqual(script.shell.text[part])
            else { return nil }
            edits.append(TextEdit(place, replacement.text))
        }
        return Fix("as ShellCheck proposes: \(Self.title(edits))", edits, isSafe: false)
    }

    private static func title(_ edits: [TextEdit]) -> String {
        let added = edits.map(\.text).filter { !$0.isEmpty }
        if added.isEmpty { return "take it away" }
        if added == ["\"", "\""] { return "put it in quotes" }
        return "write " + added.map { "'\($0.trimmingBlanks)'" }.joined(separator: ", ")
    }
}

extension String {
    fileprivate var trimmingBlanks: Substring {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// Finds offsets by line and character.
private struct LineTable {
    private let text: [UInt8]
    private var starts = [0]

    init(_ text: [UInt8]) {
        self.text = text
        for (index, byte) in text.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
    }

    func offset(_ place: ShellCheckReport.Place) -> Int? {
        guard place.line >= 1, place.line <= starts.count, place.column >= 1 else { return nil }
        var offset = starts[place.line - 1]
        var left = place.column - 1
        while left > 0, offset < text.count, text[offset] != UInt8(ascii: "\n") {
            offset += 1
            while offset < text.count, text[offset] & 0xc0 == 0x80 { offset += 1 }
            left -= 1
        }
        return offset
    }
}
