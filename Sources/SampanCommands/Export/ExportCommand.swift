package import ArgumentParser
import BuildGraph
import ContentStore
import Core
import HostOS
import Layers
import OCI
import Sandbox

/// `sampan export`.
package struct ExportCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write an image of the store, or its files, to a file or directory.")

    @Argument(help: "The image: a name, a digest or the beginning of one.")
    var image: String

    @Option(
        name: .shortAndLong,
        help:
            "Where to write it, as type=oci|oci-archive|docker|tar|local,dest=PATH; a tar of its files on standard output without."
    )
    var output: String = "-"

    package init() {}

    package func run() async throws {
        let spec = try OutputSpec(parsing: output)
        let store = try StoreAccess.open()
        defer { store.close() }
        let record = try StoredImage.find(image, store)
        let image = try StoredImage.read(record.manifest, store)
        if spec.kind == .tar || spec.kind == .local {
            // Files are read from the blobs, so nothing is needed but the store.
            let service = LayerService(store: store, canUnpack: false, overlay: .none)
            let base = BaseImage(
                name: self.image, manifest: image.digest, config: image.config,
                layers: zip(image.config.rootfs.diffIDs, image.manifest.layers).map {
                    BaseImage.Layer(diffID: $0, descriptor: $1) { _ in }
                })
            let contents = try await service.files(LayerRef.layers(of: base), epoch: 0)
            try await BlockingPool.compute.run { try RootFileSystem.write(contents, to: spec) }
            return
        }
        let names = [record.name].compactMap { $0 } + (try spec.name.map { [try Reference(parsing: $0)] } ?? [])
        try StoreLayouts.write(record.manifest, names: names, to: spec, store: store)
    }
}
