/// A secret that its own form gives away: a prefix that its issuer chose so that scanners find it, then a body of known
/// characters and length. The forms are those that the issuers document, or that their programs print.
struct TokenRule: Sendable {
    /// Sets of characters, as bits of ``classes``.
    struct Characters: OptionSet, Sendable {
        let rawValue: UInt8

        static let lower = Characters(rawValue: 1)
        static let upper = Characters(rawValue: 2)
        static let digit = Characters(rawValue: 4)
        static let dash = Characters(rawValue: 8)
        static let underscore = Characters(rawValue: 16)
        /// `+`, `/` and `=`.
        static let base64 = Characters(rawValue: 32)
        static let dot = Characters(rawValue: 64)

        static let letters: Characters = [.lower, .upper]
        static let alphanumeric: Characters = [.lower, .upper, .digit]
        static let url: Characters = [.lower, .upper, .digit, .dash, .underscore]
        static let base64Text: Characters = [.lower, .upper, .digit, .base64]
    }

    /// How what follows the prefix is judged.
    enum Body: Sendable {
        case characters(Characters, ClosedRange<Int>)
        /// A value behind `=` or `:`, perhaps in quotes.
        case assigned(Characters, ClosedRange<Int>)
        /// PEM's armour.
        case privateKey
        case slackHook
    }

    var id: String
    var title: String
    var prefix: [UInt8]
    var body: Body
    /// A text that the body must have, for prefixes that others use too.
    var marker: [UInt8] = []
    /// Whether libraries ship it with their tests.
    var isCommonInTests: Bool { if case .privateKey = body { true } else { false } }

    init(_ id: String, _ title: String, _ prefix: StaticString, _ body: Body, marker: StaticString = "") {
        self.id = id
        self.title = title
        self.prefix = Array("\(prefix)".utf8)
        self.body = body
        self.marker = Array("\(marker)".utf8)
    }

    /// - Returns: where the secret ends that starts at an index.
    func match(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int? {
        guard bytes.count - index > prefix.count else { return nil }
        for (offset, byte) in prefix.enumerated() where bytes[index + offset] != byte { return nil }
        let start = index + prefix.count
        switch body {
        case .privateKey: return PrivateKeyForm.end(bytes, at: start)
        case .characters(let characters, let lengths):
            guard index == 0 || !Self.isWord(bytes[index - 1]) else { return nil }
            return end(bytes, at: start, characters, lengths)
        case .assigned(let characters, let lengths):
            guard let start = Self.value(bytes, at: start) else { return nil }
            return end(bytes, at: start, characters, lengths)
        case .slackHook:
            guard let end = end(bytes, at: start, [.alphanumeric, .base64], 40...60),
                bytes[start..<end].split(separator: UInt8(ascii: "/")).map(\.count).filter({ $0 >= 8 }).count == 3
            else { return nil }
            return end
        }
    }

    private func end(
        _ bytes: UnsafeRawBufferPointer, at start: Int, _ characters: Characters, _ lengths: ClosedRange<Int>
    ) -> Int? {
        let classes = Self.classes
        var end = start
        while end < bytes.count, end - start <= lengths.upperBound, classes[Int(bytes[end])] & characters.rawValue != 0
        {
            end += 1
        }
        guard lengths.contains(end - start),
            end == bytes.count || classes[Int(bytes[end])] & Characters.alphanumeric.rawValue == 0
        else { return nil }
        let body = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        guard marker.isEmpty || ByteSearch.contains(marker, in: body), !Placeholder.isPlaceholder(body) else {
            return nil
        }
        return end
    }

    /// Where a value starts behind blanks, quotes and one `=` or `:`.
    private static func value(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
        var index = start
        var assigned = false
        while index < bytes.count, index - start < 12 {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ">"): break
            case UInt8(ascii: "="), UInt8(ascii: ":"): assigned = true
            default: return assigned ? index : nil
            }
            index += 1
        }
        return nil
    }

    static func isWord(_ byte: UInt8) -> Bool { classes[Int(byte)] & Characters.url.rawValue != 0 }

    /// What sets a byte belongs to.
    static let classes: [UInt8] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Characters.lower.rawValue
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Characters.upper.rawValue
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Characters.digit.rawValue
        case UInt8(ascii: "-"): Characters.dash.rawValue
        case UInt8(ascii: "_"): Characters.underscore.rawValue
        case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): Characters.base64.rawValue
        case UInt8(ascii: "."): Characters.dot.rawValue
        default: 0
        }
    }

    /// The rules by the first two bytes of their prefixes.
    struct Groups: Sendable {
        /// By both bytes, the place in `rules`; 0 for none.
        var table: [UInt8]
        var rules: [[TokenRule]]
        /// A bit for each pair: whether a prefix starts with it, or has it one byte behind its start.
        var isNear: [UInt64]
    }

    static let groups: Groups = {
        var table = [UInt8](repeating: 0, count: 1 << 16)
        var rules: [[TokenRule]] = [[]]
        var isNear = [UInt64](repeating: 0, count: 1 << 10)
        for rule in all {
            for (first, second) in zip(rule.prefix.prefix(2), rule.prefix.dropFirst()) {
                let pair = Int(first) << 8 | Int(second)
                isNear[pair >> 6] |= 1 << UInt64(pair & 63)
            }
            let pair = Int(rule.prefix[0]) << 8 | Int(rule.prefix[1])
            if table[pair] == 0 {
                table[pair] = UInt8(rules.count)
                rules.append([])
            }
            rules[Int(table[pair])].append(rule)
        }
        return Groups(table: table, rules: rules, isNear: isNear)
    }()
}
