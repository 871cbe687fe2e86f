/// JSON as people read it: two spaces a level, keys in the order they have.
enum IndentedJSON {
    /// - Parameter text: valid JSON.
    static func bytes(_ text: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count * 2)
        var depth = 0
        var isString = false
        var isEscaped = false
        func line(_ out: inout [UInt8]) {
            out.append(UInt8(ascii: "\n"))
            out += [UInt8](repeating: UInt8(ascii: " "), count: 2 * depth)
        }
        for (index, byte) in text.enumerated() {
            if isString {
                out.append(byte)
                if isEscaped {
                    isEscaped = false
                } else {
                    isEscaped = byte == UInt8(ascii: "\\")
                    isString = byte != UInt8(ascii: "\"")
                }
                continue
            }
            switch byte {
            case 0x20, 0x09, 0x0a, 0x0d: continue
            case UInt8(ascii: "\""):
                isString = true
                out.append(byte)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                out.append(byte)
                depth += 1
                if !closes(text[(index + 1)...]) { line(&out) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                if out.last != UInt8(ascii: "{"), out.last != UInt8(ascii: "[") { line(&out) }
                out.append(byte)
            case UInt8(ascii: ","):
                out.append(byte)
                line(&out)
            case UInt8(ascii: ":"): out += [byte, UInt8(ascii: " ")]
            default: out.append(byte)
            }
        }
        return out + [UInt8(ascii: "\n")]
    }

    /// Whether nothing but the end of the object or list follows.
    private static func closes(_ rest: ArraySlice<UInt8>) -> Bool {
        let next = rest.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d }
        return next == UInt8(ascii: "}") || next == UInt8(ascii: "]")
    }
}
