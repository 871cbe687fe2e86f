// https://www.rfc-editor.org/rfc/rfc7468 (PEM), https://www.rfc-editor.org/rfc/rfc9580#section-6.2 (OpenPGP)

/// A private key in PEM's armour: as a file, or in a string of a program or of JSON, where line breaks are `\n`.
enum PrivateKeyForm {
    /// Bytes of the largest key, with its armour.
    private static let limit = 32 << 10
    private static let labels = [
        "PRIVATE KEY-----", "RSA PRIVATE KEY-----", "EC PRIVATE KEY-----", "DSA PRIVATE KEY-----",
        "OPENSSH PRIVATE KEY-----", "ENCRYPTED PRIVATE KEY-----", "PGP PRIVATE KEY BLOCK-----",
    ].map { Array($0.utf8) }

    /// - Parameter start: behind `-----BEGIN `.
    /// - Returns: where the armour ends, when it holds what has the form of a key.
    static func end(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
        guard let label = labels.first(where: { bytes[start...].starts(with: $0) }) else { return nil }
        var index = start + label.count
        let last = min(bytes.count, index + limit)
        var body: [UInt8] = []
        var distinct: Set<UInt8> = []
        while index < last, bytes[index] != UInt8(ascii: "-") || !isDash(bytes, index + 1) {
            let line = lineEnd(bytes, from: index, to: last)
            // What is said of the key before it: `Proc-Type: 4,ENCRYPTED`.
            if body.isEmpty, bytes[index..<line].contains(UInt8(ascii: ":")) {
                index = line + 1
                continue
            }
            take(bytes[index..<line], into: &body, &distinct)
            if body.count > limit { return nil }
            index = line + 1
            skipBlanks(bytes, &index, to: last)
        }
        guard index < last, body.count >= 40, distinct.count >= 16 else { return nil }
        // A sequence of DER, the magic of OpenSSH, or packets of OpenPGP: all else is a placeholder.
        let isKey =
            label.starts(with: "OPENSSH".utf8)
            ? body.starts(with: "b3BlbnNzaC1rZXk".utf8)
            : label.starts(with: "PGP".utf8)
                ? [UInt8(ascii: "l"), UInt8(ascii: "x")].contains(body[0])
                : body[0] == UInt8(ascii: "M")
        return isKey ? index : nil
    }

    private static func isDash(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        index < bytes.count && bytes[index] == UInt8(ascii: "-")
    }

    /// The next line break, or the escape that means one.
    private static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int, to last: Int) -> Int {
        var index = start
        while index < last, bytes[index] != 0x0a {
            if bytes[index] == UInt8(ascii: "\\") { return index }
            if bytes[index] == UInt8(ascii: "-"), isDash(bytes, index + 1) { return index - 1 }
            index += 1
        }
        return index
    }

    private static func skipBlanks(_ bytes: UnsafeRawBufferPointer, _ index: inout Int, to last: Int) {
        // An escape's letter, and what strings of programs have around their lines.
        if index > 0, index < last, bytes[index - 1] == UInt8(ascii: "\\"),
            [UInt8(ascii: "n"), UInt8(ascii: "r")].contains(bytes[index])
        {
            index += 1
        }
        while index < last {
            let isBlank = " \t\r\n\"'`,".utf8.contains(bytes[index])
            // Between two strings a plus joins them; in the key itself no blank is behind one.
            let isPlus = bytes[index] == UInt8(ascii: "+") && index + 1 < last && bytes[index + 1] <= 0x20
            guard isBlank || isPlus else { return }
            index += 1
        }
    }

    private static func take(
        _ line: Slice<UnsafeRawBufferPointer>, into body: inout [UInt8], _ distinct: inout Set<UInt8>
    ) {
        for byte in line where TokenRule.classes[Int(byte)] & TokenRule.Characters.base64Text.rawValue != 0 {
            body.append(byte)
            distinct.insert(byte)
        }
    }
}
