private import Glibc

/// Looks for a few bytes in others. The standard library's search for a range runs generic code for every byte, which takes
/// longer than all else that is done about a token.
enum ByteSearch {
    /// Where a text is found first.
    /// - Parameter text: not empty; an empty one is found nowhere.
    static func firstRange(of text: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        let start = bytes.withUnsafeBytes { bytes in text.withUnsafeBytes { offset(of: $0, in: bytes) } }
        return start.map { bytes.startIndex + $0..<bytes.startIndex + $0 + text.count }
    }

    static func contains(_ text: [UInt8], in bytes: UnsafeRawBufferPointer) -> Bool {
        text.withUnsafeBytes { offset(of: $0, in: bytes) } != nil
    }

    private static func offset(of text: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let first = text.baseAddress, let base = bytes.baseAddress, bytes.count >= text.count else { return nil }
        let last = bytes.count - text.count
        var index = 0
        while index <= last {
            guard let hit = memchr(base + index, Int32(text[0]), last - index + 1) else { return nil }
            index = UnsafeRawPointer(hit) - base
            if memcmp(base + index, first, text.count) == 0 { return index }
            index += 1
        }
        return nil
    }
}
