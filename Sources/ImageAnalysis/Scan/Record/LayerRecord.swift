internal import ContentStore
internal import Core

/// What was found out about a layer, as the store keeps it.
enum LayerRecord {
    /// Nil when the layer isn't known. A damaged record is none.
    static func load(_ layer: Digest, from store: Store) -> LayerFacts? {
        guard let record = try? store.analysis(of: layer, form: RecordForm.layer) else { return nil }
        return try? decode(record)
    }

    /// Keeps what was found out. That it can't be kept (a full disk, a store of another) must not take the answer away.
    static func save(_ facts: LayerFacts, of layer: Digest, to store: Store) {
        guard let record = try? encode(facts) else { return }
        try? store.recordAnalysis(of: layer, form: RecordForm.layer, record)
    }

    /// Nil when the record would take more than is kept.
    static func encode(_ facts: LayerFacts) throws -> [UInt8]? { try RecordForm.pack { $0.write(facts) } }

    /// - Throws: ``RecordDamage``, `ArchiveError`.
    static func decode(_ record: [UInt8]) throws -> LayerFacts {
        try RecordForm.unpack(record) { try $0.layerFacts() }
    }
}
