internal import Core

/// Texts of images as they are shown: instructions of histories, variables and labels, without the secrets in them.
package enum SecretText {
    /// What stands where a secret was.
    private static let mask = Array("***".utf8)

    /// A text with `***` for each token that ``SecretScanner`` knows, the password of each URL and the value of each
    /// `NAME=VALUE` whose name calls it a secret, or whose place does: see ``arguments(_:)``.
    ///
    /// Rather too much is hidden than a part of a secret shown. Shorten a text afterwards: what is left of a token that
    /// was cut has no form. Time is linear in the bytes.
    package static func redacted(_ text: String) -> String {
        var text = text
        let ranges = text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            return tokens(bytes) + assignments(bytes) + arguments(bytes)
        }
        return Redaction.urls(in: ranges.isEmpty ? text : hiding(ranges, in: text))
    }

    /// A variable of an environment, whose value may have blanks in it.
    /// - Parameter variable: `NAME=VALUE`.
    package static func redacted(variable: String) -> String {
        guard let equals = variable.firstIndex(of: "=") else { return redacted(variable) }
        let value = variable[variable.index(after: equals)...]
        return variable[...equals] + redacted(String(value), of: String(variable[..<equals]))
    }

    /// The value of a variable or label.
    package static func redacted(_ value: String, of name: String) -> String {
        let isSecret = CredentialFile.namesSecret(Array(name.utf8)) && holdsSecret(value.utf8)
        return isSecret ? "***" : redacted(value)
    }

    // MARK: - Places

    /// Where tokens stand, however many there are.
    private static func tokens(_ bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        let groups = TokenRule.groups
        var ranges: [Range<Int>] = []
        var index = 0
        while index + 1 < bytes.count {
            let group = Int(groups.table[Int(bytes[index]) << 8 | Int(bytes[index + 1])])
            guard group != 0, let range = token(groups.rules[group], bytes, at: index) else {
                index += 1
                continue
            }
            ranges.append(range)
            index = max(range.upperBound, index + 1)
        }
        return ranges
    }

    private static func token(_ rules: [TokenRule], _ bytes: UnsafeRawBufferPointer, at index: Int) -> Range<Int>? {
        for rule in rules {
            guard let end = rule.match(bytes, at: index) else { continue }
            switch rule.body {
            case .assigned:
                // The name says what is hidden.
                var start = index + rule.prefix.count
                while start < end, " \t\"'=:>".utf8.contains(bytes[start]) { start += 1 }
                return start..<end
            // PuTTY's key stands behind the number of its lines.
            case .characters where rule.id == "private-key": return index..<bytes.count
            case .characters, .privateKey, .slackHook: return index..<end
            }
        }
        return nil
    }

    /// The values behind names of secrets.
    private static func assignments(_ bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        // No name starts before it: so no byte is looked at twice.
        var free = 0
        var index = 0
        var wordEnd = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "=") else {
                index += 1
                continue
            }
            var nameEnd = index
            // `"name"="value"`, as labels are written.
            if nameEnd > free, isQuote(bytes[nameEnd - 1]) { nameEnd -= 1 }
            var start = nameEnd
            while start > free, isName(bytes[start - 1]) { start -= 1 }
            free = index + 1
            index += 1
            guard nameEnd - start >= 4, CredentialFile.namesSecret(Array(bytes[start..<nameEnd])) else { continue }
            if wordEnd < index { wordEnd = bytes[index...].firstIndex { $0 <= 0x20 } ?? bytes.count }
            let end = valueEnd(bytes, from: index, wordEnd: wordEnd)
            guard holdsSecret(bytes[index..<end]) else { continue }
            ranges.append(index..<end)
            (free, index) = (end, end)
        }
        return ranges
    }

    /// A value in quotes goes to the next one, any other to the next blank. Quotes and brackets around an assignment are
    /// none of the value's.
    private static func valueEnd(_ bytes: UnsafeRawBufferPointer, from start: Int, wordEnd: Int) -> Int {
        if start < bytes.count, isQuote(bytes[start]),
            let close = bytes[(start + 1)...].firstIndex(where: { $0 == bytes[start] })
        {
            return close + 1
        }
        var end = wordEnd
        while end > start, "\"')];,".utf8.contains(bytes[end - 1]) { end -= 1 }
        return end
    }

    /// Judged by its start: many names may share one long value.
    private static func holdsSecret(_ value: some Collection<UInt8>) -> Bool {
        Placeholder.isSecret(value.prefix(64).filter { $0 > 0x20 && $0 != 0x7f })
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    private static func isName(_ byte: UInt8) -> Bool { TokenRule.isWord(byte) || byte == UInt8(ascii: ".") }

    // MARK: - Masks

    static func hiding(_ ranges: [Range<Int>], in text: String) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var shown = 0
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) })
        where range.upperBound > shown {
            // A token in a value that is hidden already only makes the hidden part longer.
            if range.lowerBound >= shown {
                out += bytes[shown..<range.lowerBound]
                out += mask
            }
            shown = range.upperBound
        }
        return String(decoding: out + bytes[shown...], as: UTF8.self)
    }
}
