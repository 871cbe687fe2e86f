// https://docs.docker.com/reference/dockerfile/#parser-directives
import Core

/// Reads the parser directives: comments of a certain form, before anything else in the file.
struct DirectiveScanner {
    private(set) var directives: [Directive] = []
    private(set) var errors: [DockerfileError] = []
    /// Lines that hold directives.
    private(set) var lines = 0

    init(_ scanner: LineScanner) {
        let source = scanner.source
        let bytes = source.bytes
        while lines < scanner.lineCount {
            let content = Whitespace.trimmedStart(bytes, scanner.content(lines))
            guard let (name, value) = Self.split(bytes, content) else { return }
            let range = SourceRange(content.lowerBound, content.upperBound)
            let word = Word(
                String(decoding: bytes[value], as: UTF8.self), SourceRange(value.lowerBound, value.upperBound))
            lines += 1
            if directives.contains(where: { $0.name == name }) {
                errors.append(DockerfileError(.repeatedDirective(name.rawValue), at: SourceSpan(source, range)))
                continue
            }
            directives.append(Directive(name: name, value: word, range: range))
            switch name {
            case .escape where word.text != "\\" && word.text != "`":
                errors.append(DockerfileError(.invalidEscape(word.text), at: SourceSpan(source, word.range)))
            case .syntax where !Self.isKnownFrontend(word.text):
                errors.append(DockerfileError(.foreignFrontend(word.text), at: SourceSpan(source, word.range)))
            default: break
            }
        }
    }

    /// `# name = value`; nil for everything else, which ends the directives.
    private static func split(
        _ bytes: [UInt8], _ line: Range<Int>
    ) -> (name: Directive.Name, value: Range<Int>)? {
        guard !line.isEmpty, bytes[line.lowerBound] == UInt8(ascii: "#") else { return nil }
        var index = Whitespace.trimmedStart(bytes, (line.lowerBound + 1)..<line.upperBound).lowerBound
        let start = index
        while index < line.upperBound, isNameByte(bytes[index], first: index == start) { index += 1 }
        guard index > start else { return nil }
        let name = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
        while index < line.upperBound, Whitespace.isASCIISpace(bytes[index]) { index += 1 }
        guard index < line.upperBound, bytes[index] == UInt8(ascii: "=") else { return nil }
        index += 1
        while index < line.upperBound, Whitespace.isASCIISpace(bytes[index]) { index += 1 }
        var end = line.upperBound
        while end > index, Whitespace.isASCIISpace(bytes[end - 1]) { end -= 1 }
        guard end > index, let directive = Directive.Name(rawValue: name) else { return nil }
        return (directive, index..<end)
    }

    private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (!first && (0x30...0x39).contains(byte))
    }

    /// The Dockerfile frontend under any registry; another frontend means another language.
    static func isKnownFrontend(_ value: String) -> Bool {
        var name = value.prefix { $0 != " " }
        if let at = name.firstIndex(of: "@") { name = name[..<at] }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last else { return false }
        let repository = last.prefix { $0 != ":" }
        guard repository == "dockerfile" || repository == "dockerfile-upstream" else { return false }
        return parts.count == 1 || parts[parts.count - 2] == "docker"
    }
}
