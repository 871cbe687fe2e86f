private import Archive
package import ContentStore
private import Core
package import Layers

/// Opens tar archives, compressed or not, for ADD.
package struct LayerArchiveOpener: ArchiveOpener {
    private let store: Store

    package init(store: Store) { self.store = store }

    package func open(_ file: Entry) throws -> LayerContents? {
        guard try Self.isArchive(file) else { return nil }
        // The open descriptor keeps the bytes for as long as the entries are in use.
        let tar = try store.scratchFile()
        do {
            return try TarIndexer.index(try file.content.open(), into: tar, expecting: nil).contents
        } catch {
            let cause = Diagnostic(explaining: error)
            throw CopyError.archive(file.path, reason: cause.message, nil)
        }
    }

    /// Whether the first bytes, decompressed, look like a tar header. An archive of nothing begins with zeros as any file
    /// may, and is copied as it is.
    private static func isArchive(_ file: Entry) throws -> Bool {
        guard file.isFile, file.size > 0 else { return false }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 512, alignment: 16)
        defer { block.deallocate() }
        do {
            let source = try Compression.open(try file.content.open()).source
            var filled = 0
            while filled < block.count {
                let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: block[filled...]))
                if count == 0 { return false }
                filled += count
            }
        } catch is ArchiveError {
            // Bytes that only start like a compressed file are a plain file.
            return false
        }
        return block.contains { $0 != 0 } && TarReader.looksLikeTar(UnsafeRawBufferPointer(block))
    }
}
