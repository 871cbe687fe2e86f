package import Core
package import Layers
package import OCI

/// An image as it was read: its documents, its layers, and the tree that they make.
package struct AnalysedImage: Sendable {
    package struct Layer: Sendable {
        /// Of the blob.
        package var descriptor: Descriptor
        package var cause: LayerCause
        package var facts: LayerFacts

        package init(descriptor: Descriptor, cause: LayerCause, facts: LayerFacts) {
            self.descriptor = descriptor
            self.cause = cause
            self.facts = facts
        }
    }

    /// As the user named it.
    package var name: String
    package var manifest: Descriptor
    package var config: ImageConfig
    package var platform: Platform
    package var layers: [Layer]
    /// The last instruction of each keyword that made the configuration: `FROM`, `USER`, `ENTRYPOINT`…; empty for images
    /// of others.
    package var instructions: [String: LayerCause.Place] = [:]
    /// Of the bytes of the Dockerfile that those and the layers' causes speak of.
    package var dockerfile: Digest?
    /// What the layers make together.
    package var tree: FileTree
    /// What could not be looked at, in words.
    package var remarks: [String] = []
    /// Whether all that there is to know of the layers is known: false where limits left something out.
    package var isWhole = true

    package init(name: String, manifest: Descriptor, config: ImageConfig, platform: Platform, layers: [Layer]) {
        self.name = name
        self.manifest = manifest
        self.config = config
        self.platform = platform
        self.layers = layers
        tree = FileTree(layers: layers.map(\.facts.contents))
    }

    /// What is known of the content of a file that the tree has.
    package func facts(of node: FileTree.Node) -> ContentFacts? {
        guard layers.indices.contains(node.layer) else { return nil }
        let facts = layers[node.layer].facts
        return facts.contents.index(of: node.hardlink ?? node.path).flatMap { facts.facts[$0] }
    }

    /// Bytes of all layers' blobs.
    package var compressedSize: Int64 { layers.reduce(0) { $0 + Int64($1.descriptor.size) } }
    /// Bytes of all contents in all layers.
    package var contentBytes: Int64 { layers.reduce(0) { $0 + $1.facts.contentBytes } }
}
