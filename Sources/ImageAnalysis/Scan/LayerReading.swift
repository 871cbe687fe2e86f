internal import Archive
internal import Core
internal import HostOS
internal import ImageLayouts
internal import Layers
internal import OCI

/// Reads a layer's blob once, from its first byte to its last: verifies both of its digests and finds out what is in it.
///
/// A compressed blob is decompressed on another thread. One that isn't is read and hashed there, and programs in it are
/// looked into where they lie.
struct LayerReading: Sendable {
    let blob: BlobFile
    let descriptor: Descriptor
    /// What the uncompressed bytes must hash to.
    let diffID: Digest
    let limits: AnalysisLimits
    /// Of all layers of the image together.
    let budget: AnalysisBudget
    let scratch: @Sendable () throws -> FileDescriptor
    /// Called with the number of bytes of the blob that were read since the last call. It throws when the work is to stop.
    let advance: @Sendable (Int64) throws -> Void

    private var name: String { descriptor.digest.description }

    /// - Throws: ``LayerError``, ``ArchiveError``, ``ImageLayoutError``, `SystemError`.
    func facts() throws -> LayerFacts {
        var prefix = [UInt8](repeating: 0, count: Compression.prefixLength)
        let count = try prefix.withUnsafeMutableBytes { try blob.source(name).fill($0) }
        let compression = prefix[..<count].withUnsafeBytes { Compression.detect($0) }
        let facts = compression == .none ? try factsInPlace() : try factsDecompressed(compression)
        guard facts.diffID == diffID else {
            throw LayerError.diffIDMismatch(expected: diffID, actual: facts.diffID)
        }
        return facts
    }

    private func factsInPlace() throws -> LayerFacts {
        guard blob.size <= limits.layer.bytes else {
            throw ArchiveError.tooLong("a layer's archive", limit: limits.layer.bytes)
        }
        let facts = try ReadAhead.from(CountingSource(blob.source(name), advance)) { try read($0, inPlace: blob) }
        try verify(blob: facts.diffID)
        return facts
    }

    private func factsDecompressed(_ compression: Compression) throws -> LayerFacts {
        let counted = CountingSource(blob.source(name), advance)
        let hashed = blob.isVerified ? nil : HashingSource(counted)
        let facts = try ReadAhead.from(compression.decompressing(hashed ?? counted)) { source in
            try read(LimitedSource(source, limit: limits.layer.bytes, what: "a layer's archive"), inPlace: nil)
        }
        if let hashed {
            try hashed.drain()
            try verify(blob: hashed.digest)
        }
        return facts
    }

    /// Reads an archive to its last byte.
    private func read(_ source: any ByteSource, inPlace blob: BlobFile?) throws -> LayerFacts {
        let hashes = TarHashes()
        let reader = TarReader(source, limits: limits.layer.tar, hashes: hashes)
        let examiner = ContentExaminer(
            reader, hashes, inPlace: blob, limits: limits, budget: budget, scratch: scratch)
        let archive = LayerFacts.unopened()
        let contents = try TarIndexer.read(reader, spansOf: archive, limits: limits.layer) {
            try examiner.examine($0, at: $1.contentOffset)
        }
        try reader.drain()
        let facts = contents.entries.map { entry -> ContentFacts? in
            guard entry.isFile else { return nil }
            guard case .span(let span) = entry.content else { return ContentFacts(kind: .empty) }
            return examiner.facts(at: span.offset)
        }
        return LayerFacts(
            diffID: hashes.archive, archiveSize: hashes.size, contentBytes: examiner.contentBytes, contents: contents,
            facts: facts,
            archive: archive, remarks: examiner.remarks)
    }

    private func verify(blob actual: Digest) throws {
        guard actual == descriptor.digest else {
            throw ImageLayoutError.wrongContent(name, expected: descriptor.digest, actual: actual)
        }
    }
}

/// Tells how many bytes were read or passed over.
private final class CountingSource: ByteSource {
    private let source: any ByteSource
    private let advance: (Int64) throws -> Void

    init(_ source: any ByteSource, _ advance: @escaping (Int64) throws -> Void) {
        self.source = source
        self.advance = advance
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        try advance(Int64(count))
        return count
    }

    func skip(_ count: Int64) throws -> Int64 {
        let count = try source.skip(count)
        try advance(count)
        return count
    }
}
