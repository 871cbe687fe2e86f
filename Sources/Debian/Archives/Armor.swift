// https://www.rfc-editor.org/rfc/rfc4880#section-6

/// The text form of OpenPGP data: base64 between two marker lines, with a checksum.
enum Armor {
    private static let begin = Array("-----BEGIN PGP PUBLIC KEY BLOCK-----".utf8)
    private static let end = Array("-----END PGP PUBLIC KEY BLOCK-----".utf8)

    /// The keys in binary form: all blocks of an armoured text, or the bytes themselves when they are no text.
    /// - Returns: nil when a block is broken.
    static func decode(_ bytes: [UInt8]) -> [UInt8]? {
        // Binary OpenPGP packets have the highest bit of their first byte set; armour and what may precede it is text.
        if let first = bytes.first, first & 0x80 != 0 { return bytes }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(trimmed)
        var out: [UInt8] = []
        var index = 0
        while let start = lines[index...].firstIndex(where: { $0.elementsEqual(begin) }) {
            guard let stop = lines[start...].firstIndex(where: { $0.elementsEqual(end) }),
                let empty = lines[start..<stop].firstIndex(where: \.isEmpty),
                let block = decode(block: lines[(empty + 1)..<stop])
            else { return nil }
            out += block
            index = stop + 1
        }
        return out
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, last == 0x20 || last == 0x09 || last == 0x0d { line.removeLast() }
        return line
    }

    private static func decode(block lines: ArraySlice<ArraySlice<UInt8>>) -> [UInt8]? {
        var lines = lines.filter { !$0.isEmpty }
        var checksum: [UInt8]?
        if let last = lines.last, last.first == UInt8(ascii: "="), last.count == 5 {
            guard let bytes = base64(last.dropFirst()) else { return nil }
            checksum = bytes
            lines.removeLast()
        }
        guard let out = base64(lines.joined()) else { return nil }
        if let checksum, checksum != crc24(out) { return nil }
        return out
    }

    private static func base64(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in text {
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = sextet(byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 1
            if count % 4 == 0 {
                out += [UInt8(bits >> 16 & 0xff), UInt8(bits >> 8 & 0xff), UInt8(bits & 0xff)]
                bits = 0
            }
        }
        switch (count % 4, padding) {
        case (0, 0): break
        case (2, 2): out.append(UInt8(bits >> 4 & 0xff))
        case (3, 1): out += [UInt8(bits >> 10 & 0xff), UInt8(bits >> 2 & 0xff)]
        default: return nil
        }
        return out
    }

    private static func sextet(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - 0x41
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x61 + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    private static func crc24(_ bytes: [UInt8]) -> [UInt8] {
        var crc: UInt32 = 0xb704ce
        for byte in bytes {
            crc ^= UInt32(byte) << 16
            for _ in 0..<8 {
                crc <<= 1
                if crc & 0x1000000 != 0 { crc ^= 0x1864cfb }
            }
        }
        return [UInt8(crc >> 16 & 0xff), UInt8(crc >> 8 & 0xff), UInt8(crc & 0xff)]
    }
}
