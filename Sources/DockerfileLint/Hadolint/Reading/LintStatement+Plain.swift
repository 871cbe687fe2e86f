import Core
import DockerfileSyntax

extension LintStatement {
    /// An instruction of this kind that runs now: most of hadolint's rules don't look at triggers.
    func isPlain(_ keyword: Keyword) -> Bool { outer.keyword == keyword }

    /// The FROM that this is.
    var from: FromCommand? {
        guard outer.keyword == .from, case .from(let from) = command else { return nil }
        return from
    }

    /// The first flag of a name.
    func flag(_ name: String) -> Flag? { instruction.flags.first { $0.name.text == name } }

    /// The only word of instructions that take text to the end of the line, with the blanks at the end of the line,
    /// which hadolint takes as a part of it.
    func wholeText(in file: LintFile) -> String? {
        guard let word = instruction.arguments.first else { return nil }
        let end = word.range.end
        if end < file.source.bytes.count, file.source.bytes[end] == 0x20 || file.source.bytes[end] == 0x09 {
            return word.text + " "
        }
        return word.text
    }
}

extension Flag {
    /// The value as it is written, with its quotes.
    func rawValue(in file: LintFile) -> String? { value.map { file.source.text($0.range) } }
}

extension Word {
    /// Without the quotes at its ends.
    var unquoted: Substring {
        var text = text[...]
        while let first = text.utf8.first, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            text.removeFirst()
        }
        while let last = text.utf8.last, last == UInt8(ascii: "\"") || last == UInt8(ascii: "'") { text.removeLast() }
        return text
    }
}

extension Substring {
    /// A letter and a colon: a path of Windows.
    var hasDrive: Bool { first?.isLetter == true && dropFirst().utf8.first == UInt8(ascii: ":") }
}

extension Substring {
    /// One of the endings by which hadolint knows an archive.
    var endsLikeArchive: Bool {
        guard let dot = utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
        switch self[index(after: dot)...] {
        case "tar", "Z", "bz2", "gz", "lz", "lzma", "tZ", "tb2", "tbz", "tbz2", "tgz", "tlz", "tpz", "txz", "xz":
            return true
        default: return false
        }
    }
}
