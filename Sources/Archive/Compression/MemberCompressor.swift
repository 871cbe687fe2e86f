// gzip: https://www.rfc-editor.org/rfc/rfc1952, zstd: https://www.rfc-editor.org/rfc/rfc8878
private import CDeflate
private import CZstd

/// Compresses whole buffers, each to a gzip member or zstd frame of its own.
///
/// Equal bytes give equal members, whatever came before. One object serves one thread at a time.
package final class MemberCompressor {
    /// What a member is made with.
    package enum Format: Sendable, Hashable {
        /// libdeflate's level, 0 to 12. The header is fixed: no time stamp, no name, operating system unknown.
        case gzip(level: Int)
        /// zstd's level, 1 to 19. The frame has its content's size and a checksum.
        case zstd(level: Int)

        /// Measured on a Go SDK (237 MB) and on a stripped Go program, cut into members: both come out smaller than
        /// with `gzip -9`, at 90 MB/s a core. Level 7 saves 0.5 % more and takes 1.4 times as long, level 5 is 0.8 %
        /// larger and takes 0.85 times as long.
        package static let defaultGzip = Format.gzip(level: 6)
        /// On the same files 6 % smaller than gzip at the same speed; level 3 is as large as gzip and twice as fast.
        package static let defaultZstd = Format.zstd(level: 6)
    }

    package let format: Format
    private let deflate: OpaquePointer?
    private let zstd: OpaquePointer?

    /// - Throws: ``ArchiveError/tooMuchMemory(_:)`` when no state can be allocated.
    package init(_ format: Format) throws {
        self.format = format
        switch format {
        case .gzip(let level):
            guard let state = libdeflate_alloc_compressor(Int32(min(max(level, 0), 12))) else {
                throw ArchiveError.tooMuchMemory(.gzip)
            }
            (deflate, zstd) = (state, nil)
        case .zstd(let level):
            guard let state = ZSTD_createCCtx() else { throw ArchiveError.tooMuchMemory(.zstd) }
            ZSTD_CCtx_setParameter(state, ZSTD_c_compressionLevel, Int32(min(max(level, 1), 19)))
            ZSTD_CCtx_setParameter(state, ZSTD_c_checksumFlag, 1)
            (deflate, zstd) = (nil, state)
        }
    }

    deinit {
        if let deflate { libdeflate_free_compressor(deflate) }
        if let zstd { ZSTD_freeCCtx(zstd) }
    }

    /// Compresses a buffer.
    package func compress(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        let bound =
            deflate.map { libdeflate_gzip_compress_bound($0, bytes.count) } ?? ZSTD_compressBound(bytes.count)
        // libdeflate wants an address even for nothing.
        var nothing: UInt8 = 0
        return try withUnsafeBytes(of: &nothing) { nothing in
            let start = bytes.baseAddress ?? nothing.baseAddress!
            return try [UInt8](unsafeUninitializedCapacity: bound) { out, count in
                if let deflate {
                    count = libdeflate_gzip_compress(deflate, start, bytes.count, out.baseAddress!, bound)
                    guard count > 0 else { throw ArchiveError.tooMuchMemory(.gzip) }
                } else {
                    let result = ZSTD_compress2(zstd, out.baseAddress!, bound, start, bytes.count)
                    guard ZSTD_isError(result) == 0 else { throw ArchiveError.tooMuchMemory(.zstd) }
                    count = result
                }
            }
        }
    }
}

extension MemberCompressor {
    /// Whether a stored member has the frame of one that holds the given bytes: for gzip the magic number, checksum
    /// and length, for zstd the magic number. It finds damage cheaply, not malice.
    package static func seemsToHold(
        _ member: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer, _ format: Format
    ) -> Bool {
        switch format {
        case .zstd: return Compression.detect(member) == .zstd
        case .gzip:
            guard member.count >= 18, Compression.detect(member) == .gzip else { return false }
            let trailer = member.count - 8
            let sum = UInt32(littleEndian: member.loadUnaligned(fromByteOffset: trailer, as: UInt32.self))
            let length = UInt32(littleEndian: member.loadUnaligned(fromByteOffset: trailer + 4, as: UInt32.self))
            return length == UInt32(truncatingIfNeeded: bytes.count)
                && sum == libdeflate_crc32(0, bytes.baseAddress, bytes.count)
        }
    }
}

/// One gzip member made in one go.
package enum GzipMember {
    /// Compresses with libdeflate at a level from 0 to 12.
    package static func compress(_ bytes: UnsafeRawBufferPointer, level: Int) throws -> [UInt8] {
        try MemberCompressor(.gzip(level: level)).compress(bytes)
    }
}
