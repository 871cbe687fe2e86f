package import ArgumentParser
import Core
import Distribution
import OCI

/// `sampan push`.
package struct PushCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Copy an image of the store to a registry, or anywhere else.",
        discussion: """
            What the registry has is not sent; what another of its repositories has is mounted. An index goes with the \
            images of all its platforms. Standard output gets the reference of what was pushed, with its digest.
            """)

    @Argument(help: "The image: a name, a digest or the beginning of one; or any TRANSPORT:NAME.")
    var image: String

    @Argument(help: "Where it goes, as NAME[:TAG] of a registry or any TRANSPORT:NAME. (default: the image's own name)")
    var destination: String?

    @Option(help: "The image of an index for this platform alone, as os/architecture[/variant].")
    var platform: String?

    @OptionGroup
    var conversion: ConversionOptions

    @OptionGroup
    var transfer: TransferOptions

    package init() {}

    package func run() async throws {
        let source = try ImageArgument(stored: image)
        let target = try destination.map { try ImageArgument(registry: $0) } ?? Self.ownName(source)
        var options = conversion.copyOptions
        let named = try platform.map(PlatformOptions.parse)
        options.platforms = named.map { .one($0) } ?? (target.holdsOnePlatform ? .one(.host) : .all)
        let job = TransferJob(source: source, target: target, options: options, required: named, verb: "pushed")
        try await job.run(transfer)
    }

    /// Where an image goes by its own name.
    private static func ownName(_ source: ImageArgument) throws -> ImageArgument {
        let hint = "name where it goes: sampan push \(source.text) REGISTRY/NAME:TAG"
        guard case .store(let name) = source.name, let reference = try? Reference(parsing: name),
            reference.digest == nil, name.contains("/")
        else {
            throw Diagnostic(
                code: "push.destination", "'\(source.text)' does not say where to push to", hint: hint, exitCode: 64)
        }
        return try ImageArgument(registry: reference.description)
    }
}

/// What may change an image on its way.
package struct ConversionOptions: ParsableArguments, Sendable {
    @Option(help: "Whose media types it gets: oci or docker. (default: those it has)")
    var format: ImageFormat?

    @Option(help: "How its layers are compressed: gzip or zstd. (default: as they are)")
    var compression: LayerCompression?

    @Flag(help: "Copy signatures, SBOMs and other attachments too.")
    var referrers = false

    @Flag(help: "With --format docker, leave out annotations, which that format cannot hold.")
    var dropAnnotations = false

    package init() {}

    /// For the images of all platforms, without names.
    var copyOptions: CopyOptions {
        var options = CopyOptions()
        options.format = format.map { $0 == .oci ? .oci : .docker } ?? .keep
        options.compression = compression.map { $0 == .gzip ? .gzip : .zstd } ?? .keep
        options.referrers = referrers
        options.dropsAnnotations = dropAnnotations
        return options
    }
}

/// Whose media types.
package enum ImageFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case oci, docker
}

package enum LayerCompression: String, ExpressibleByArgument, CaseIterable, Sendable {
    case gzip, zstd
}
