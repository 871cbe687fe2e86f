internal import Archive
internal import ContentStore
internal import Core

/// Reads one pack and holds it to what the index says.
final class PackReader {
    private let pack: CacheMountIndex.Pack
    private let reader: TarReader
    /// The contents that the index expects here and that have not come yet.
    private var awaited: [Digest: Int] = [:]
    private let contents: [CacheMountIndex.Content]

    init(_ index: CacheMountIndex, pack number: Int, _ store: Store) throws {
        pack = index.packs[number]
        contents = index.contents
        for (place, content) in index.contents.enumerated() where content.pack == number {
            awaited[content.digest] = place
        }
        let blob = DescriptorSource(try store.openBlob(pack.digest))
        // One byte more than announced is seen as such, and a bomb is not unpacked any further.
        reader = TarReader(
            LimitedSource(
                try Compression.open(blob).source, limit: pack.unpackedSize,
                what: "the pack \(pack.digest) of a cache mount"))
    }

    /// Calls with the place of each content in the index, and its bytes, which have to be read to their end.
    /// - Throws: ``CacheMountError/malformedPack(_:_:)``, `ArchiveError`.
    func forEachContent(_ body: (Int, PackContent) throws -> Void) throws {
        while let header = try reader.next() {
            guard header.kind == .file, header.linkName.isEmpty,
                let digest = Digest(hex: String(decoding: header.name, as: UTF8.self))
            else {
                throw malformed("'\(String(decoding: header.name.prefix(100), as: UTF8.self))' is no content")
            }
            // Others are of files that were deleted since.
            guard let place = awaited[digest] else { continue }
            guard header.size == contents[place].size else {
                throw malformed("\(digest) has \(header.size) bytes and not \(contents[place].size)")
            }
            awaited[digest] = nil
            let content = PackContent(reader)
            try body(place, content)
            guard content.digest == digest else { throw malformed("the content \(digest) is \(content.digest)") }
        }
        try reader.expectNothingMore()
        if let missing = awaited.keys.min() { throw malformed("the content \(missing) is missing") }
    }

    private func malformed(_ reason: String) -> CacheMountError { .malformedPack(pack.digest, reason) }
}

/// The bytes of one content, hashed while they are read.
final class PackContent {
    private let reader: TarReader
    private var hash = SHA256()

    init(_ reader: TarReader) { self.reader = reader }

    func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try reader.forEachPiece { piece in
            hash.update(piece)
            try body(piece)
        }
    }

    var digest: Digest { hash.finalize() }
}
