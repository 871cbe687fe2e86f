package import Core
package import HostOS

/// A build step's result on its way into the store.
package struct NewStep: Sendable {
    /// The step's definition key.
    package var key: Digest
    /// The hash of the instruction without its inputs: under it, candidates for the same content are found.
    package var shape: Digest
    /// For people: what `cache du` shows.
    package var description: String
    /// The result as its maker wrote it; the store does not look inside.
    package var result: [UInt8]
    /// The layers without which the result is worth nothing.
    package var layers: [Digest]
    /// The blobs without which the result is worth nothing.
    package var blobs: [Digest]

    package init(
        key: Digest, shape: Digest, description: String, result: [UInt8], layers: [Digest] = [], blobs: [Digest] = []
    ) {
        self.key = key
        self.shape = shape
        self.description = description
        self.result = result
        self.layers = layers
        self.blobs = blobs
    }
}

/// A build step's recorded result.
package struct StepRecord: Hashable, Sendable {
    package var key: Digest
    package var shape: Digest
    package var description: String
    package var result: [UInt8]
    package var layers: [Digest]
    package var blobs: [Digest]
    package var created: FileTime
    package var lastUsed: FileTime
    /// How often it was looked up with success.
    package var hits: Int

    var needs: [StoreItem] { layers.map { .layer($0) } + blobs.map { .blob($0) } }
}
