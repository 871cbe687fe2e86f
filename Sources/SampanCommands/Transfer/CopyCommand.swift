package import ArgumentParser
import Core
import Distribution

/// `sampan copy`.
package struct CopyCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy an image from anywhere to anywhere, without unpacking it.",
        discussion: """
            A SOURCE without a transport is an image of the store, else of a registry; a DESTINATION without one is a \
            registry's. Digests stay unless something has to change, which is told. Of an index the image for this \
            machine's platform is copied; --all copies all of it.
            """)

    @Argument(help: "The image, as TRANSPORT:NAME.")
    var source: String

    @Argument(help: "Where it goes, as TRANSPORT:NAME.")
    var destination: String

    @OptionGroup
    var platforms: PlatformOptions

    @OptionGroup
    var conversion: ConversionOptions

    @OptionGroup
    var transfer: TransferOptions

    package init() {}

    package func run() async throws {
        var options = conversion.copyOptions
        options.platforms = try platforms.choice()
        let job = TransferJob(
            source: try ImageArgument(source), target: try ImageArgument(registry: destination), options: options,
            required: try platforms.named(), verb: "copied")
        try await job.run(transfer)
    }
}
