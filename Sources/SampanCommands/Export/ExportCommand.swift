package import ArgumentParser
import BuildGraph
import ContentStore
import Core
import Distribution
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

    @OptionGroup var registry: RegistryOptions

    package init() {}

    package func run() async throws {
        let spec = try OutputSpec(parsing: output)
        let store = try StoreAccess.open()
        defer { store.close() }
        let record = try StoredImage.find(image, store)
        let network = try NetworkAccess(registry: registry, environment: StoreAccess.environment())
        let stored = StoredOutput(store: store, network: network)
        do {
            try await Interruption.shared.cancelling {
                try await stored.write(record.manifest, names: [record.name].compactMap { $0 }, to: spec)
            }
            await network.shutdown()
        } catch {
            await network.shutdown()
            throw error
        }
    }
}

/// Writes images of the store where `--output` says.
struct StoredOutput: Sendable {
    let store: Store
    let network: NetworkAccess

    /// - Parameters:
    ///   - descriptor: an image, or an index; of that, files are those of this machine's platform.
    ///   - names: what layouts and archives call it.
    func write(_ descriptor: Descriptor, names: [Reference], to spec: OutputSpec) async throws {
        guard spec.kind != .registry, !spec.isDaemon else {
            throw Diagnostic(
                code: "usage.output", "this writes files",
                hint: "use: sampan push, or sampan copy STORE:NAME docker-daemon:NAME",
                exitCode: 64)
        }
        guard spec.kind == .tar || spec.kind == .local else {
            let origin = StoreOrigin(store, descriptor, session: { [network] in try network.registry() })
            return try await LayoutOutput.write(origin, names: names + spec.names, to: spec)
        }
        // A base that nobody has read may still be where it came from.
        try await OriginFetch(store: store, network: network).complete(descriptor)
        // Files are read from the blobs, so nothing is needed but the store.
        let image = try StoredImage.read(descriptor, store)
        let service = LayerService(store: store, canUnpack: false, overlay: .none)
        let base = BaseImage(
            name: image.digest.description, manifest: image.digest, config: image.config,
            layers: zip(image.config.rootfs.diffIDs, image.manifest.layers).map {
                BaseImage.Layer(stored: $1, diffID: $0)
            })
        let contents = try await service.files(LayerRef.layers(of: base), epoch: 0)
        try await BlockingPool.compute.run { try RootFileSystem.write(contents, to: spec) }
    }
}
