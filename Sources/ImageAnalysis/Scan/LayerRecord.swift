internal import ContentStore
internal import Core

/// What was found out about a layer, as the store keeps it.
enum LayerRecord {
    static func load(_ layer: Digest, from store: Store) -> LayerFacts? { nil }
    static func save(_ facts: LayerFacts, of layer: Digest, to store: Store) {}
}
