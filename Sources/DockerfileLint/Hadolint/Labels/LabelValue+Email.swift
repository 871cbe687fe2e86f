// https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1
extension LabelValue {
    /// An address alone, with the blanks and comments that the standard allows around its parts.
    static func isEmail(_ text: Substring) -> Bool {
        let bytes = Array(text.utf8)
        var index = 0
        guard skipBlanks(bytes, &index) else { return false }
        let local = index
        guard localPart(bytes, &index), index - local <= 64, skipBlanks(bytes, &index), index < bytes.count,
            bytes[index] == UInt8(ascii: "@")
        else { return false }
        index += 1
        guard skipBlanks(bytes, &index), domain(bytes, &index), skipBlanks(bytes, &index) else { return false }
        return index == bytes.count
    }

    /// Blanks, and comments in parentheses; false when one has no end.
    private static func skipBlanks(_ bytes: [UInt8], _ index: inout Int) -> Bool {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                guard depth > 0 else { return true }
                depth -= 1
            case UInt8(ascii: "\\") where depth > 0: index += 1
            case 0x20, 0x09: break
            default: if depth == 0 { return true }
            }
            index += 1
        }
        return depth == 0
    }

    private static func localPart(_ bytes: [UInt8], _ index: inout Int) -> Bool {
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") { return quoted(bytes, &index) }
        return parts(bytes, &index) { isAlphanumeric($0) || "!#$%&'*+/=?^_`{|}~-".utf8.contains($0) } != nil
    }

    private static func quoted(_ bytes: [UInt8], _ index: inout Int) -> Bool {
        index += 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return true
            case UInt8(ascii: "\\"): index += 2
            case 0x20...0x7E, 0x09: index += 1
            default: return false
            }
        }
        return false
    }

    /// Parts between dots; nil when one is empty.
    private static func parts(_ bytes: [UInt8], _ index: inout Int, _ isPart: (UInt8) -> Bool) -> [Range<Int>]? {
        var out: [Range<Int>] = []
        while true {
            let start = index
            while index < bytes.count, isPart(bytes[index]) { index += 1 }
            guard index > start else { return nil }
            out.append(start..<index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: ".") else { return out }
            index += 1
        }
    }

    private static func domain(_ bytes: [UInt8], _ index: inout Int) -> Bool {
        if index < bytes.count, bytes[index] == UInt8(ascii: "[") {
            guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "]")) else { return false }
            index = end + 1
            return true
        }
        let start = index
        var labels = 0
        while true {
            let first = index
            while index < bytes.count, isAlphanumeric(bytes[index]) || bytes[index] == UInt8(ascii: "-") { index += 1 }
            if index == first { return labels > 0 && index - start <= 255 }
            guard index - first <= 63, bytes[first] != UInt8(ascii: "-"), bytes[index - 1] != UInt8(ascii: "-") else {
                return false
            }
            labels += 1
            guard index < bytes.count, bytes[index] == UInt8(ascii: ".") else { return index - start <= 255 }
            index += 1
        }
    }
}
