import Core
import DockerfileSyntax

/// What stands before the cursor: the part of an instruction that is written so far, as one line.
struct InstructionContext {
    /// The line that the cursor is on, up to it.
    let line: String
    /// Nil where a new instruction begins, and in comments.
    let keyword: Keyword?
    /// What stands between the keyword and the word at the cursor.
    let words: [String]
    /// The word that ends at the cursor; empty behind a blank.
    let word: String
    /// Offset of the word's first byte.
    let wordStart: Int
    /// The cursor is in the body of a here-document.
    let isInHeredoc: Bool

    var isComment: Bool { line.drop { $0 == " " || $0 == "\t" }.hasPrefix("#") }

    init(_ dockerfile: Dockerfile, _ positions: TextPositions, _ offset: Int) {
        let bytes = positions.bytes
        let lineStart = dockerfile.source.lineStarts[dockerfile.source.line(at: offset)]
        line = String(decoding: bytes[lineStart..<offset], as: UTF8.self)
        let lineNumber = dockerfile.source.line(at: offset) + 1
        let instruction = dockerfile.instructions.last { $0.range.start < offset && $0.lines.contains(lineNumber) }
        isInHeredoc =
            instruction?.heredocs.contains { $0.bodyRange.start <= offset && offset <= $0.bodyRange.end } ?? false
        var text = Array(bytes[(instruction?.range.start ?? lineStart)..<offset])
        Self.join(&text, escape: dockerfile.escape)
        var start = text.count
        while start > 0, !Self.isBlank(text[start - 1]) { start -= 1 }
        word = String(decoding: text[start...], as: UTF8.self)
        wordStart = offset - (text.count - start)
        var words = text[..<start].split(whereSeparator: Self.isBlank).map { String(decoding: $0, as: UTF8.self) }
        // The trigger of an ONBUILD is what it is about.
        if words.first?.uppercased() == "ONBUILD" { words.removeFirst() }
        keyword = words.first.flatMap { Keyword(anyCase: $0) }
        self.words = Array(words.dropFirst())
    }

    /// The words that are no flags.
    var arguments: [String] { words.filter { !$0.hasPrefix("--") } }

    /// Puts the lines of an instruction behind each other, without continuations and the comments between them.
    private static func join(_ text: inout [UInt8], escape: UInt8) {
        guard text.contains(0x0a) else { return }
        var out: [UInt8] = []
        for line in text.split(separator: 0x0a, omittingEmptySubsequences: false) {
            if !out.isEmpty, line.drop(while: isBlank).first == UInt8(ascii: "#") { continue }
            var line = line
            while let last = line.last, isBlank(last) || last == 0x0d { line.removeLast() }
            if line.last == escape { line.removeLast() }
            if !out.isEmpty { out.append(0x20) }
            out.append(contentsOf: line)
        }
        // Blanks behind the cursor's word are the end of a word.
        if let last = text.last, isBlank(last) { out.append(0x20) }
        text = out
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
