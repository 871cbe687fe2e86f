internal import Glibc

extension UnsafeRawBufferPointer {
    /// The first offset of a byte within a range that lies inside the buffer; nil when it has none.
    func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? {
        guard let base = baseAddress, !range.isEmpty,
            let found = memchr(base + range.lowerBound, Int32(byte), range.count)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// Whether a range equals a word, the case of ASCII letters aside.
    func equalsIgnoringCase(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount, let base = baseAddress else { return false }
        let text = (base + range.lowerBound).assumingMemoryBound(to: CChar.self)
        return word.utf8Start.withMemoryRebound(to: CChar.self, capacity: range.count) {
            strncasecmp(text, $0, range.count) == 0
        }
    }

    /// The text of a range; what is no UTF-8 is replaced.
    func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: self[range]), as: UTF8.self)
    }
}
