internal import Archive
internal import ContentStore
internal import Core
internal import HostOS

/// What was found out about a layer, as the store keeps it: values one after another, compressed with zstd.
enum LayerRecord {
    /// Bytes of the largest record that is kept, compressed and not: a layer that takes more is read again.
    private static let sizeLimit = 32 << 20
    private static let plainLimit = 256 << 20

    /// The rules by which content is judged are part of the program, and so is the coding: each build of it has a form of
    /// its own, told by the size of the program and its time.
    static let form: String = {
        guard let info = try? FileDescriptor.open("/proc/self/exe", 0).info() else { return "" }
        return "\(info.size)-\(info.modified.seconds)-\(info.modified.nanoseconds)"
    }()

    /// Nil when the layer isn't known. A damaged record is none.
    static func load(_ layer: Digest, from store: Store) -> LayerFacts? {
        guard !form.isEmpty, let record = try? store.analysis(of: layer, form: form) else { return nil }
        return try? decode(record)
    }

    /// Keeps what was found out. That it can't be kept (a full disk, a store of another) must not take the answer away.
    static func save(_ facts: LayerFacts, of layer: Digest, to store: Store) {
        guard !form.isEmpty, let record = try? encode(facts), record.count <= sizeLimit else { return }
        try? store.recordAnalysis(of: layer, form: form, record)
    }

    static func encode(_ facts: LayerFacts) throws -> [UInt8] {
        var writer = RecordWriter()
        writer.write(facts)
        return try writer.bytes.withUnsafeBytes { try MemberCompressor(.zstd(level: 1)).compress($0) }
    }

    /// - Throws: ``RecordDamage``, `ArchiveError`.
    static func decode(_ record: [UInt8]) throws -> LayerFacts {
        let plain = try Compression.zstd.decompressing(BytesSource(record)).readAll(limit: plainLimit)
        return try plain.withUnsafeBytes { bytes in
            var reader = RecordReader(bytes)
            return try reader.layerFacts()
        }
    }
}
