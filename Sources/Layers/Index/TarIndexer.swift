// https://github.com/opencontainers/image-spec/blob/main/layer.md
package import Archive
package import Core
package import HostOS

/// A layer whose uncompressed archive lies on disk: its entries point into it.
package struct IndexedLayer: Sendable {
    package let contents: LayerContents
    /// The digest of the uncompressed archive.
    package let diffID: Digest
    /// Bytes of the uncompressed archive.
    package let size: Int64
    /// How the blob was compressed.
    package let compression: Compression
}

/// Reads an untrusted layer into entries. What is refused and what is put right is written at ``TarMember`` and
/// ``LayerAssembler``; memory grows with the number of entries alone, which is bounded.
package enum TarIndexer {
    /// Decompresses a layer blob into a file and indexes it on the way.
    /// - Parameters:
    ///   - blob: the blob, compressed in any way or not at all.
    ///   - tar: an empty file; the archive is written at its current position, which must be 0.
    ///   - diffID: what the uncompressed bytes must hash to.
    ///   - tree: the layers below, where parents that the archive does not mention are looked up.
    ///   - whiteouts: false for an archive that is no layer, in which `.wh.` means nothing.
    /// - Throws: ``LayerError``, ``ArchiveError``; then the file holds rubbish.
    package static func index(
        _ blob: any ByteSource, into tar: FileDescriptor, expecting diffID: Digest?,
        limits: LayerLimits = LayerLimits(), over tree: FileTree? = nil, whiteouts: Bool = true
    ) throws -> IndexedLayer {
        let (source, compression) = try Compression.open(blob)
        return try ReadAhead.from(source) { source in
            let written = TeeSource(source) { try tar.write($0) }
            return try index(written, spansIn: tar, compression, diffID, limits, tree, whiteouts)
        }
    }

    /// Indexes an uncompressed archive that lies on disk already.
    package static func index(
        tar: FileDescriptor, expecting diffID: Digest?, limits: LayerLimits = LayerLimits(),
        over tree: FileTree? = nil, whiteouts: Bool = true
    ) throws -> IndexedLayer {
        let source = SpanSource(tar, offset: 0, length: try tar.info().size, what: "tar")
        return try index(source, spansIn: tar, .none, diffID, limits, tree, whiteouts)
    }

    /// The entries of an archive that was indexed and verified before: its headers are read, contents passed over.
    package static func list(
        tar: FileDescriptor, limits: LayerLimits = LayerLimits(), over tree: FileTree? = nil
    ) throws -> LayerContents {
        let source = SpanSource(tar, offset: 0, length: try tar.info().size, what: "tar")
        return try entries(TarReader(source, limits: limits.tar), spansIn: tar, limits, tree, true)
    }

    private static func index(
        _ source: any ByteSource, spansIn tar: FileDescriptor, _ compression: Compression, _ diffID: Digest?,
        _ limits: LayerLimits, _ tree: FileTree?, _ whiteouts: Bool
    ) throws -> IndexedLayer {
        let hashed = HashingSource(LimitedSource(source, limit: limits.bytes, what: "a layer's archive"))
        let reader = TarReader(hashed, limits: limits.tar)
        let contents = try entries(reader, spansIn: tar, limits, tree, whiteouts)
        try reader.drain()
        let actual = hashed.digest
        if let diffID, diffID != actual { throw LayerError.diffIDMismatch(expected: diffID, actual: actual) }
        return IndexedLayer(contents: contents, diffID: actual, size: hashed.count, compression: compression)
    }

    private static func entries(
        _ reader: TarReader, spansIn tar: FileDescriptor, _ limits: LayerLimits, _ tree: FileTree?, _ whiteouts: Bool
    ) throws -> LayerContents {
        var assembler = LayerAssembler(over: tree, limits: limits)
        while let header = try reader.next() {
            switch try TarMember(header, whiteouts: whiteouts) {
            case .skip: break
            case .hide(let path): try assembler.hide(assembler.place(path))
            case .hideContents(let directory):
                // Its path as a parent of something, so that links in it are followed to the end.
                try assembler.hideContents(of: assembler.place(directory.appending("x")).parent)
            case .entry(var entry):
                entry.path = try assembler.place(entry.path)
                if case .hardlink(let target) = entry.kind {
                    _ = try assembler.link(entry, to: assembler.place(target))
                } else {
                    if entry.size > 0 {
                        entry.content = .span(
                            TarSpan(file: tar, offset: header.contentOffset, length: header.size))
                    }
                    try assembler.add(entry)
                }
            }
        }
        return try assembler.finish()
    }
}
