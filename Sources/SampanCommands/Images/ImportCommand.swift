import Archive
package import ArgumentParser
import BuildGraph
import ContentStore
import Core
import Glibc
import HostOS
import Layers
import OCI

/// `sampan import`.
package struct ImportCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make an image of one layer from a tar of a root file system.",
        discussion: "The tar may be compressed with gzip, bzip2, xz or zstd; its bytes become the layer as they are.")

    @Argument(help: "The tar; - reads standard input.")
    var file: String

    @Argument(help: "A name for the image.")
    var name: String

    @Option(help: "The platform of the programs in it.")
    var platform: String?

    package init() {}

    package func run() async throws {
        let reference = try Reference(parsing: name)
        var target = Platform.host
        if let platform {
            guard let parsed = Platform(parsing: platform) else {
                throw BuildOptions.usage("platform", platform, "os/architecture[/variant]")
            }
            target = parsed
        }
        let (file, chosen) = (file, target)
        let digest = try await Interruption.shared.cancelling {
            try await BlockingPool.compute.run { try Self.importImage(file, reference, chosen) }
        }
        Console.shared.output(digest.description)
    }

    private static func importImage(_ path: String, _ name: Reference, _ platform: Platform) throws -> Digest {
        let store = try StoreAccess.open()
        defer { store.close() }
        let input: FileDescriptor
        do {
            input = path == "-" ? try .duplicating(0) : try FileDescriptor.open(path, O_RDONLY)
        } catch {
            throw Diagnostic(code: "import.read", "cannot read '\(path)'", causes: [error.reason])
        }
        // Everything is read and checked once before it becomes a layer: a damaged archive makes no image.
        let tar = try store.scratchFile()
        let indexed: IndexedLayer
        do {
            indexed = try TarIndexer.index(DescriptorSource(input), into: tar, expecting: nil)
        } catch {
            var diagnostic = Diagnostic(explaining: error)
            diagnostic.causes.insert(diagnostic.message, at: 0)
            diagnostic.message = "'\(path)' cannot be imported"
            throw diagnostic
        }
        let sink = StoreBlobSink(try store.makeBlobWriter())
        let written = try LayerWriter(cache: StoreMemberCache(store)).recompress(
            tar: SpanSource(tar, offset: 0, length: indexed.size), to: sink)
        try sink.writer.commit(expected: written.digest, size: written.size)
        let layer = Descriptor(
            mediaType: MediaType(rawValue: written.mediaType), digest: written.digest, size: Int(written.size))
        try store.recordBlob(layer, diffID: written.diffID, codec: "gzip")
        var state = StageState.scratch(platform)
        state.image.created = Timestamp.text(0)
        state.image.rootfs = ImageConfig.RootFS(diffIDs: [written.diffID])
        state.image.history = [
            ImageConfig.History(created: Timestamp.text(0), createdBy: "sampan import", comment: nil, emptyLayer: false)
        ]
        let config = try CanonicalJSON.encode(state.image)
        let configDescriptor = Descriptor(mediaType: .ociConfig, describing: config)
        let manifest = try CanonicalJSON.encode(
            ImageManifest(mediaType: .ociManifest, config: configDescriptor, layers: [layer]))
        let descriptor = Descriptor(mediaType: .ociManifest, describing: manifest)
        try store.putBlob(config, expected: configDescriptor.digest)
        try store.putBlob(manifest, expected: descriptor.digest)
        try store.tag(name, manifest: descriptor)
        return descriptor.digest
    }
}
