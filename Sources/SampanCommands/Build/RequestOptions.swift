import BuildGraph
import Core
import DockerfileSyntax
import Glibc
import HostOS
import Layers

/// What the options of `sampan build` say about the build itself.
struct RequestOptions {
    private let options: BuildCommand

    init(_ options: BuildCommand) { self.options = options }

    /// What --build-arg gives.
    func buildArguments(_ environment: [String: String]) throws -> [String: String] {
        try BuildOptions.pairs("build-arg", options.buildArg, environment: environment)
    }

    /// The request for one platform, without context.
    func request(_ dockerfile: Dockerfile, _ environment: [String: String]) throws -> BuildRequest {
        var request = BuildRequest(dockerfile: dockerfile, context: FixedContext(.empty))
        request.target = options.target
        request.buildArguments = try buildArguments(environment)
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap({
            [$0, $0.lowercased()]
        })
        where request.buildArguments[name] == nil {
            if let value = environment[name] { request.buildArguments[name] = value }
        }
        if request.buildArguments["SOURCE_DATE_EPOCH"] == nil, let epoch = environment["SOURCE_DATE_EPOCH"] {
            request.buildArguments["SOURCE_DATE_EPOCH"] = epoch
        }
        request.labels = try BuildOptions.pairs("label", options.label)
        // The keys of the names that --build-context gives are enough to see the graph; what they mean follows.
        for text in options.buildContext {
            let (name, value) = try Self.contextPair(text)
            request.namedContexts[name] = .image(value)
        }
        request.noCache = options.noCache
        request.noCacheStages = Set(options.noCacheFilter.flatMap { $0.split(separator: ",").map { $0.lowercased() } })
        request.pull = options.pull
        request.network = ExecutionRequest.Network(rawValue: options.network.rawValue) ?? .default
        for allowed in options.allow {
            switch allowed {
            case "security.insecure": request.allowsInsecure = true
            case "network.host": request.allowsHostNetwork = true
            default: throw BuildOptions.usage("allow", allowed, "security.insecure or network.host")
            }
        }
        if request.network == .host { request.allowsHostNetwork = true }
        request.settings.extraHosts = try BuildOptions.hosts(options.addHost)
        request.settings.sharedMemory = try options.shmSize.map { try BuildOptions.size("shm-size", $0) }
        request.settings.ulimits = try BuildOptions.ulimits(options.ulimit)
        request.secrets = try BuildOptions.secrets(options.secret, environment: environment)
        request.agents = try BuildOptions.agents(options.ssh, environment: environment)
        if let text = request.buildArguments["SOURCE_DATE_EPOCH"], !text.isEmpty {
            guard let epoch = Int64(text), (0...253_402_300_799).contains(epoch) else {
                throw Diagnostic(
                    code: "usage.epoch", "SOURCE_DATE_EPOCH '\(text)' is not a number of seconds since 1970",
                    exitCode: 64)
            }
            request.epoch = epoch
        }
        return request
    }

    private static func contextPair(_ text: String) throws -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw BuildOptions.usage("build-context", text, "NAME=IMAGE or NAME=DIRECTORY")
        }
        return (parts[0], parts[1])
    }

    func namedContexts(_ digests: FileDigests) throws -> [String: NamedContext] {
        var out: [String: NamedContext] = [:]
        for text in options.buildContext {
            let (name, value) = try Self.contextPair(text)
            if ImageName.hasTransport(value) {
                out[name] = .image(value)
            } else if try FileInfo.of(value, followLinks: true)?.kind == .directory {
                let ignore = try BuildInput.ignoreFile(value + "/.dockerignore")
                out[name] = .files(DirectoryContext(path: value, ignore: ignore, digests: digests))
            } else if value.hasPrefix(".") || value.hasPrefix("/") {
                throw Diagnostic(
                    code: "context.directory", "--build-context \(name): there is no directory '\(value)'",
                    hint: "for an image write docker://NAME, store:NAME or oci:DIR")
            } else {
                out[name] = .image(value)
            }
        }
        return out
    }
}
