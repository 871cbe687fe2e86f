package import ArgumentParser
import Core
import Distribution
import OCI

/// `sampan manifest`.
package struct ManifestCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "manifest", abstract: "Print the manifest or index of an image, wherever it is.")

    @Argument(help: "The image: a name of the store, else of a registry; or any TRANSPORT:NAME.")
    var image: String

    @Option(help: "The manifest of an index' image for this platform, as os/architecture[/variant].")
    var platform: String?

    @Flag(help: "The exact bytes that the digest is of.")
    var raw = false

    @OptionGroup
    var registry: RegistryOptions

    package init() {}

    package func run() async throws {
        let document = try await ImageDocument.read(image, platform: platform, registry)
        guard !raw else { return Console.shared.output(document.bytes) }
        Console.shared.output(SafeText.json(IndentedJSON.bytes(document.bytes)))
    }
}

/// `sampan digest`.
package struct DigestCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "digest", abstract: "Print the digest of an image, wherever it is.")

    @Argument(help: "The image: a name of the store, else of a registry; or any TRANSPORT:NAME.")
    var image: String

    @Option(help: "The digest of an index' image for this platform, as os/architecture[/variant].")
    var platform: String?

    @OptionGroup
    var registry: RegistryOptions

    package init() {}

    package func run() async throws {
        let document = try await ImageDocument.read(image, platform: platform, registry)
        Console.shared.output(document.descriptor.digest.description)
    }
}

extension ImageDocument {
    /// The manifest or index of an image as the user named it; with a platform that of its image.
    fileprivate static func read(_ text: String, platform: String?, _ registry: RegistryOptions) async throws
        -> ImageDocument
    {
        let image = try ImageArgument(text)
        let platform = try platform.map(PlatformOptions.parse)
        return try await Transfer.run(registry) { transfer in
            let origin = try await RootedOrigin(transfer.origin(image))
            guard let platform else { return origin.document }
            return try await origin.image(platform, required: true, of: text)
        }
    }
}
