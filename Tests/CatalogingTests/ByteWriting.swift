import Core

/// Numbers and texts as formats write them.
extension [UInt8] {
    mutating func put(_ number: some FixedWidthInteger, bigEndian: Bool = false) {
        Swift.withUnsafeBytes(of: bigEndian ? number.bigEndian : number.littleEndian) { append(contentsOf: $0) }
    }

    mutating func put(_ text: String) { append(contentsOf: text.utf8) }

    mutating func pad(to multiple: Int) {
        while count % multiple != 0 { append(0) }
    }

    mutating func replace(at offset: Int, with bytes: [UInt8]) {
        replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }
}

func little(_ number: some FixedWidthInteger) -> [UInt8] {
    var out: [UInt8] = []
    out.put(number)
    return out
}
