/// Numbers and texts within bytes, in the byte order and word size of the file they come from. Nothing traps: what lies
/// outside is nil.
package struct Fields: Sendable {
    package let bytes: [UInt8]
    package let isLittleEndian: Bool
    /// Bytes of an address: 4 or 8.
    package let wordSize: Int

    package init(_ bytes: [UInt8], isLittleEndian: Bool, wordSize: Int) {
        self.bytes = bytes
        self.isLittleEndian = isLittleEndian
        self.wordSize = wordSize
    }

    package var count: Int { bytes.count }

    package func byte(at offset: Int) -> UInt8? { bytes.indices.contains(offset) ? bytes[offset] : nil }
    package func half(at offset: Int) -> UInt16? { integer(at: offset) }
    package func int(at offset: Int) -> UInt32? { integer(at: offset) }
    package func long(at offset: Int) -> UInt64? { integer(at: offset) }

    /// A number as wide as an address.
    package func word(at offset: Int) -> UInt64? {
        wordSize == 8 ? long(at: offset) : int(at: offset).map(UInt64.init)
    }

    @inline(__always)
    private func integer<Value: FixedWidthInteger>(at offset: Int) -> Value? {
        let size = MemoryLayout<Value>.size
        guard offset >= 0, bytes.count >= size, offset <= bytes.count - size else { return nil }
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
        return isLittleEndian ? Value(littleEndian: value) : Value(bigEndian: value)
    }

    /// A text up to its NUL byte, or up to so many bytes; nil outside of the bytes. What is no UTF-8 is replaced.
    package func text(at offset: UInt64, limit: Int = 4096) -> String? {
        guard let start = Int(exactly: offset), start < bytes.count else { return nil }
        return bytes.withUnsafeBytes { all in
            let part = all[start..<min(all.count, start + min(limit, all.count - start))]
            return String(decoding: part.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
