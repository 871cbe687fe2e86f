import DockerfileSyntax

/// `$name` in a word.
struct VariableUse {
    let name: String
    /// In bytes of the word's text.
    let range: Range<Int>
    /// Has its own answer for the case that there is no value: `${name:-x}` and the like.
    let hasDefault: Bool

    /// Every use in a word, where quotes and escapes let it be one.
    static func all(in word: Word, escape: UInt8) -> [VariableUse] {
        guard word.text.utf8.contains(UInt8(ascii: "$")) else { return [] }
        let bytes = Array(word.text.utf8)
        var out: [VariableUse] = []
        var index = 0
        var isQuoted = false
        while index < bytes.count {
            switch bytes[index] {
            case escape: index += 2
            case UInt8(ascii: "\""):
                isQuoted.toggle()
                index += 1
            case UInt8(ascii: "'") where !isQuoted:
                index = (bytes[(index + 1)...].firstIndex(of: UInt8(ascii: "'")) ?? bytes.count - 1) + 1
            case UInt8(ascii: "$"): index = use(bytes, index, &out)
            default: index += 1
            }
        }
        return out
    }

    private static func use(_ bytes: [UInt8], _ dollar: Int, _ out: inout [VariableUse]) -> Int {
        var index = dollar + 1
        let isBraced = index < bytes.count && bytes[index] == UInt8(ascii: "{")
        if isBraced { index += 1 }
        let start = index
        while index < bytes.count, isName(bytes[index], first: index == start) { index += 1 }
        guard index > start else { return index }
        let name = String(decoding: bytes[start..<index], as: UTF8.self)
        var hasDefault = false
        if isBraced, index < bytes.count {
            let sign = bytes[index] == UInt8(ascii: ":") && index + 1 < bytes.count ? bytes[index + 1] : bytes[index]
            hasDefault = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") || sign == UInt8(ascii: "?")
        }
        let end = isBraced && index < bytes.count && bytes[index] == UInt8(ascii: "}") ? index + 1 : index
        out.append(VariableUse(name: name, range: dollar..<end, hasDefault: hasDefault))
        return end
    }

    private static func isName(_ byte: UInt8, first: Bool) -> Bool {
        byte == UInt8(ascii: "_") || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || (!first && (0x30...0x39).contains(byte))
    }
}
