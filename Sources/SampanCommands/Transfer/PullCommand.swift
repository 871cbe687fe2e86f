package import ArgumentParser
import Core
import Distribution

/// `sampan pull`.
package struct PullCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Copy an image of a registry, or from anywhere else, into the store.",
        discussion: """
            What the store has is not fetched, and what had arrived of an interrupted pull neither. Standard output gets \
            the image's digest.
            """)

    @Argument(help: "The image: NAME[:TAG] of a registry or any TRANSPORT:NAME.")
    var image: String

    @Option(name: .shortAndLong, help: "What to call it in the store. (default: as it is called there)")
    var tag: String?

    @OptionGroup
    var platforms: PlatformOptions

    @OptionGroup
    var transfer: TransferOptions

    package init() {}

    package func run() async throws {
        let source = try ImageArgument(registry: image)
        let job = TransferJob(
            source: source, target: try ImageArgument(stored: try tag.map(Self.checked) ?? Self.storedName(source)),
            options: CopyOptions(platforms: try platforms.choice()), required: try platforms.named(), verb: "pulled")
        try await job.run(transfer)
    }

    private static func checked(_ tag: String) throws -> String {
        guard case .plain(let reference) = try ImageArgument(tag).name, reference.digest == nil else {
            throw BuildOptions.usage("tag", tag, "NAME[:TAG]")
        }
        return tag
    }

    /// What the image is called in the store; empty when nothing names it. A digest alone is no name: what it stands for
    /// can't be given another meaning, so the image is found by it as it is.
    private static func storedName(_ source: ImageArgument) -> String {
        switch source.name {
        case .registry(let reference), .plain(let reference):
            guard reference.digest != nil else { return reference.familiar }
            guard let tag = reference.tag else { return "" }
            return Reference(registry: reference.registry, repository: reference.repository, tag: tag).familiar
        case .dockerDaemon(let name): return (try? Digest(parsing: name)) == nil ? name : ""
        case .oci(_, let name), .ociArchive(_, let name), .dockerArchive(_, let name):
            return name.flatMap { $0.contains("/") || $0.contains(":") ? $0 : nil } ?? ""
        case .directory, .store, .base: return ""
        }
    }
}
