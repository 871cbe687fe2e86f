package import ArgumentParser
import ContentStore
import Core
import Distribution
import HostOS
import OCI

/// `sampan save`.
package struct SaveCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Write images of the store to one archive, which docker load, podman load and sampan load read.",
        discussion: """
            The archive has the names that the images have. A docker archive holds the image for one platform of an index; \
            an OCI archive holds all of it.
            """)

    @Argument(help: "The images: names, digests or beginnings of digests; or any TRANSPORT:NAME.")
    var images: [String]

    @Option(name: .shortAndLong, help: "The file to write; - is standard output.")
    var output: String

    @Option(help: "What kind of archive: docker or oci.")
    var format: ImageFormat = .docker

    @Option(help: "The image of an index for this platform, as os/architecture[/variant].")
    var platform: String?

    @OptionGroup
    var transfer: TransferOptions

    package init() {}

    package func run() async throws {
        let sources = try images.map { try ImageArgument(stored: $0) }
        let named = try platform.map(PlatformOptions.parse)
        var options = CopyOptions(platforms: named.map { .one($0) } ?? (format == .oci ? .all : .one(.host)))
        // Docker's programs read OCI media types in such an archive; nothing has to change.
        options.referrers = false
        let (form, path, start, final) = (format, output, ContinuousClock.now, options)
        let results = try await Transfer.run(transfer) { transfer in
            let target = ArchiveTarget(
                form == .oci ? .oci : .docker, to: try Transfer.output(path), images: sources.count)
            var results: [CopyResult] = []
            for source in sources {
                let origin = try await RootedOrigin(transfer.origin(source))
                if let named { try await origin.require(named, of: source.text) }
                var options = final
                options.names = try await transfer.names(of: source)
                results.append(try await transfer.copy(from: origin, to: target, options))
            }
            return results
        }
        let took = ContinuousClock.now - start
        for (source, result) in zip(sources, results) {
            TransferReport(
                verb: "saved", source: source.shown, target: path == "-" ? "standard output" : path, took: took,
                isQuiet: transfer.isQuiet
            ).show(result)
        }
        guard path != "-" else { return }
        for result in results { Console.shared.output(result.written.digest.description) }
    }
}

extension Transfer {
    /// What an archive calls an image.
    fileprivate func names(of source: ImageArgument) async throws -> [Reference] {
        switch source.name {
        case .store(let name):
            // A digest, or its beginning, gives no name; a name gives itself.
            let store = try store()
            let record = try await BlockingPool.waiting.run { try StoredImage.find(name, store) }
            guard let known = record.name, (try? Reference(parsing: name)) == known else { return [] }
            return [known]
        case .registry(let reference), .plain(let reference): return reference.tag == nil ? [] : [reference]
        case .dockerDaemon(let name): return (try? Reference(parsing: name)).map { [$0] } ?? []
        default: return []
        }
    }
}
