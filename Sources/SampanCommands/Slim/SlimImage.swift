import BuildGraph
import ContentStore
import Core
import HostOS
import Layers
import OCI
import Sandbox

/// A built image, unpacked and ready to be run.
struct SlimImage: Sendable {
    let digest: String
    let layers: [String]
    let config: ContainerConfig
    let user: ResolvedUser
    private let tree: StackTree

    /// - Parameter digest: of an image of the store.
    static func open(_ digest: String, store: Store, network: NetworkAccess) async throws -> SlimImage {
        let service = LayerService(store: store, canUnpack: true, overlay: RootlessEntry.isInside ? .user : .trusted)
        let resolver = ImageResolver(
            BaseMaker(store: store, network: network, layers: service, progress: ProgressReporter(NoProgress())))
        let image = try await resolver.resolve("store:" + digest, platform: .host, pull: false)
        let references = LayerRef.layers(of: image)
        let tree = try await service.tree(references)
        return SlimImage(
            digest: digest, layers: try await service.directories(references), config: image.config.config,
            user: try UserResolver(tree, span: nil).process(image.config.config.user ?? ""), tree: tree)
    }

    /// Numbers of a user, as the image knows it.
    func resolve(_ user: String) throws -> ResolvedUser { try UserResolver(tree, span: nil).process(user) }

    /// The same with another start.
    func starting(_ words: SlimStart.Words) -> SlimImage {
        var config = config
        (config.entrypoint, config.cmd) = words
        return SlimImage(digest: digest, layers: layers, config: config, user: user, tree: tree)
    }

    /// The same with another user.
    func running(as user: ResolvedUser) -> SlimImage {
        SlimImage(digest: digest, layers: layers, config: config, user: user, tree: tree)
    }

    /// The program of a container with other arguments, or with another command altogether.
    func request(
        _ place: String, command: [String]?, arguments: [String], environment: [String: String], network: NetworkChoice
    ) throws -> SandboxRequest {
        var words = command ?? config.entrypoint + (arguments.isEmpty ? config.cmd : arguments)
        if command != nil { words += arguments }
        guard !words.isEmpty else {
            throw Diagnostic(
                code: "slim.no-program", "the image names no program",
                hint: "add ENTRYPOINT or CMD, or say with --run what it is used for")
        }
        for name in ["upper", "work", "scratch"] { try Directory.create(place + "/" + name) }
        var request = SandboxRequest(
            layers: layers, upper: place + "/upper", work: place + "/work", scratch: place + "/scratch", args: words)
        (request.uid, request.gid, request.additionalGids) = (user.uid, user.gid, user.groups)
        var variables = Environment(config.env)
        if variables["PATH"] == nil { variables["PATH"] = StageState.defaultPath }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) { variables[name] = value }
        if variables["HOME"] == nil { variables["HOME"] = user.home ?? "/" }
        request.env = variables.list
        request.cwd = config.workingDir.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        request.network = network == .none ? .none : .host
        request.noNewPrivileges = true
        return request
    }
}
