/// How much room text takes on a terminal, whose columns hold one narrow or half a wide character.
package enum TextColumns {
    package static func width(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { $0 + width($1) }
    }

    static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first, scalar.value >= 0x300 else { return 1 }
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff,
            0x20000...0x3fffd:
            return 2
        default:
            let category = scalar.properties.generalCategory
            return category == .nonspacingMark || category == .enclosingMark ? 0 : 1
        }
    }

    /// The beginning of a text, with `…` where something is left out.
    package static func clipped(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var out = ""
        var used = 1
        for character in text {
            used += width(character)
            if used > columns { break }
            out.append(character)
        }
        return out + "…"
    }

    /// The beginning and the end of a path with `…` in between: all of its name where there is room for that and a
    /// little of its beginning, else two thirds for the end.
    package static func clippedMiddle(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        guard columns > 0 else { return "" }
        let room = columns - 1
        let name = text.lastIndex(of: "/").map { width(text[$0...]) } ?? 0
        let end = last(text, max(room - room / 3, min(name, room - 4)))
        return first(text, room - width(end)) + "…" + end
    }

    /// As many characters of its beginning as fit.
    private static func first(_ text: String, _ columns: Int) -> Substring {
        var used = 0
        return text.prefix { character in
            used += width(character)
            return used <= columns
        }
    }

    private static func last(_ text: String, _ columns: Int) -> Substring {
        var (start, used) = (text.endIndex, 0)
        while start > text.startIndex {
            let before = text.index(before: start)
            used += width(text[before])
            if used > columns { break }
            start = before
        }
        return text[start...]
    }

    /// The lines of a text that is broken between words; a word that is longer than a line stands on its own.
    package static func wrapped(_ text: String, to columns: Int) -> [String] {
        guard width(text) > columns else { return [text] }
        var lines: [String] = []
        var (line, used) = ("", 0)
        for word in text.split(separator: " ") {
            let room = width(word)
            if !line.isEmpty, used + 1 + room > columns {
                lines.append(line)
                (line, used) = ("", 0)
            }
            line += line.isEmpty ? String(word) : " " + word
            used += (used == 0 ? 0 : 1) + room
        }
        return line.isEmpty ? lines : lines + [line]
    }

    package static func padded(_ text: String, to columns: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, columns - width(text)))
        return right ? space + text : text + space
    }
}
