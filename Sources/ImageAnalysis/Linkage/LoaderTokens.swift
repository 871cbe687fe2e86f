// https://man7.org/linux/man-pages/man8/ld.so.8.html (Dynamic string tokens)

/// `$ORIGIN`, `${LIB}` and the like in the directories that a program names.
enum LoaderTokens {
    /// - Returns: nil for a token that is unknown: glibc leaves such directories out.
    static func expand(_ text: String, _ values: [String: String]) -> String? {
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "$") else {
                out.append(byte)
                continue
            }
            let isBraced = rest.first == UInt8(ascii: "{")
            if isBraced { rest = rest.dropFirst() }
            let name = rest.prefix { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") || $0 == UInt8(ascii: "_") }
            rest = rest.dropFirst(name.count)
            if isBraced {
                guard rest.first == UInt8(ascii: "}") else { return nil }
                rest = rest.dropFirst()
            }
            guard let value = values[String(decoding: name, as: UTF8.self)] else { return nil }
            out += Array(value.utf8)
        }
        return String(decoding: out, as: UTF8.self)
    }
}
