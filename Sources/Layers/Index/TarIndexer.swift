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
    ///   - tar: the archive is written at its current position, so that one file can hold several archives one after
    ///     another. Nobody else may write there meanwhile.
    ///   - diffID: what the uncompressed bytes must hash to.
    ///   - tree: the layers below, where parents that the archive does not mention are looked up.
    ///   - whiteouts: false for an archive that is no layer, in which `.wh.` means nothing.
    /// - Throws: ``LayerError``, ``ArchiveError``; then the file holds rubbish.
    package static func index(
        _ blob: any ByteSource, into tar: FileDescriptor, expecting diffID: Digest?,
        limits: LayerLimits = LayerLimits(), over tree: FileTree? = nil, whiteouts: Bool = true
    ) throws -> IndexedLayer {
        let (source, compression) = try Compression.open(blob)
        let place = TarPlace(file: tar, start: try tar.position())
        return try ReadAhead.from(source) { source in
            let written = TeeSource(source) { try tar.write($0) }
            return try index(written, place, compression, diffID, limits, tree, whiteouts)
        }
    }

    /// Appends an uncompressed archive that is no layer to a file and indexes it on the way: whiteouts mean nothing, and
    /// nothing but zeros may follow its end.
    /// - Parameters:
    ///   - tar: written at its current position, as by ``index(_:into:expecting:limits:over:whiteouts:)``.
    ///   - check: looks at each header before it is used, to refuse what the kind of archive must not have.
    package static func append(
        _ archive: any ByteSource, to tar: FileDescriptor, limits: LayerLimits = LayerLimits(),
        check: (TarHeader) throws -> Void = { _ in }
    ) throws -> LayerContents {
        let place = TarPlace(file: tar, start: try tar.position())
        return try ReadAhead.from(archive) { source in
            let written = TeeSource(source) { try tar.write($0) }
            let reader = TarReader(
                LimitedSource(written, limit: limits.bytes, what: "an archive"), limits: limits.tar)
            let contents = try entries(reader, place, limits, nil, false, check)
            try reader.expectNothingMore()
            return contents
        }
    }

    /// Where in a file the archive lies that spans point into.
    private struct TarPlace {
        let file: FileDescriptor
        let start: Int64
    }

    /// Indexes an uncompressed archive that lies on disk already.
    package static func index(
        tar: FileDescriptor, expecting diffID: Digest?, limits: LayerLimits = LayerLimits(),
        over tree: FileTree? = nil, whiteouts: Bool = true
    ) throws -> IndexedLayer {
        let source = SpanSource(tar, offset: 0, length: try tar.info().size, what: "tar")
        return try index(source, TarPlace(file: tar, start: 0), .none, diffID, limits, tree, whiteouts)
    }

    /// The entries of an archive that was indexed and verified before: its headers are read, contents passed over.
    package static func list(
        tar: FileDescriptor, limits: LayerLimits = LayerLimits(), over tree: FileTree? = nil
    ) throws -> LayerContents {
        let source = SpanSource(tar, offset: 0, length: try tar.info().size, what: "tar")
        return try entries(
            TarReader(source, limits: limits.tar), TarPlace(file: tar, start: 0), limits, tree, true)
    }

    private static func index(
        _ source: any ByteSource, _ place: TarPlace, _ compression: Compression, _ diffID: Digest?,
        _ limits: LayerLimits, _ tree: FileTree?, _ whiteouts: Bool
    ) throws -> IndexedLayer {
        let hashed = HashingSource(LimitedSource(source, limit: limits.bytes, what: "a layer's archive"))
        let reader = TarReader(hashed, limits: limits.tar)
        let contents = try entries(reader, place, limits, tree, whiteouts)
        try reader.drain()
        let actual = hashed.digest
        if let diffID, diffID != actual { throw LayerError.diffIDMismatch(expected: diffID, actual: actual) }
        return IndexedLayer(contents: contents, diffID: actual, size: hashed.count, compression: compression)
    }

    private static func entries(
        _ reader: TarReader, _ place: TarPlace, _ limits: LayerLimits, _ tree: FileTree?, _ whiteouts: Bool,
        _ check: (TarHeader) throws -> Void = { _ in }
    ) throws -> LayerContents {
        var assembler = LayerAssembler(over: tree, limits: limits)
        while let header = try reader.next() {
            try check(header)
            guard var entry = try assembler.take(TarMember(header, whiteouts: whiteouts)) else { continue }
            if case .hardlink(let target) = entry.kind {
                _ = try assembler.link(entry, to: assembler.place(target))
                continue
            }
            if entry.size > 0 {
                entry.content = .span(
                    TarSpan(file: place.file, offset: place.start + header.contentOffset, length: header.size))
            }
            try assembler.add(entry)
        }
        return try assembler.finish()
    }
}
