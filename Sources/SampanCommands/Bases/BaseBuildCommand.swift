package import ArgumentParser
import Bases
import BuildGraph
import ContentStore
import Core
import Debian
import HostOS
import OCI

/// `sampan base build`.
package struct BaseBuildCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Make the image of a base.",
        discussion: """
            A recipe's file that has a lock file beside it (my-base.yaml, my-base.lock.yaml) is built from exactly the \
            packages that are locked. The result is in the store; several platforms become an index.
            """)

    @Argument(help: "A built-in recipe (sampan base list), the same with -debug, or a file.")
    var recipe: String

    @Option(name: .shortAndLong, help: "A name for the image. Can be given several times.")
    var tag: [String] = []

    @Option(
        name: .shortAndLong,
        help: "Where to write it, as type=oci|oci-archive|docker|tar|local,dest=PATH. Can be given several times.")
    var output: [String] = []

    @Option(help: "The platforms to build for, separated by commas. (default: this machine's)")
    var platform: String?

    @Option(help: "A lock file to take the packages from. (default: the one beside the recipe's file)")
    var lock: String?

    @Flag(help: "Take what the archive has now, whatever a lock file beside the recipe says.")
    var ignoreLock = false

    @Flag(help: "Make every layer anew.")
    var noCache = false

    @OptionGroup var archive: ArchiveArguments

    @Option(help: "How to show what happens: auto, tty, plain, rawjson or quiet.")
    var progress: ProgressMode = .auto

    @Flag(name: .shortAndLong, help: "Print the digest and nothing else.")
    var quiet = false

    @Option(help: "A file that gets the image's digest.")
    var iidfile: String?

    package init() {}

    package func run() async throws {
        let start = ContinuousClock.now
        let outputs = try output.map { try OutputSpec(parsing: $0) }
        let tags = try tag.map { try Reference(parsing: $0) }
        let chain = try RecipeChain.load(recipe)
        let architectures = try BasePlatforms.architectures(platform, chain)
        let locked = try (ignoreLock ? nil : lock ?? PackageSelection.lockPath(for: recipe)).map {
            try PackageSelection.locked($0, chain, architectures: architectures)
        }
        let environment = StoreAccess.environment()
        let sources = try locked == nil ? archive.sources(chain, environment: environment) : optionalSources(chain)
        let view: any ProgressView = quiet ? QuietProgress(.shared) : progress.makeSink()
        let job = try BaseJob.open(configures: chain.isConfigured, view: view)
        defer { job.store.close() }
        // What was built from another archive on request is no choice for later builds.
        let (noCache, remembers) = (noCache, archive.isEmpty)
        let built = try await job.run { maker in
            let lock: LockFile
            if let locked {
                lock = locked
            } else {
                lock = try await maker.resolve(chain, architectures: architectures, from: sources)
                if remembers { try await maker.remember(lock, chain) }
            }
            var built: [BaseBuilder.Built] = []
            for name in architectures {
                guard let packages = lock[name] else { continue }
                built.append(try await maker.build(chain, lock, packages, from: sources, noCache: noCache))
            }
            let descriptor = try PlatformIndex.join(built.map(\.manifest), maker.store)
            for tag in tags { try maker.store.tag(tag, manifest: descriptor) }
            if tags.isEmpty { try maker.store.addImage(descriptor) }
            for output in outputs {
                try await StoredOutput(store: maker.store, network: maker.network)
                    .write(descriptor, names: tags, to: output)
            }
            return (descriptor: descriptor, images: built)
        }
        let digest = built.descriptor.digest.description
        if let iidfile { try AtomicFile.write(Array(digest.utf8), to: iidfile) }
        if !quiet, progress != .quiet, progress != .rawjson {
            for (architecture, image) in zip(architectures, built.images) {
                let size = image.layers.reduce(Int64(0)) { $0 + Int64($1.size) }
                let name = tags.first?.familiar ?? chain.name
                Console.shared.message(
                    "built \(name) for \(architecture): \(image.packageCount) packages, \(image.layers.count) layer\(image.layers.count == 1 ? "" : "s"), \(Human.bytes(size)) compressed, in \(Human.seconds(ContinuousClock.now - start))"
                )
                for report in image.reports { Self.tell(report) }
            }
        }
        if !output.contains(where: { $0 == "-" || $0.hasSuffix("dest=-") }) { Console.shared.output(digest) }
    }

    /// What the slices of a level left out.
    private static func tell(_ report: LevelReport) {
        let parts = report.sliced.filter { $0.files > 0 }.map { sliced in
            "\(sliced.slice) \(Human.bytes(sliced.bytes))"
        }
        if parts.isEmpty { return }
        Console.shared.message(
            "  \(report.name): \(report.entries) entries, \(Human.bytes(report.bytes)); left out \(parts.joined(separator: ", "))"
        )
    }

    /// With a lock file no mirror is needed as long as all packages are in the store.
    private func optionalSources(_ chain: RecipeChain) throws -> [ArchiveSource] {
        do {
            return try archive.sources(chain, environment: StoreAccess.environment())
        } catch DebianArchiveError.noSource {
            return []
        }
    }
}

/// Platforms of images and what Debian calls them.
enum BasePlatforms {
    /// Debian's architectures that are meant.
    /// - Parameter text: of `--platform`.
    static func architectures(_ text: String?, _ chain: RecipeChain) throws -> [String] {
        guard let text else { return [try architecture(.host, chain)] }
        var out: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let platform = Platform(parsing: String(part)) else {
                throw BuildOptions.usage("platform", text, "os/architecture[/variant], separated by commas")
            }
            let name = try architecture(platform, chain)
            if !out.contains(name) { out.append(name) }
        }
        return out
    }

    private static func architecture(_ platform: Platform, _ chain: RecipeChain) throws -> String {
        guard let name = chain.architectures.first(where: { BaseConfig.platform($0).distance(from: platform) != nil })
        else {
            throw Diagnostic(
                code: "base.platform", "the recipe '\(chain.name)' is not for \(platform)",
                hint: "it is for \(chain.architectures.joined(separator: ", "))")
        }
        return name
    }
}
