// https://github.com/opencontainers/image-spec/blob/main/layer.md
package import Archive
package import Core
private import HostOS

/// Makes layer blobs: the one place where the bytes of layers come from.
///
/// Entries go through tar in path order; a gzip layer is a sequence of members (a zstd layer of frames) that are cut
/// at entry boundaries by ``MemberCuts``, compressed on all cores, and written in order. The same entries and options
/// give the same bytes, whatever the number of threads and whether members come from the cache. Memory does not grow
/// with the layer.
package struct LayerWriter: Sendable {
    package struct Options: Sendable {
        package var compression: LayerCompression = .gzip
        /// libdeflate's or zstd's level; nil for the one that was measured to be best.
        package var level: Int?
        package var timestamps: TimestampPolicy = .fixed(0)
        /// By default as many as there are cores.
        package var threads: Int

        package init(
            compression: LayerCompression = .gzip, level: Int? = nil, timestamps: TimestampPolicy = .fixed(0),
            threads: Int? = nil
        ) {
            self.compression = compression
            self.level = level
            self.timestamps = timestamps
            self.threads = threads ?? BlockingPool.processorCount
        }
    }

    private let options: Options
    private let cache: (any MemberCache)?

    package init(_ options: Options = Options(), cache: (any MemberCache)? = nil) {
        self.options = options
        self.cache = cache
    }

    /// Writes a layer blob.
    ///
    /// It blocks, and may be called on a thread of ``HostOS/BlockingPool/compute``: it takes part in the work itself.
    /// - Throws: ``LayerError/changed(path:)`` and what reading, compressing and writing throw.
    package func write(_ contents: LayerContents, to sink: any ByteSink) throws -> WrittenLayer {
        guard let format else {
            let (diffID, size) = try writeTar(contents, to: sink)
            return plain(diffID, size, entryCount: contents.entries.count)
        }
        let output = try MemberOutput(format, sink, threads: options.threads, cache: cache)
        var stream = TarStream(output, timestamps: options.timestamps)
        do {
            try stream.write(contents)
        } catch {
            output.abandon()
            throw error
        }
        return try written(output, stream.hash, entryCount: contents.entries.count)
    }

    /// Writes the uncompressed archive alone.
    package func writeTar(
        _ contents: LayerContents, to sink: any ByteSink
    ) throws -> (diffID: Digest, size: Int64) {
        let output = PlainOutput(sink)
        var stream = TarStream(output, timestamps: options.timestamps)
        try stream.write(contents)
        try output.flush()
        return (stream.hash.finalize(), Int64(stream.hash.count))
    }

    /// Compresses an archive that exists already, byte for byte as it is. Members are cut every MiB.
    package func recompress(tar: any ByteSource, to sink: any ByteSink) throws -> WrittenLayer {
        guard let format else {
            let output = PlainOutput(sink)
            var stream = TarStream(output, timestamps: .keep)
            try stream.copy(tar)
            try output.flush()
            return plain(stream.hash.finalize(), Int64(stream.hash.count), entryCount: 0)
        }
        let output = try MemberOutput(format, sink, threads: options.threads, cache: cache)
        var stream = TarStream(output, timestamps: .keep)
        do {
            try stream.copy(tar)
        } catch {
            output.abandon()
            throw error
        }
        return try written(output, stream.hash, entryCount: 0)
    }

    private var format: MemberCompressor.Format? {
        switch options.compression {
        case .none: nil
        case .gzip: options.level.map { .gzip(level: $0) } ?? .defaultGzip
        case .zstd: options.level.map { .zstd(level: $0) } ?? .defaultZstd
        }
    }

    private func plain(_ diffID: Digest, _ size: Int64, entryCount: Int) -> WrittenLayer {
        WrittenLayer(
            diffID: diffID, digest: diffID, size: size, uncompressedSize: size,
            mediaType: options.compression.mediaType, entryCount: entryCount, members: [])
    }

    private func written(_ output: MemberOutput, _ hash: SHA256, entryCount: Int) throws -> WrittenLayer {
        let blob = try output.finish()
        return WrittenLayer(
            diffID: hash.finalize(), digest: blob.digest, size: blob.size, uncompressedSize: Int64(hash.count),
            mediaType: options.compression.mediaType, entryCount: entryCount, members: blob.members)
    }
}
