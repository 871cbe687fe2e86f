private import ContentStore
import Core
private import HostOS
import Layers
package import OCI

/// A finished image: its documents are in the store, its layers where they are.
package struct BuiltImage: Sendable {
    package var manifest: Descriptor
    package var manifestBytes: [UInt8]
    package var config: ImageConfig
    package var configDescriptor: Descriptor
    package var layers: [LayerService.LayerBlob]
    /// Sees to it that every layer blob is in the store; a base that was only named is fetched now.
    package var fetch: @Sendable () async throws -> Void
}

/// Makes an image of a stage: layer blobs, configuration, manifest.
package struct ImageAssembler: Sendable {
    private let session: BuildSession

    package init(_ session: BuildSession) { self.session = session }

    /// - Parameter annotations: of the manifest, besides those of the request.
    package func assemble(_ state: StageState, annotations: [String: String] = [:]) async throws -> BuiltImage {
        let request = session.request
        let services = session.services
        let layers = try await services.progress.step("exporting layers") { try await blobs(state, $0) }
        var image = state.image
        image.created = Timestamp.text(request.epoch)
        image.rootfs = ImageConfig.RootFS(diffIDs: layers.map(\.diffID))
        image.config.labels.merge(request.labels) { $1 }
        image.os = state.platform.os
        image.architecture = state.platform.architecture
        image.variant = state.platform.variant
        if image.history.count(where: { !$0.emptyLayer }) != layers.count {
            image.history = Self.completed(image.history, layers.count)
        }
        let configBytes = try CanonicalJSON.encode(image)
        let config = Descriptor(mediaType: .ociConfig, describing: configBytes)
        let manifest = ImageManifest(
            mediaType: .ociManifest, config: config, layers: layers.map { Self.ociDescriptor($0.descriptor) },
            annotations: request.annotations.merging(annotations) { $1 })
        let manifestBytes = try CanonicalJSON.encode(manifest)
        let descriptor = Descriptor(mediaType: .ociManifest, describing: manifestBytes)
        let store = services.store
        try await BlockingPool.waiting.run {
            _ = try store.putBlob(configBytes, expected: config.digest)
            _ = try store.putBlob(manifestBytes, expected: descriptor.digest)
        }
        let stack = state.layers
        return BuiltImage(
            manifest: descriptor, manifestBytes: manifestBytes, config: image, configDescriptor: config, layers: layers,
            fetch: {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for layer in stack {
                        group.addTask {
                            try await services.layers.fetchBlob(
                                layer, epoch: request.epoch, compression: request.compression)
                        }
                    }
                    try await group.waitForAll()
                }
            })
    }

    /// The blobs of all layers; those that must be made are made side by side.
    private func blobs(_ state: StageState, _ step: StepID) async throws -> [LayerService.LayerBlob] {
        let request = session.request
        let services = session.services
        return try await withThrowingTaskGroup(of: (Int, LayerService.LayerBlob).self) { group in
            for (index, layer) in state.layers.enumerated() {
                group.addTask {
                    let blob = try await services.layers.blob(
                        layer, epoch: request.epoch, compression: request.compression
                    ) { services.progress.emit(.bytes(step, done: $0, total: nil)) }
                    return (index, blob)
                }
            }
            var found: [Int: LayerService.LayerBlob] = [:]
            for try await (index, blob) in group { found[index] = blob }
            return found.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Docker's names of layer types in a base become those of the image specification; the bytes are the same.
    private static func ociDescriptor(_ descriptor: Descriptor) -> Descriptor {
        guard let compression = descriptor.mediaType.layerCompression, !descriptor.mediaType.isForeignLayer else {
            return descriptor
        }
        var copy = descriptor
        copy.mediaType = .ociLayer(compression)
        return copy
    }

    /// A base whose history does not account for its layers gets entries for those that are missing.
    private static func completed(_ history: [ImageConfig.History], _ layers: Int) -> [ImageConfig.History] {
        let missing = layers - history.count(where: { !$0.emptyLayer })
        guard missing > 0 else { return history }
        let filler = ImageConfig.History(
            created: nil, createdBy: "layer without history", comment: nil, emptyLayer: false)
        return Array(repeating: filler, count: missing) + history
    }
}
