package import Core
package import Layers

/// One layer of a stage.
package struct LayerRef: Sendable {
    package enum Origin: Sendable {
        /// Of a base image; `index` is its place there.
        case base(BaseImage, index: Int)
        /// Made from entries by COPY, ADD or WORKDIR; its ``LayerRef/id`` is the identity of its contents.
        case made(LayerContents)
        /// The changes of a RUN; they lie unpacked in the store.
        case ran
        /// Made elsewhere; its bytes come when something reads them.
        case shipped(ShippedLayer)
    }

    /// What the layer is known by in keys and in the store.
    package var id: Digest
    package var origin: Origin

    package init(id: Digest, origin: Origin) {
        self.id = id
        self.origin = origin
    }

    /// The layers of a base image. An identity covers the layers below, because what a layer leaves unsaid (the
    /// metadata of parent directories) is taken from them when it is unpacked.
    package static func layers(of image: BaseImage) -> [LayerRef] {
        var out: [LayerRef] = []
        for (index, layer) in image.layers.enumerated() {
            var id = layer.diffID
            if let below = out.last {
                var hash = KeyHasher("layer-chain/1")
                hash.add(below.id)
                hash.add(layer.diffID)
                id = hash.finalize()
            }
            out.append(LayerRef(id: id, origin: .base(image, index: index)))
        }
        return out
    }
}
