import Archive
package import ArgumentParser
import ContentStore
import Core
import Distribution
import Glibc
import HostOS
import ImageLayouts
import OCI

/// `sampan load`.
package struct LoadCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Take all images of an archive into the store, under the names they have there.",
        discussion: """
            Reads what docker save, podman save and skopeo write: docker archives and OCI archives, compressed or not, and \
            OCI layouts in a directory. Standard output gets the digest of each image.
            """)

    @Option(name: .shortAndLong, help: "The archive or directory. (default: standard input)")
    var input: String?

    @OptionGroup
    var platforms: PlatformOptions

    @OptionGroup
    var transfer: TransferOptions

    package init() {}

    package func run() async throws {
        if input == nil || input == "-", isatty(0) == 1 {
            throw Diagnostic(
                code: "load.terminal", "an archive is not read from a terminal", hint: "name it with -i FILE",
                exitCode: 64)
        }
        let (path, platforms, start) = (input ?? "-", try platforms.choice(), ContinuousClock.now)
        let loaded = try await Transfer.run(transfer) { transfer in
            let source = try await transfer.archive(path)
            let selectors = try await transfer.selectors(of: source)
            var loaded: [(name: String, result: CopyResult)] = []
            // The only image is found without a name.
            for name in selectors.count < 2 ? [nil] : selectors.map(Optional.some) {
                let origin = try await transfer.layout(source, name)
                guard try origin.root().isImage else { continue }
                var options = CopyOptions(platforms: platforms)
                options.names = Self.names(name ?? selectors.first, origin)
                let result = try await transfer.copy(from: origin, to: StoreTarget(transfer.store()), options)
                let shown = options.names.map(\.familiar).joined(separator: ", ")
                loaded.append((shown.isEmpty ? result.written.digest.short : shown, result))
            }
            return loaded
        }
        for (name, result) in loaded {
            TransferReport(
                verb: "loaded", source: name, target: name, took: ContinuousClock.now - start, isQuiet: transfer.isQuiet
            ).show(result)
            Console.shared.output(result.written.digest.description)
        }
    }

    /// What the archive calls an image that was found by a name; a bare tag or a digest is no name for the store.
    private static func names(_ selector: String?, _ origin: LayoutOrigin) -> [Reference] {
        if let selector, (try? Digest(parsing: selector)) == nil, selector.contains(":") || selector.contains("/"),
            let name = try? Reference(parsing: selector), name.digest == nil
        {
            return [name]
        }
        return origin.names.filter { $0.tag != nil && $0.digest == nil }
    }
}

extension ImageDocument {
    /// Whether it is an image or an index of some, and nothing that is attached to one.
    fileprivate var isImage: Bool {
        get throws {
            guard case .image(let manifest) = try Manifest(decoding: bytes, mediaType: descriptor.mediaType) else {
                return true
            }
            return manifest.config.mediaType.isImageConfig && manifest.subject == nil
        }
    }
}

extension Transfer {
    /// A file, a directory, or what comes on standard input or through a pipe, which can be read once only and is kept in
    /// a file until the end.
    fileprivate func archive(_ path: String) async throws -> LayoutSource {
        if path != "-" {
            switch try FileInfo.of(path, followLinks: true)?.kind {
            case .directory: return .directory(path)
            case .file, nil: return .archive(path)
            default: break
            }
        }
        let copy = try inputFile(shownAs: path == "-" ? "standard input" : path)
        return try await BlockingPool.waiting.run {
            let file = try FileDescriptor.open(copy, O_WRONLY | O_CREAT | O_EXCL)
            let input: FileDescriptor = path == "-" ? try .duplicating(0) : try .open(path, O_RDONLY)
            try DescriptorSource(input).copy(to: DescriptorSink(file))
            return .archive(copy)
        }
    }
}
