// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
package import Core
package import OCI
import Synchronization

/// A registry in memory on loopback, with faults to order. Also serves plain files, for tests of downloads.
///
/// ```swift
/// let registry = try TestRegistry()
/// let layer = registry.addBlob(bytes, mediaType: .ociLayerTar)
/// registry.inject(.resetEach(1 << 20), on: .blob(layer.digest))
/// ```
package final class TestRegistry: Sendable {
    /// What a fault applies to.
    package enum Place: Sendable, Hashable {
        case manifests
        /// The one under a tag or digest.
        case manifest(String)
        case blobs
        case blob(Digest)
        /// Whatever has to do with uploads, or the requests of one method among them.
        case uploads
        case upload(String)
        case tags
        case referrers
        case token
        case files
        /// A path outside of `/v2/`.
        case file(String)
        case everything
    }

    /// What goes wrong.
    package enum Fault: Sendable, Hashable {
        /// A manifest is served under another `Docker-Content-Digest`.
        case wrongDigestHeader
        /// The first byte is another one.
        case wrongBytes
        /// The length is right, but the connection ends after so many bytes.
        case shortBody(Int)
        /// The body lacks its last bytes, and its length says so.
        case truncatedContent(Int)
        /// More bytes follow and the length says so.
        case longContent(Int)
        /// The body never ends.
        case endless
        case status(Int, retryAfter: String? = nil)
        /// Status 500 for one of so many requests, drawn from the registry's seed.
        case sometimes500(oneIn: Int)
        /// A TCP reset after so many bytes of each answer; for uploads, of each request's body.
        case resetEach(Int)
        /// `Range` is passed over.
        case rangeIgnored
        /// The part served starts so many bytes after the one that was asked for.
        case rangeShifted(Int)
        /// At most so many bytes are served for a range.
        case rangeClipped(Int)
        case slow(bytes: Int, milliseconds: Int)
        case redirect(String)
        /// A redirect to the same path and query of another server, such as `http://127.0.0.1:1234`.
        case redirectHost(String)
        /// An upload is forgotten as soon as it is asked for.
        case forgetUpload
        /// Only so many bytes of the request's body are read before the fault of the same request takes effect.
        case cutBody(Int)
        /// What was asked for is done, and the connection closed instead of an answer.
        case loseAnswer
        /// A list leads on to this address.
        case link(String)
        case hangUp
        case silent
        /// Nothing more is read.
        case deaf
        case garbage
    }

    /// Which tokens are wanted.
    package struct Authentication: Sendable {
        /// The URL of the token server; nil is the registry's own.
        package var realm: String?
        package var service = "test"
        /// A token is refused after so many uses; nil is never.
        package var uses: Int?
        /// `expires_in` of the answer, in seconds.
        package var lifetime: Int?
        /// The `Authorization` that the token server wants; nil gives tokens to all.
        package var credential: String?
        /// `Basic` instead of tokens; the value wanted.
        package var basic: String?
        /// Repositories that may be pulled from and pushed to; nil is all. Tokens are good for what they were asked for.
        package var repositories: Set<String>?

        package init() {}
    }

    /// A file served outside of `/v2/`.
    package struct File: Sendable {
        package var bytes: [UInt8]
        package var headers: [(name: String, value: String)]

        package init(_ bytes: [UInt8], headers: [(name: String, value: String)] = []) {
            self.bytes = bytes
            self.headers = headers
        }
    }

    struct Armed {
        var fault: Fault
        var place: Place
        /// How often it still strikes; nil is always.
        var times: Int?
    }

    struct State {
        var blobs: [Digest: [UInt8]] = [:]
        /// The repositories of a blob that isn't in all of them.
        var owners: [Digest: Set<String>] = [:]
        var uploads: [String: Upload] = [:]
        var uploadCount = 0
        var rules = Rules()
        /// `repository:tag` or `repository@digest`.
        var manifests: [String: (type: MediaType, bytes: [UInt8])] = [:]
        var files: [String: File] = [:]
        var faults: [Armed] = []
        var authentication: Authentication?
        var tokens: [String: Token] = [:]
        var tokenCount = 0
        var random: UInt64
    }

    /// What the servers of one registry share.
    final class Storage: Sendable {
        private let state: Mutex<State>
        init(_ state: State) { self.state = Mutex(state) }
        func withLock<Result: Sendable>(_ body: (inout State) throws -> Result) rethrows -> Result {
            try state.withLock { try body(&$0) }
        }
    }

    let state: Storage
    /// A second server, of which no one is asked for a token.
    let isStorage: Bool
    private let server: LoopbackServer

    /// Lets the server's handler know a registry that isn't there yet, without holding it.
    private final class HandlerBox: Sendable {
        let handler = Mutex<(@Sendable (ServerRequest) -> ServerReply)?>(nil)
        let limit = Mutex<(@Sendable (ServerRequest) -> Int?)?>(nil)
    }

    /// - Parameter seed: decides the faults that strike at random.
    package convenience init(seed: UInt64 = 1) throws {
        try self.init(Storage(State(random: seed &* 2 &+ 1)), isStorage: false)
    }

    /// A server on another port that has the same content, faults and uploads, and gives it to everyone.
    package convenience init(storageOf other: TestRegistry) throws { try self.init(other.state, isStorage: true) }

    private init(_ state: Storage, isStorage: Bool) throws {
        self.state = state
        self.isStorage = isStorage
        let box = HandlerBox()
        server = try LoopbackServer { request in
            box.limit.withLock { $0 }?(request)
        } _: { request in
            box.handler.withLock { $0 }?(request) ?? ServerReply(503)
        }
        box.limit.withLock { $0 = { [weak self] request in self?.bodyLimit(request) } }
        box.handler.withLock { handler in
            handler = { [weak self] request in self?.answer(request) ?? ServerReply(503) }
        }
    }

    deinit { server.stop() }

    /// `127.0.0.1:port`, the name of the registry.
    package var authority: String { server.authority }
    package var url: String { server.url }
    package var requests: [ServerRequest] { server.requests }
    package func clearRequests() { server.clearRequests() }
    package func stop() { server.stop() }

    /// How many requests had a path that contains a text.
    package func count(_ text: String) -> Int { requests.filter { $0.path.contains(text) }.count }

    /// The requests so far as `METHOD kind`, such as `PATCH uploads`, without those for tokens.
    package var steps: [String] {
        requests.filter { $0.path != "/token" && $0.path != "/v2/" }.map { request in
            let kinds = ["uploads", "blobs", "manifests", "referrers", "tags"]
            return request.method + " " + (kinds.first { request.path.contains("/\($0)/") } ?? request.path)
        }
    }

    /// A reference to a repository here.
    package func reference(_ repository: String, tag: String? = "latest", digest: Digest? = nil) -> Reference {
        Reference(registry: authority, repository: repository, tag: tag, digest: digest)
    }

    /// Arms a fault.
    /// - Parameter times: how many requests it strikes; nil is all.
    package func inject(_ fault: Fault, on place: Place, times: Int? = nil) {
        state.withLock { $0.faults.append(Armed(fault: fault, place: place, times: times)) }
    }

    /// Disarms all faults.
    package func heal() { state.withLock { $0.faults = [] } }

    /// Asks for tokens from now on; nil asks for none.
    package func require(_ authentication: Authentication?) { state.withLock { $0.authentication = authentication } }

    /// Sets how uploads are taken and lists told.
    package func setRules(_ change: @Sendable (inout Rules) -> Void) { state.withLock { change(&$0.rules) } }

    /// - Parameter repository: the only one that has it; nil is all.
    @discardableResult
    package func addBlob(_ bytes: [UInt8], mediaType: MediaType = .ociLayerTar, repository: String? = nil) -> Descriptor
    {
        let descriptor = Descriptor(mediaType: mediaType, describing: bytes)
        state.withLock { state in
            state.blobs[descriptor.digest] = bytes
            if let repository { state.owners[descriptor.digest, default: []].insert(repository) }
        }
        return descriptor
    }

    /// What a repository has of a blob.
    package func blob(_ digest: Digest, repository: String) -> [UInt8]? {
        state.withLock { $0.has(digest, repository) ? $0.blobs[digest] : nil }
    }

    /// The manifest under a tag or digest.
    package func manifest(_ name: String, repository: String) -> (type: MediaType, bytes: [UInt8])? {
        state.withLock { $0.manifests[repository + (name.contains(":") ? "@" : ":") + name] }
    }

    /// Uploads that were begun and neither completed nor cancelled.
    package var openUploads: Int { state.withLock { $0.uploads.count } }

    /// Stores a manifest under its digest and, with one, a tag.
    @discardableResult
    package func addManifest(_ bytes: [UInt8], _ mediaType: MediaType, repository: String, tag: String? = nil)
        -> Descriptor
    {
        let descriptor = Descriptor(mediaType: mediaType, describing: bytes)
        state.withLock { state in
            state.manifests["\(repository)@\(descriptor.digest)"] = (mediaType, bytes)
            if let tag { state.manifests["\(repository):\(tag)"] = (mediaType, bytes) }
        }
        return descriptor
    }

    /// Stores an image of uncompressed layers.
    @discardableResult
    package func addImage(_ layers: [[UInt8]], repository: String, tag: String? = "latest", platform: Platform = .host)
        throws -> (descriptor: Descriptor, manifest: ImageManifest)
    {
        let descriptors = layers.map { addBlob($0) }
        let config = ImageConfig(platform: platform, diffIDs: descriptors.map(\.digest))
        let configDescriptor = addBlob(try CanonicalJSON.encode(config), mediaType: .ociConfig)
        let manifest = ImageManifest(config: configDescriptor, layers: descriptors)
        let bytes = try CanonicalJSON.encode(manifest)
        return (addManifest(bytes, .ociManifest, repository: repository, tag: tag), manifest)
    }

    /// Serves a file at a path outside of `/v2/`.
    package func addFile(_ path: String, _ file: File) { state.withLock { $0.files[path] = file } }
}
