// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 (ustar interchange format)

/// The 512-byte header block: where its fields lie and how they are read.
enum TarBlock {
    static let size = 512

    static let name = 0..<100
    static let mode = 100..<108
    static let uid = 108..<116
    static let gid = 116..<124
    static let length = 124..<136
    static let modified = 136..<148
    static let checksum = 148..<156
    static let type = 156
    static let linkName = 157..<257
    static let magic = 257..<265
    static let deviceMajor = 329..<337
    static let deviceMinor = 337..<345
    static let prefix = 345..<500

    /// The bytes from a length to the next multiple of a block.
    static func padding(_ length: Int64) -> Int { Int(-length & 511) }

    /// The sum of all bytes, the checksum's own taken as spaces. Some old archives summed signed bytes.
    static func sums(_ block: UnsafeRawBufferPointer) -> (unsigned: Int, signed: Int) {
        var unsigned = 8 * 32
        var signed = 8 * 32
        for index in 0..<size where !checksum.contains(index) {
            unsigned += Int(block[index])
            signed += Int(Int8(bitPattern: block[index]))
        }
        return (unsigned, signed)
    }

    static func isZero(_ block: UnsafeRawBufferPointer) -> Bool { block.allSatisfy { $0 == 0 } }

    /// The bytes of a field up to its first NUL.
    static func text(_ block: UnsafeRawBufferPointer, _ field: Range<Int>) -> [UInt8] {
        Array(block[field].prefix { $0 != 0 })
    }

    /// A number in octal, or in base 256 when the first bit is set (GNU); nil when it is neither or does not fit.
    /// An empty field is 0.
    static func number(_ block: UnsafeRawBufferPointer, _ field: Range<Int>) -> Int64? {
        let first = block[field.lowerBound]
        if first & 0x80 != 0 {
            let negative = first & 0x40 != 0
            var value: Int64 = negative ? -1 : 0
            for index in field {
                var byte = block[index]
                if index == field.lowerBound { byte = negative ? byte | 0x80 : byte & 0x7f }
                let (shifted, overflow) = value.multipliedReportingOverflow(by: 256)
                guard !overflow else { return nil }
                value = shifted | Int64(byte)
            }
            return value
        }
        var value: Int64 = 0
        var ended = false
        var started = false
        for index in field {
            let byte = block[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                guard !ended else { return nil }
                started = true
                value = value << 3 | Int64(byte & 7)
            case UInt8(ascii: " "):
                if started { ended = true }
            case 0: ended = true
            default: return nil
            }
        }
        return value
    }
}
