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
        while true {
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                guard quoted(bytes, &index) else { return false }
            } else {
                let start = index
                while index < bytes.count,
                    isAlphanumeric(bytes[index]) || "!#$%&'*+/=?^_`{|}~-".utf8.contains(bytes[index])
                {
                    index += 1
                }
                guard index > start else { return false }
            }
            guard nextPart(bytes, &index) else { return true }
        }
    }

    /// Steps over a dot with blanks and comments around it; stays where none follows.
    private static func nextPart(_ bytes: [UInt8], _ index: inout Int) -> Bool {
        var ahead = index
        guard skipBlanks(bytes, &ahead), ahead < bytes.count, bytes[ahead] == UInt8(ascii: ".") else { return false }
        ahead += 1
        guard skipBlanks(bytes, &ahead) else { return false }
        index = ahead
        return true
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

    private static func domain(_ bytes: [UInt8], _ index: inout Int) -> Bool {
        if index < bytes.count, bytes[index] == UInt8(ascii: "[") {
            guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "]")) else { return false }
            let isText = bytes[(index + 1)..<end].allSatisfy {
                (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "\\") || $0 == 0x09
            }
            index = end + 1
            return isText
        }
        let start = index
        while true {
            let first = index
            while index < bytes.count, isAlphanumeric(bytes[index]) || bytes[index] == UInt8(ascii: "-") { index += 1 }
            guard index > first, index - first <= 63, bytes[first] != UInt8(ascii: "-"),
                bytes[index - 1] != UInt8(ascii: "-")
            else { return false }
            let end = index
            if nextPart(bytes, &index) {
                guard index == bytes.count else { continue }
                // A dot may be the last byte of a name.
                guard index == end + 1 else { return false }
            }
            return index - start <= 255
        }
    }
}
