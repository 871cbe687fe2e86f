// https://www.rfc-editor.org/rfc/rfc7468

/// Reads files of certificates strictly: nothing that is no certificate gets into a bundle that programs trust.
enum PEMFile {
    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END CERTIFICATE-----".utf8)
    private static let dashes = Array("-----".utf8)

    /// The certificates of a file, each in the standard form: 64 characters of base64 a line, a line feed at the end.
    /// Empty lines and lines with `#` first are passed over.
    static func certificates(in file: [UInt8]) throws(CertificateProblem) -> [[UInt8]] {
        var out: [[UInt8]] = []
        var body: [UInt8] = []
        var start: Int?
        for (index, raw) in file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let line = trimmed(raw)
            let number = index + 1
            if let first = start {
                if line.elementsEqual(end) {
                    guard let certificate = normalized(body) else { throw .encoding(line: first) }
                    out.append(certificate)
                    (body, start) = ([], nil)
                } else if line.starts(with: dashes) {
                    throw .unfinished(line: first)
                } else {
                    body += line
                }
            } else if line.starts(with: begin), line.reversed().starts(with: dashes) {
                let label = String(decoding: line.dropFirst(begin.count).dropLast(dashes.count), as: UTF8.self)
                guard label == "CERTIFICATE" else { throw .notACertificate(label: String(label.prefix(64))) }
                start = number
            } else if !line.isEmpty, line.first != UInt8(ascii: "#") {
                throw .junk(line: number)
            }
        }
        if let start { throw .unfinished(line: start) }
        guard !out.isEmpty else { throw .empty }
        return out
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, last == 0x20 || last == 0x09 || last == 0x0d { line.removeLast() }
        while let first = line.first, first == 0x20 || first == 0x09 { line.removeFirst() }
        return line
    }

    /// The standard form; nil when the base64 is broken or does not hold exactly one DER sequence.
    private static func normalized(_ base64: [UInt8]) -> [UInt8]? {
        guard let der = decoded(base64), isOneSequence(der) else { return nil }
        var out = Array("-----BEGIN CERTIFICATE-----\n".utf8)
        var rest = base64[...]
        while !rest.isEmpty {
            out += rest.prefix(64)
            out.append(UInt8(ascii: "\n"))
            rest = rest.dropFirst(64)
        }
        return out + end + [UInt8(ascii: "\n")]
    }

    static func decoded(_ base64: [UInt8]) -> [UInt8]? {
        guard !base64.isEmpty, base64.count % 4 == 0 else { return nil }
        let padding = base64.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(base64.count / 4 * 3)
        var bits: UInt32 = 0
        for (index, byte) in base64.dropLast(padding).enumerated() {
            guard let value = value(byte) else { return nil }
            bits = bits << 6 | value
            if index % 4 == 3 {
                out += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8)]
                out.append(UInt8(truncatingIfNeeded: bits))
                bits = 0
            }
        }
        switch padding {
        case 1:
            guard bits & 0x3 == 0 else { return nil }
            out += [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
        case 2:
            guard bits & 0xf == 0 else { return nil }
            out.append(UInt8(truncatingIfNeeded: bits >> 4))
        default: break
        }
        return out
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    /// A certificate is a DER sequence, and its length takes in all of it.
    private static func isOneSequence(_ der: [UInt8]) -> Bool {
        guard der.count >= 2, der[0] == 0x30 else { return false }
        if der[1] < 0x80 { return der.count == 2 + Int(der[1]) }
        let count = Int(der[1] & 0x7f)
        guard (1...4).contains(count), der.count >= 2 + count else { return false }
        let length = der[2..<2 + count].reduce(0) { $0 << 8 | Int($1) }
        return der.count == 2 + count + length
    }
}
