internal import Archive
internal import ContentStore
internal import Core
internal import HostOS
internal import Layers

/// Writes one pack: a tar of contents, in zstd frames of a fixed size.
final class PackWriter {
    struct Written: Sendable {
        /// Nil when nothing could be read.
        var pack: CacheMountIndex.Pack?
        /// What it holds for sure.
        var contents: [Digest]
    }

    /// Fast rather than small: level 3 compresses a Go build cache five times as fast as level 9, which is 4 % smaller.
    private static let level = 3
    private static let frameSize = 1 << 21

    private let blob: BlobWriter
    private let compressor: MemberCompressor
    private let frame = UnsafeMutableRawBufferPointer.allocate(byteCount: frameSize, alignment: 64)
    private var filled = 0
    private var unpacked: Int64 = 0

    private init(_ store: Store) throws {
        blob = try store.makeBlobWriter()
        compressor = try MemberCompressor(.zstd(level: Self.level))
    }

    deinit { frame.deallocate() }

    /// Bytes that a content takes in an archive, before compression.
    static func archivedSize(_ size: Int64) -> Int64 { 512 + size + Int64(TarWriter.padding(after: size)) }

    /// Reads files into a pack. What turns out not to be the content it should be is in the pack, but not counted.
    static func write(_ sources: [PackPlan.Source], into store: Store) throws -> Written {
        let writer = try PackWriter(store)
        var contents: [Digest] = []
        for source in sources where try writer.add(source) { contents.append(source.digest) }
        guard !contents.isEmpty else { return Written(pack: nil, contents: []) }
        try TarWriter.end.withUnsafeBytes { try writer.append($0) }
        try writer.flush()
        let (digest, size) = try writer.blob.commit()
        return Written(
            pack: .init(digest: digest, size: size, unpackedSize: writer.unpacked), contents: contents)
    }

    /// - Returns: whether the file still has the content.
    private func add(_ source: PackPlan.Source) throws -> Bool {
        let size = source.file.info.size
        let file: FileDescriptor
        do { file = try source.file.open() } catch LayerError.changed { return false }
        var header: [UInt8] = []
        try TarWriter.append(
            TarHeader(name: Array(source.digest.hex.utf8), kind: .file, mode: 0o644, size: size), to: &header)
        try header.withUnsafeBytes { try append($0) }
        var hash = SHA256()
        var left = size
        while left > 0 {
            if filled == frame.count { try flush() }
            let wanted = min(frame.count - filled, Int(clamping: left))
            let room = UnsafeMutableRawBufferPointer(rebasing: frame[filled..<filled + wanted])
            var count = try file.read(into: room)
            if count == 0 {
                // The file became shorter: zeros keep the archive readable.
                count = room.count
                room.initializeMemory(as: UInt8.self, repeating: 0)
            }
            hash.update(UnsafeRawBufferPointer(rebasing: room[..<count]))
            filled += count
            left -= Int64(count)
        }
        unpacked += size
        let padding = [UInt8](repeating: 0, count: TarWriter.padding(after: size))
        try padding.withUnsafeBytes { try append($0) }
        return hash.finalize() == source.digest
    }

    private func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            if filled == frame.count { try flush() }
            let count = min(rest.count, frame.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: frame[filled...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
            filled += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        unpacked += Int64(bytes.count)
    }

    private func flush() throws {
        guard filled > 0 else { return }
        try blob.write(compressor.compress(UnsafeRawBufferPointer(rebasing: frame[..<filled])))
        filled = 0
    }
}
