package import Core
package import DockerfileSyntax
package import Layers
package import OCI

/// Everything a build depends on.
package struct BuildRequest: Sendable {
    package var dockerfile: Dockerfile
    package var context: any ContextSource
    /// `--build-context`: what a name means in FROM, COPY --from and mounts. Keys are as given.
    package var namedContexts: [String: NamedContext] = [:]
    package var target: String?
    package var buildArguments: [String: String] = [:]
    package var labels: [String: String] = [:]
    package var annotations: [String: String] = [:]
    package var platform: Platform = .host
    package var buildPlatform: Platform = .host
    package var noCache = false
    /// Stages (lower case) that are run anew.
    package var noCacheStages: Set<String> = []
    package var pull = false
    package var network: ExecutionRequest.Network = .default
    package var allowsInsecure = false
    package var allowsHostNetwork = false
    package var settings = ExecutionSettings()
    package var secrets: [String: Secret] = [:]
    /// Agent sockets by id.
    package var agents: [String: String] = [:]
    /// Seconds since 1970 for all times in the image.
    package var epoch: Int64 = 0
    package var compression: Layers.LayerCompression = .gzip

    package init(dockerfile: Dockerfile, context: any ContextSource) {
        self.dockerfile = dockerfile
        self.context = context
    }

    /// A secret's bytes; printing one shows nothing.
    package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
        package let bytes: [UInt8]

        package init(_ bytes: [UInt8]) { self.bytes = bytes }

        package var description: String { "***" }
        package var debugDescription: String { "***" }
    }
}

/// What a named context stands for.
package enum NamedContext: Sendable {
    /// An image by its transport name, such as `docker://alpine:3` or `store:toolchain:1`.
    case image(String)
    case files(any ContextSource)
}

/// The files of a build context, read at most once.
package protocol ContextSource: Sendable {
    /// The files, filtered by `.dockerignore`, their contents' digests known.
    func contents() async throws -> LayerContents
}

/// Finds base images.
package protocol ImageSource: Sendable {
    /// Finds an image for a platform; no layer is fetched.
    ///
    /// - Parameters:
    ///   - name: a reference, or one with a transport (`oci:DIR`, `store:NAME`).
    ///   - pull: ask the registry even where the name is known here.
    func resolve(_ name: String, platform: Platform, pull: Bool) async throws -> BaseImage
}

/// An image to build on: its configuration is known, its layers may be far away.
package struct BaseImage: Sendable {
    package struct Layer: Sendable {
        package var diffID: Digest
        package var descriptor: Descriptor
        /// Sees to it that the blob is in the store; reports bytes done.
        package var fetch: @Sendable (_ progress: @Sendable @escaping (Int64) -> Void) async throws -> Void

        package init(
            diffID: Digest, descriptor: Descriptor,
            fetch: @escaping @Sendable (_ progress: @Sendable @escaping (Int64) -> Void) async throws -> Void
        ) {
            self.diffID = diffID
            self.descriptor = descriptor
            self.fetch = fetch
        }

        /// A layer whose blob is in the store.
        package init(stored descriptor: Descriptor, diffID: Digest) {
            self.init(diffID: diffID, descriptor: descriptor) { _ in }
        }
    }

    package var name: String
    package var manifest: Digest
    package var config: ImageConfig
    package var layers: [Layer]

    package init(name: String, manifest: Digest, config: ImageConfig, layers: [Layer]) {
        self.name = name
        self.manifest = manifest
        self.config = config
        self.layers = layers
    }
}

/// Fetches what ADD names by URL.
package protocol RemoteSource: Sendable {
    /// Downloads a URL; the entry's name is that of the file, its content is in the store.
    func download(
        _ url: String, checksum: Digest?, span: SourceSpan?, progress: @Sendable @escaping (Int64, Int64?) -> Void
    )
        async throws -> Entry
    /// Checks out a git URL (`https://host/repo.git#ref:subdir`); nil when the text is no git URL.
    func checkout(_ url: String, keepGitDir: Bool, checksum: String?, span: SourceSpan?) async throws -> LayerContents?
}
