import BuildGraph
import ContentStore
import Core
import DockerfileSyntax
import Glibc
import HostOS
import Layers
import OCI
import SampanTestSupport
import Synchronization

/// A store, a context directory and programs that are Swift functions: enough to build images without a sandbox.
final class Workshop: Sendable {
    let home: TemporaryDirectory
    let context: TemporaryDirectory
    let store: Store
    let executor = ScriptedExecutor()
    let progress = RecordedProgress()
    let images = Mutex<[String: BaseImage]>([:])
    /// Exported caches that builds ask.
    let caches = Mutex<[any CacheSource]>([])
    let cacheMounts = Mutex<(any CacheMountSource)?>(nil)

    /// Whether layers can be unpacked with their owners, as a RUN on a COPY needs it.
    static var canUnpack: Bool { geteuid() == 0 }

    init() throws {
        home = try TemporaryDirectory("graph-home")
        context = try TemporaryDirectory("graph-context")
        store = try Store.open(StoreLocation(home: home.path))
    }

    deinit { store.close() }

    /// Makes a base image without layers known by a name.
    func base(_ name: String, _ change: (inout ContainerConfig) -> Void = { _ in }) {
        var config = ImageConfig(platform: .host)
        change(&config.config)
        let image = BaseImage(name: name, manifest: SHA256.digest(of: name), config: config, layers: [])
        images.withLock { $0[name] = image }
    }

    func request(_ text: String) throws -> BuildRequest {
        let dockerfile = try Dockerfile.parse(SourceFile(name: "Dockerfile", text: text)).get()
        let digests = FileDigests(store)
        return BuildRequest(
            dockerfile: dockerfile, context: DirectoryContext(path: context.path, ignore: nil, digests: digests))
    }

    /// Starts a build as a new process would, with nothing but the store in common with earlier ones.
    func session(_ text: String, _ change: (inout BuildRequest) -> Void = { _ in }) throws -> BuildSession {
        var request = try request(text)
        change(&request)
        return try BuildSession(request, services: services())
    }

    func services() -> BuildServices {
        let layers = LayerService(store: store, canUnpack: Self.canUnpack, overlay: Self.canUnpack ? .trusted : .user)
        var services = BuildServices(
            store: store, layers: layers, images: KnownImages(images.withLock { $0 }), remote: NoRemote(),
            executor: executor, progress: ProgressReporter(progress))
        services.caches = caches.withLock { $0 }
        services.cacheMounts = cacheMounts.withLock { $0 }
        return services
    }

    /// Sessions for several platforms, with everything in common.
    func sessions(_ text: String, _ platforms: [Platform]) throws -> [BuildSession] {
        let (services, shared) = (services(), SharedBuild(namesPlatforms: true))
        return try platforms.map { platform in
            var request = try request(text)
            request.platform = platform
            return try BuildSession(request, services: services, shared: shared)
        }
    }

    @discardableResult
    func build(_ text: String, _ change: (inout BuildRequest) -> Void = { _ in }) async throws -> Built {
        let session = try session(text, change)
        let state = try await session.run()
        let image = try await ImageAssembler(session).assemble(state)
        let files = try await session.services.layers.files(state.layers, epoch: 0)
        return Built(image: image, files: files)
    }

    /// The error that a build ends with.
    func failure(_ text: String, _ change: (inout BuildRequest) -> Void = { _ in }) async -> Diagnostic? {
        do {
            try await build(text, change)
            return nil
        } catch {
            return Diagnostic(explaining: error)
        }
    }

    struct Built {
        var image: BuiltImage
        var files: LayerContents

        var config: ContainerConfig { image.config.config }
        /// The texts of the history, those without a layer in parentheses.
        var history: [String] {
            image.config.history.map { $0.emptyLayer ? "(\($0.createdBy ?? ""))" : $0.createdBy ?? "" }
        }
        var paths: [String] { files.entries.map { $0.path.description + ($0.isDirectory ? "/" : "") } }
        var digest: Digest { image.manifest.digest }
    }
}

/// Runs programs that are Swift functions, and remembers what was asked.
final class ScriptedExecutor: StepExecutor {
    typealias Script = @Sendable (ExecutionRequest) async throws -> Int32

    private let script = Mutex<Script?>(nil)
    private let seen = Mutex<[ExecutionRequest]>([])

    var requests: [ExecutionRequest] { seen.withLock { $0 } }
    /// The last argument of each program that ran.
    var programs: [String] { requests.map { $0.arguments.last ?? "" } }

    func set(_ script: @escaping Script) { self.script.withLock { $0 = script } }
    func forget() { seen.withLock { $0 = [] } }

    func prepare() async throws {}

    func execute(_ request: ExecutionRequest) async throws -> ExecutionOutcome {
        seen.withLock { $0.append(request) }
        if let script = script.withLock({ $0 }) { return ExecutionOutcome(code: try await script(request)) }
        try request.write("made", (request.arguments.last ?? "") + "\n")
        return ExecutionOutcome(code: 0)
    }
}

extension ExecutionRequest {
    /// Leaves a file behind, as a program would.
    func write(_ path: String, _ text: String) throws {
        let path = upper + "/" + path
        if let slash = path.lastIndex(of: "/") { try Directory.create(String(path[..<slash])) }
        try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644).write(Array(text.utf8))
    }

    func print(_ text: String) { Array(text.utf8).withUnsafeBytes { output($0) } }
}

private struct KnownImages: ImageSource {
    private let images: [String: BaseImage]

    init(_ images: [String: BaseImage]) { self.images = images }

    func resolve(_ name: String, platform: Platform, pull: Bool) async throws -> BaseImage {
        guard let image = images[name] else { throw Diagnostic(code: "image.unknown", "there is no image '\(name)'") }
        return image
    }
}

/// Has one file to download and no repositories.
private struct NoRemote: RemoteSource {
    func download(
        _ url: String, checksum: Digest?, span: SourceSpan?, progress: @Sendable @escaping (Int64, Int64?) -> Void
    ) async throws -> Entry {
        .file("file", bytes: Array("downloaded".utf8), mode: 0o600)
    }

    func checkout(_ url: String, keepGitDir: Bool, checksum: String?, span: SourceSpan?) async throws -> LayerContents?
    {
        nil
    }
}

/// Remembers what happened.
final class RecordedProgress: ProgressSink {
    private let events = Mutex<[ProgressEvent]>([])

    func emit(_ event: ProgressEvent) { events.withLock { $0.append(event) } }

    /// The names of all steps in the order of their beginning.
    var started: [String] {
        events.withLock { $0.compactMap { if case .started(_, let name) = $0 { name } else { nil } } }
    }

    /// The names of the steps whose result was there.
    var cached: [String] {
        events.withLock { events in
            var names: [StepID: String] = [:]
            var out: [String] = []
            for event in events {
                if case .started(let step, let name) = event { names[step] = name }
                if case .cached(let step) = event { out.append(names[step] ?? "") }
            }
            return out.sorted()
        }
    }

    /// The warnings and notes.
    var warnings: [Diagnostic] {
        events.withLock { $0.compactMap { if case .warning(let diagnostic) = $0 { diagnostic } else { nil } } }
    }

    func forget() { events.withLock { $0 = [] } }
}
