// gzip: https://www.rfc-editor.org/rfc/rfc1952, zstd: https://www.rfc-editor.org/rfc/rfc8878
// xz: https://tukaani.org/xz/xz-file-format.txt, bzip2: https://sourceware.org/bzip2/

/// How a stream is compressed.
package enum Compression: String, Sendable, CaseIterable {
    case none, gzip, zstd, xz, bzip2

    /// Bytes that ``detect(_:)`` wants to see.
    package static let prefixLength = 6

    /// Tells the format by the first bytes; ``none`` when they are no known magic number.
    package static func detect(_ prefix: UnsafeRawBufferPointer) -> Compression {
        if prefix.starts(with: [0x1f, 0x8b, 0x08]) { return .gzip }
        if prefix.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) { return .zstd }
        // A skippable frame may come first: 0x184D2A5? in little-endian order.
        if prefix.count >= 4, prefix[0] & 0xf0 == 0x50, prefix[1] == 0x2a, prefix[2] == 0x4d, prefix[3] == 0x18 {
            return .zstd
        }
        if prefix.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) { return .xz }
        if prefix.count >= 4, prefix.starts(with: [0x42, 0x5a, 0x68]), (0x31...0x39).contains(prefix[3]) {
            return .bzip2
        }
        return .none
    }

    /// The decompressed bytes of a source. The whole stream is checked by the time the end is reported.
    package func decompressing(_ source: any ByteSource) throws -> any ByteSource {
        switch self {
        case .none: source
        case .gzip: try GzipSource(source)
        case .zstd: try ZstdSource(source)
        case .xz: try XZSource(source)
        case .bzip2: Bzip2Source(source)
        }
    }

    /// Tells the format by the first bytes of a source, which are read.
    package static func detect(startOf source: any ByteSource) throws -> Compression {
        try readPrefix(source).compression
    }

    /// Looks at the first bytes of a source and decompresses what they show.
    package static func open(
        _ source: any ByteSource
    ) throws -> (source: any ByteSource, compression: Compression) {
        let (prefix, compression) = try readPrefix(source)
        return (try compression.decompressing(PrefixedSource(prefix, then: source)), compression)
    }

    private static func readPrefix(_ source: any ByteSource) throws -> (prefix: [UInt8], compression: Compression) {
        var prefix = [UInt8](repeating: 0, count: prefixLength)
        let count = try prefix.withUnsafeMutableBytes { try source.fill($0) }
        prefix.removeSubrange(count...)
        return (prefix, prefix.withUnsafeBytes { detect($0) })
    }
}
