import Core
import OCI

/// What the options and the target want changed about an image.
struct Conversion: Sendable {
    private let options: CopyOptions
    private let accepts: @Sendable (LayerCompression) -> Bool

    init(_ options: CopyOptions, target: any ImageTarget) {
        self.options = options
        accepts = { target.accepts($0) }
    }

    /// Whether documents go as they are, whatever they hold.
    var isNone: Bool {
        options.format == .keep && options.compression == .keep && LayerCompression.allCases.allSatisfy(accepts)
    }

    /// A layer that has to be packed in another way.
    struct Layer: Sendable, Hashable {
        var layer: Descriptor
        var diffID: Digest
        var compression: LayerCompression
    }

    /// How a layer is packed at the target; nil for what is no layer or stays as it is.
    private func wanted(_ layer: Descriptor) -> LayerCompression? {
        guard let present = layer.mediaType.layerCompression, !layer.mediaType.isForeignLayer else { return nil }
        let wanted: LayerCompression =
            switch options.compression {
            case .keep: accepts(present) ? present : .none
            case .gzip: .gzip
            case .zstd: .zstd
            }
        return wanted == present ? nil : wanted
    }

    private var toOCI: FormatConverter { FormatConverter(format: .oci, drops: options.dropsAnnotations) }
    private var toFormat: FormatConverter { FormatConverter(format: options.format, drops: options.dropsAnnotations) }

    /// Decides what is moved and what becomes of it. Everything that can't be converted is found here, before a byte of a
    /// blob moves.
    func plan(_ tree: ImageTree, _ origin: any ImageOrigin) async throws -> Plan {
        var plan = Plan(tree: tree, format: toFormat, isNone: isNone)
        plan.changes = changes(tree)
        let kept = try tree.order { try toFormat.fitsDocker($0) }
        plan.order = kept
        var converted: [Digest: Layer] = [:]
        for node in kept {
            guard case .image(let image) = node.manifest else { continue }
            // By way of OCI's types, which have a name for each way to pack a layer.
            var base = options.format == .keep ? image : try toOCI.convert(image)
            let repacked = try await repacked(base, origin)
            for layer in repacked {
                if let other = converted[layer.layer.digest], other.diffID != layer.diffID {
                    throw DistributionError.wrongDiffID(
                        layer.layer.digest, expected: other.diffID, actual: layer.diffID)
                }
                converted[layer.layer.digest] = layer
            }
            plan.images[node.document.descriptor.digest] = base
            for (index, layer) in base.layers.enumerated() {
                guard let target = converted[layer.digest] else { continue }
                guard let type = layer.mediaType.compressed(target.compression) else {
                    throw DistributionError.dockerZstd
                }
                base.layers[index].mediaType = type
            }
            _ = try toFormat.convert(base)
        }
        plan.conversions = converted.values.sorted {
            $0.layer.size != $1.layer.size ? $0.layer.size > $1.layer.size : $0.layer.digest < $1.layer.digest
        }
        plan.blobs = try BlobList(Array(plan.images.values)).all.filter { converted[$0.digest] == nil }
        return plan
    }

    private func repacked(_ image: ImageManifest, _ origin: any ImageOrigin) async throws -> [Layer] {
        guard image.config.mediaType.isImageConfig, image.layers.contains(where: { wanted($0) != nil }) else {
            return []
        }
        let bytes = try await origin.document(image.config)
        try Distribution.check(bytes, image.config)
        let config = try ImageConfig(decoding: bytes)
        try config.check(against: image)
        return zip(image.layers, config.rootfs.diffIDs).compactMap { layer, diffID in
            wanted(layer).map { Layer(layer: layer, diffID: diffID, compression: $0) }
        }
    }

    private func changes(_ tree: ImageTree) -> [String] {
        var changes: [String] = []
        switch options.format {
        case .keep: break
        case .oci: changes.append("its media types are OCI's now")
        case .docker: changes.append("its media types are docker's now")
        }
        switch options.compression {
        case .gzip: changes.append("its layers are compressed with gzip")
        case .zstd: changes.append("its layers are compressed with zstd")
        case .keep:
            if !accepts(.zstd) { changes.append("layers that the target can't read compressed are not compressed") }
        }
        return changes
    }

    /// What is moved, and what becomes of the documents.
    struct Plan: Sendable {
        fileprivate let tree: ImageTree
        fileprivate let format: FormatConverter
        fileprivate let isNone: Bool
        /// Documents, children first, the root last.
        fileprivate var order: [ImageTree.Node] = []
        /// Images by the digest that they had, in the format that layers are repacked in.
        fileprivate(set) var images: [Digest: ImageManifest] = [:]
        /// Blobs that go as they are.
        fileprivate(set) var blobs: [Descriptor] = []
        fileprivate(set) var conversions: [Layer] = []
        /// Why the digest changes, if it does.
        fileprivate(set) var changes: [String] = []

        /// Whether any digest may change.
        var changesAnything: Bool {
            !conversions.isEmpty
                || (try? documents([:]).map(\.descriptor.digest)) != order.map(\.document.descriptor.digest)
        }

        /// The documents to write, children first, the root last. One that does not change keeps its bytes.
        /// - Parameter layers: what repacked layers became.
        func documents(_ layers: [Digest: Descriptor]) throws -> [ImageDocument] {
            if isNone { return order.map(\.document) }
            var written: [Digest: Descriptor] = [:]
            return try order.map { node in
                let old = node.document.descriptor.digest
                let document: ImageDocument
                switch node.manifest {
                case .image(let original):
                    var image = images[old] ?? original
                    for (index, layer) in image.layers.enumerated() {
                        if let new = layers[layer.digest] { image.layers[index] = new }
                    }
                    image = try format.convert(image)
                    document = image == original ? node.document : try .init(encoding: image, image.mediaType)
                case .index(let original):
                    let index = try format.convert(original, children: written)
                    document = index == original ? node.document : try .init(encoding: index, index.mediaType)
                }
                written[old] = document.descriptor
                return document
            }
        }
    }
}

extension ImageDocument {
    fileprivate init(encoding value: some Encodable, _ type: MediaType?) throws {
        self.init(type ?? .ociManifest, try CanonicalJSON.encode(value))
    }
}
