package import Core
package import Layers
package import OCI

/// What one build can tell another: which steps gave which layers, and the blobs of these.
///
/// Nothing in it depends on the machine that made it. A layer that a program made is not named by chance, as in a
/// store, but by what it holds (``CacheRecords/id(ofProgramLayer:)``), and keys are computed from such names. So two
/// machines that made the same export the same bytes, and a key that is found here says that the inputs hold the same,
/// whoever made them. No text of an instruction is in it either: such a text can hold a password, and whoever may pull
/// an image need not know it.
package struct CacheRecords: Sendable, Hashable {
    /// A step and its result.
    package struct Step: Sendable, Hashable {
        /// The shape and the identities of all layers that the step reads.
        package var key: Digest
        /// The instruction without its inputs.
        package var shape: Digest
        /// Nil when the step changed nothing.
        package var layer: Digest?

        package init(key: Digest, shape: Digest, layer: Digest?) {
            self.key = key
            self.shape = shape
            self.layer = layer
        }
    }

    /// A layer and the blobs that hold it.
    package struct Layer: Sendable, Hashable {
        package var id: Digest
        /// The identity of its entries.
        package var contentID: Digest
        /// None for layers that whoever has the step's inputs makes without a program.
        package var blobs: [Blob]

        package init(id: Digest, contentID: Digest, blobs: [Blob]) {
            self.id = id
            self.contentID = contentID
            self.blobs = blobs
        }
    }

    /// One form in which a layer is shipped.
    package struct Blob: Sendable, Hashable {
        /// The time of its files, in seconds since 1970.
        package var epoch: Int64
        package var compression: Layers.LayerCompression
        package var diffID: Digest
        package var digest: Digest
        /// In bytes.
        package var size: Int

        package init(epoch: Int64, compression: Layers.LayerCompression, diffID: Digest, digest: Digest, size: Int) {
            self.epoch = epoch
            self.compression = compression
            self.diffID = diffID
            self.digest = digest
            self.size = size
        }

        package var descriptor: Descriptor {
            Descriptor(mediaType: MediaType(rawValue: compression.mediaType), digest: digest, size: size)
        }
    }

    private var steps: [Digest: Step] = [:]
    private var layers: [Digest: Layer] = [:]
    private var shapes: Set<Digest> = []

    package init() {}

    package var isEmpty: Bool { steps.isEmpty }

    /// How many steps are known.
    package var count: Int { steps.count }

    /// All steps, by key.
    package var allSteps: [Step] { steps.values.sorted { $0.key < $1.key } }

    /// All layers, by identity.
    package var allLayers: [Layer] { layers.values.sorted { $0.id < $1.id } }

    package func step(_ key: Digest) -> Step? { steps[key] }

    package func layer(_ id: Digest) -> Layer? { layers[id] }

    /// Whether a step of this shape is known; if none is, its key need not be computed.
    package func knows(shape: Digest) -> Bool { shapes.contains(shape) }

    /// What a layer that a program made is called here.
    package static func id(ofProgramLayer contentID: Digest) -> Digest {
        var hash = KeyHasher("program-layer/1")
        hash.add(contentID)
        return hash.finalize()
    }

    /// Adds a step; one of the same key that is known stays.
    package mutating func add(_ step: Step) {
        guard steps[step.key] == nil else { return }
        steps[step.key] = step
        shapes.insert(step.shape)
    }

    /// Adds a layer, or its blobs to what is known of it.
    package mutating func add(_ layer: Layer) {
        var known = layers[layer.id] ?? Layer(id: layer.id, contentID: layer.contentID, blobs: [])
        for blob in layer.blobs where !known.blobs.contains(where: { $0.isForm(of: blob) }) { known.blobs.append(blob) }
        known.blobs.sort { $0.precedes($1) }
        layers[layer.id] = known
    }

    /// Adds what others know; where both know something, this one's stays.
    package mutating func merge(_ other: CacheRecords) {
        for step in other.steps.values { add(step) }
        for layer in other.layers.values { add(layer) }
    }

    /// The blobs of all layers, each once, by digest.
    package var blobs: [Blob] {
        var known: [Digest: Blob] = [:]
        for layer in layers.values { for blob in layer.blobs { known[blob.digest] = blob } }
        return known.values.sorted { $0.digest < $1.digest }
    }
}

extension CacheRecords.Blob {
    /// Whether both are the same form of a layer.
    func isForm(of other: Self) -> Bool { epoch == other.epoch && compression == other.compression }

    func precedes(_ other: Self) -> Bool {
        (epoch, compression.rawValue) < (other.epoch, other.compression.rawValue)
    }
}
