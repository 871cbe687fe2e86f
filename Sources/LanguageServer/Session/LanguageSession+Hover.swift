// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocument_hover
import Core
import DockerfileLint
import DockerfileSyntax

extension LanguageSession {
    /// Rules that one hover tells about; more would be a page.
    private static let hoverLimit = 3

    /// What is to be said about a place: the rules of its findings, the stage or flag or instruction that stands there,
    /// the rule whose code does.
    func hover(_ document: inout OpenDocument, _ offset: Int) -> OrderedJSON {
        guard !document.isTooLong else { return .null }
        let checked = checked(&document)
        let dockerfile = checked.file.dockerfile
        if let comment = dockerfile.comments.first(where: { $0.range.holds(offset) })?.range
            ?? dockerfile.directives.first(where: { $0.range.holds(offset) })?.range
        {
            return Self.code(in: comment, at: offset, document.positions).map { hover($0.text, $0.range, document) }
                ?? .null
        }
        guard let instruction = dockerfile.instructions.last(where: { $0.range.holds(offset) }) else { return .null }
        let inner = instruction.nested.first.flatMap { $0.range.holds(offset) ? $0 : nil } ?? instruction
        if let (text, range) = part(of: inner, at: offset, dockerfile) { return hover(text, range, document) }
        let findings = checked.findings.filter { $0.range.holds(offset) }
        guard !findings.isEmpty else {
            guard let text = Self.manual(inner) else { return .null }
            return hover(text, inner.keywordWord.range, document)
        }
        var told: Set<String> = []
        let texts = findings.filter { told.insert($0.code).inserted }.prefix(Self.hoverLimit).map(Self.text)
        let range = findings.dropFirst().reduce(findings[0].range) { range, finding in
            SourceRange(max(range.start, finding.range.start), min(range.end, finding.range.end))
        }
        return hover(texts.joined(separator: "\n\n---\n\n"), range, document)
    }

    private func hover(_ text: String, _ range: SourceRange, _ document: OpenDocument) -> OrderedJSON {
        [
            "contents": ["kind": "markdown", "value": .string(text)], "range": document.positions.json(range),
        ]
    }

    // MARK: Rules

    private static func text(_ finding: Finding) -> String {
        var out = "### \(finding.code)\n\n"
        guard let info = RuleBook.info(finding.code) else {
            out += finding.message
            if let reference = RuleBook.reference(finding.code) { out += "\n\nMore: <\(reference)>" }
            return out
        }
        if finding.message != info.title { out += finding.message + "\n\n" }
        return out + RuleBook.markdown(info)
    }

    /// The rule whose code stands at a place of a comment.
    private static func code(
        in comment: SourceRange, at offset: Int, _ positions: TextPositions
    ) -> (text: String, range: SourceRange)? {
        func isWord(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        }
        var start = offset
        var end = offset
        while start > comment.start, isWord(positions.bytes[start - 1]) { start -= 1 }
        while end < comment.end, isWord(positions.bytes[end]) { end += 1 }
        let word = String(decoding: positions.bytes[start..<end], as: UTF8.self)
        if let info = RuleBook.find(word) {
            return ("### \(info.code)\n\n" + RuleBook.markdown(info), SourceRange(start, end))
        }
        return RuleBook.isKnown(word) ? RuleBook.other(word).map { ($0, SourceRange(start, end)) } : nil
    }

    // MARK: The language

    /// The keyword, a flag, or the name of a stage, if one stands there.
    private func part(
        of instruction: Instruction, at offset: Int, _ dockerfile: Dockerfile
    ) -> (text: String, range: SourceRange)? {
        if instruction.keywordWord.range.holds(offset), let text = Self.manual(instruction) {
            return (text, instruction.keywordWord.range)
        }
        for flag in instruction.flags where flag.range.holds(offset) {
            if flag.name.text == "from", let value = flag.value, value.range.holds(offset) {
                return Self.stage(value.text, before: offset, dockerfile).map { ($0, value.range) }
            }
            return Self.manual(flag, of: instruction).map { ($0, flag.range) }
        }
        if instruction.keyword == .from, let image = instruction.arguments.first, image.range.holds(offset) {
            return Self.stage(image.text, before: offset, dockerfile).map { ($0, image.range) }
        }
        return nil
    }

    /// How an instruction is written, and what its flags are for.
    static func manual(_ instruction: Instruction) -> String? {
        guard let keyword = instruction.keyword, let support = DockerfileSupport.instruction(keyword) else {
            return nil
        }
        let usages = support.usage.split(separator: "  or  ").joined(separator: "\n")
        var out = "```dockerfile\n\(usages)\n```"
        if !support.note.isEmpty { out += "\n\n\(support.note)" }
        let flags = support.flags.filter { $0.status != .refused }
        if !flags.isEmpty {
            out +=
                "\n\n" + flags.map { "- `\($0.name)`\($0.note.isEmpty ? "" : ": " + $0.note)" }.joined(separator: "\n")
        }
        return out + "\n\nMore: <https://docs.docker.com/reference/dockerfile/#\(keyword.rawValue.lowercased())>"
    }

    private static func manual(_ flag: Flag, of instruction: Instruction) -> String? {
        guard let keyword = instruction.keyword, let support = DockerfileSupport.instruction(keyword) else {
            return nil
        }
        let name = "--" + flag.name.text
        let features = support.flags.filter { $0.name == name || $0.name.hasPrefix(name + "=") }
        guard !features.isEmpty else { return nil }
        return features.map { "`\($0.name)`\($0.note.isEmpty ? "" : ": " + $0.note)" }.joined(separator: "\n\n")
    }

    private static func stage(_ name: String, before offset: Int, _ dockerfile: Dockerfile) -> String? {
        let earlier = dockerfile.stages.filter { $0.instruction.range.end < offset }
        let stage =
            earlier.last { $0.name == name.lowercased() }
            ?? Int(name).flatMap { number in
                earlier.first { $0.index == number && number < earlier.count }
            }
        guard let stage else { return nil }
        let text = stage.instruction.text
        return "stage \(stage.index), line \(stage.instruction.lines.lowerBound)\n\n```dockerfile\n\(text)\n```"
    }
}

extension SourceRange {
    /// Editors put the pointer on a character and the cursor behind one.
    fileprivate func holds(_ offset: Int) -> Bool { start <= offset && offset <= end }
}
