// https://docs.docker.com/reference/dockerfile/#here-documents
import Core

/// Finds the here-documents that a logical line announces.
struct HeredocScanner {
    struct Announcement {
        var name: String
        var expand: Bool
        var chomp: Bool
        var fileDescriptor: UInt32
        /// Bytes of the logical line.
        var range: Range<Int>
    }

    private static let lexer = WordExpander(options: [.rawQuotes, .rawEscapes, .skipUnset, .heredocs])

    /// Why a line can't announce anything; nil when it can.
    static func lineError(in text: MappedText) -> ExpansionError? {
        do throws(ExpansionError) {
            _ = try lexer.process(text.bytes, lookup: { _ in nil })
            return nil
        } catch {
            return error
        }
    }

    /// A line whose quotes or substitutions are not those of the builder announces nothing, as in BuildKit.
    static func announcements(in text: MappedText) throws(ExpansionError) -> [Announcement] {
        guard containsMark(text.bytes) else { return [] }
        guard let line = try? lexer.process(text.bytes, lookup: { _ in nil }) else { return [] }
        var out: [Announcement] = []
        for (word, range) in zip(line.words, line.wordRanges) {
            do throws(ExpansionError) {
                if let found = try parse(word, range) { out.append(found) }
            } catch {
                throw ExpansionError(kind: error.kind, range: range)
            }
        }
        return out
    }

    /// Reads one word; nil when it announces nothing.
    static func parse(_ word: String, _ range: Range<Int>) throws(ExpansionError) -> Announcement? {
        let bytes = Array(word.utf8)
        var index = 0
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        let digits = String(decoding: bytes[..<index], as: UTF8.self)
        guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "<"), bytes[index + 1] == UInt8(ascii: "<")
        else { return nil }
        index += 2
        let chomp = index < bytes.count && bytes[index] == UInt8(ascii: "-")
        if chomp { index += 1 }
        while index < bytes.count, Whitespace.isASCIISpace(bytes[index]) { index += 1 }
        let rest = Array(bytes[index...])
        guard !rest.isEmpty, !rest.contains(UInt8(ascii: "<")) else { return nil }
        let plain = try WordExpander(options: .skipUnset).process(rest, lookup: { _ in nil }).words
        guard plain.count == 1, let name = plain.first else { return nil }
        let raw = try WordExpander(options: [.skipUnset, .rawQuotes]).process(rest, lookup: { _ in nil }).words
        // A quote that only one of the two has was a real one, not an escaped one.
        let expand = raw.count == 1 && quotes(name) == quotes(raw[0])
        return Announcement(
            name: name, expand: expand, chomp: chomp, fileDescriptor: UInt32(digits) ?? 0, range: range)
    }

    private static func quotes(_ text: String) -> Int {
        text.utf8.count { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }
    }

    private static func containsMark(_ bytes: [UInt8]) -> Bool {
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == UInt8(ascii: "<"), previous == byte { return true }
            previous = byte
        }
        return false
    }
}
