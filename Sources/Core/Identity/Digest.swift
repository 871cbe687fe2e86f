// https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests

/// The SHA-256 of some content, the one name by which blobs, layers and keys are known.
///
/// The text form is `sha256:` and 64 lower-case hexadecimal digits. Other algorithms are refused: nothing that is
/// in use on registries today needs them, and an identity that cannot be checked is none.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible, Codable {
    // 32 bytes as four big-endian words: no allocation, cheap to compare.
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    /// Takes the 32 bytes of a SHA-256.
    package init(bytes: borrowing RawSpan) {
        precondition(bytes.byteCount == 32, "a SHA-256 has 32 bytes")
        a = UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self))
        b = UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self))
        c = UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 16, as: UInt64.self))
        d = UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 24, as: UInt64.self))
    }

    /// Reads 64 lower-case hexadecimal digits; nil for anything else.
    package init?(hex: some StringProtocol) {
        var words: [UInt64] = [0, 0, 0, 0]
        var count = 0
        for byte in hex.utf8 {
            let value: UInt64
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
            guard count < 64 else { return nil }
            words[count / 16] = words[count / 16] << 4 | value
            count += 1
        }
        guard count == 64 else { return nil }
        (a, b, c, d) = (words[0], words[1], words[2], words[3])
    }

    /// Reads `sha256:<hex>`.
    /// - Throws: ``DigestError`` for another algorithm or form.
    package init(parsing text: some StringProtocol) throws(DigestError) {
        guard let colon = text.firstIndex(of: ":") else { throw .malformed(String(text)) }
        guard text[..<colon] == "sha256" else { throw .unsupportedAlgorithm(String(text[..<colon])) }
        guard let digest = Digest(hex: text[text.index(after: colon)...]) else { throw .malformed(String(text)) }
        self = digest
    }

    /// The 64 hexadecimal digits, without the algorithm.
    package var hex: String {
        String(unsafeUninitializedCapacity: 64) { buffer in
            let digits = StaticString("0123456789abcdef").utf8Start
            for (index, word) in [a, b, c, d].enumerated() {
                for nibble in 0..<16 {
                    buffer[index * 16 + nibble] = digits[Int(word >> UInt64(60 - 4 * nibble) & 15)]
                }
            }
            return 64
        }
    }

    /// `sha256:<hex>`.
    package var description: String { "sha256:" + hex }

    /// The first twelve hexadecimal digits, for people.
    package var short: String { String(hex.prefix(12)) }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        [a, b, c, d].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
    }

    /// Calls with the 32 bytes, without allocating.
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let words = (a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian)
        return try Swift.withUnsafeBytes(of: words, body)
    }

    package static func < (left: Digest, right: Digest) -> Bool {
        (left.a, left.b, left.c, left.d) < (right.a, right.b, right.c, right.d)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = try Digest(parsing: container.decode(String.self))
        } catch let error as DigestError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

package enum DigestError: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    case unsupportedAlgorithm(String)

    package var description: String {
        switch self {
        case .malformed(let text): "'\(text.prefix(100))' is not a digest (sha256: and 64 hexadecimal digits)"
        case .unsupportedAlgorithm(let name): "digest algorithm '\(name.prefix(100))' is not supported (sha256 is)"
        }
    }
}
