// https://www.rfc-editor.org/rfc/rfc6266

/// File names that a server proposes.
enum FileName {
    /// The last component of a proposed name; nil when it can't be the name of a file.
    static func safe(_ proposed: String) -> String? {
        let name =
            proposed.utf8.split(omittingEmptySubsequences: false) {
                $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\")
            }.last.map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= 255,
            name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
        else { return nil }
        return name
    }

    /// The name in a `Content-Disposition`; `filename*` goes before `filename`.
    static func contentDisposition(_ value: String) -> String? {
        let parameters = parameters(of: value)
        if let extended = parameters["filename*"] {
            let parts = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
            if parts.count == 3, parts[0].lowercased() == "utf-8", let name = PercentEncoding.decode(parts[2]) {
                return safe(name)
            }
        }
        return parameters["filename"].flatMap(safe)
    }

    /// The parameters after the first `;`, names in lower case, quotes removed. The first of one name counts.
    static func parameters(of value: String) -> [String: String] {
        var result: [String: String] = [:]
        let bytes = Array(value.utf8.prefix(8192))
        guard var index = bytes.firstIndex(of: UInt8(ascii: ";")) else { return [:] }
        while index < bytes.count {
            index += 1
            while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: "="), bytes[index] != UInt8(ascii: ";") {
                index += 1
            }
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { continue }
            let name = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
            index += 1
            var text: [UInt8] = []
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                index += 1
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                    if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count { index += 1 }
                    text.append(bytes[index])
                    index += 1
                }
                while index < bytes.count, bytes[index] != UInt8(ascii: ";") { index += 1 }
            } else {
                while index < bytes.count, bytes[index] != UInt8(ascii: ";") {
                    text.append(bytes[index])
                    index += 1
                }
                while text.last == 0x20 || text.last == 0x09 { text.removeLast() }
            }
            if result[name] == nil { result[name] = String(decoding: text, as: UTF8.self) }
        }
        return result
    }
}
