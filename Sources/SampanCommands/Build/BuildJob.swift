import ArgumentParser
import BuildGraph
import ContentStore
import Core
import DockerfileSyntax
import FoundationEssentials
import Glibc
import HostOS
import Layers
import OCI
import Sandbox

/// One `sampan build` from its options to its outputs.
struct BuildJob {
    let options: BuildCommand

    init(_ options: BuildCommand) { self.options = options }

    func run() async throws {
        let environment = StoreAccess.environment()
        let outputs = try options.output.map { try OutputSpec(parsing: $0) }
        let tags = try options.tag.map { try Reference(parsing: $0) }
        var input = try BuildInput.read(context: options.context, dockerfile: options.file)
        let network = try NetworkAccess(
            registry: options.registry, project: SettingsFile.project(context: options.context),
            environment: environment)
        var opened: Store?
        if input.isRemote {
            let store = try StoreAccess.open()
            opened = store
            try await input.fetch(RemoteFetcher(store: store, network: network), store)
        }
        let parsed = Dockerfile.parse(input.dockerfile)
        let dockerfile = try parsed.get()
        // The graph tells whether anything has to run, before anything is touched.
        var request = try request(dockerfile, FixedContext(.empty), environment)
        let graph = try StageGraph(request)
        let needsSandbox = graph.runsPrograms || ConfiguredBases.areNamed(by: graph, request)
        if needsSandbox, RootlessEntry.isNeeded {
            opened?.close()
            try input.rewindForReexecution()
            try RootlessEntry.enter()
        }
        let store = try opened ?? StoreAccess.open()
        defer { store.close() }
        let canRun = geteuid() == 0
        let layers = LayerService(
            store: store, canUnpack: canRun && needsSandbox, overlay: RootlessEntry.isInside ? .user : .trusted)
        let view: any ProgressView = options.quiet ? QuietProgress(.shared) : options.progress.makeSink()
        let progress = ProgressReporter(view)
        let remote = RemoteFetcher(store: store, network: network)
        request.context = try await input.context(store: store, digests: layers.digests)
        request.namedContexts = try namedContexts(layers.digests)
        let services = BuildServices(
            store: store, layers: layers,
            images: ImageResolver(
                BaseMaker(store: store, network: network, layers: layers, progress: progress)),
            remote: remote, executor: SandboxExecutor(store: store), progress: progress)
        let (start, final) = (ContinuousClock.now, request)
        do {
            let image = try await Interruption.shared.cancelling {
                let session = try BuildSession(final, services: services)
                let state = try await session.run()
                let image = try await ImageAssembler(session).assemble(state)
                if !outputs.isEmpty { try await image.fetch() }
                for output in outputs {
                    try await ImageExporter(store: store, layers: layers, epoch: final.epoch).write(
                        image, state: state, tags: tags, to: output)
                }
                return image
            }
            view.end()
            try keep(image, tags, store)
            await network.shutdown()
            try report(image, tags, took: ContinuousClock.now - start)
        } catch {
            view.end()
            await network.shutdown()
            if options.debugShell, let diagnostic = error as? Diagnostic, diagnostic.code == "run.failed" {
                Console.shared.diagnostic(diagnostic)
                throw ExitCode(try FailedStepShell.enter("", arguments: [], store: store))
            }
            throw error
        }
    }

    // MARK: - Request

    private func request(_ dockerfile: Dockerfile, _ context: any ContextSource, _ environment: [String: String]) throws
        -> BuildRequest
    {
        var request = BuildRequest(dockerfile: dockerfile, context: context)
        request.target = options.target
        request.buildArguments = try BuildOptions.pairs("build-arg", options.buildArg, environment: environment)
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
        request.annotations = try BuildOptions.pairs("annotation", options.annotation)
        if let text = options.platform {
            guard !text.contains(",") else {
                throw Diagnostic(
                    code: "usage.platform", "one build makes an image for one platform",
                    hint: "build once for each of \(text)", exitCode: 64)
            }
            guard let platform = Platform(parsing: text) else {
                throw BuildOptions.usage("platform", text, "os/architecture[/variant], such as linux/arm64")
            }
            request.platform = platform
        }
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

    private func namedContexts(_ digests: FileDigests) throws -> [String: NamedContext] {
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

    // MARK: - Results

    private func keep(_ image: BuiltImage, _ tags: [Reference], _ store: Store) throws {
        if tags.isEmpty { try store.addImage(image.manifest) }
        for tag in tags { try store.tag(tag, manifest: image.manifest) }
    }

    private struct Metadata: Encodable {
        var config: String
        var descriptor: Descriptor
        var digest: String
        var name: String?

        enum CodingKeys: String, CodingKey {
            case config = "containerimage.config.digest"
            case descriptor = "containerimage.descriptor"
            case digest = "containerimage.digest"
            case name = "image.name"
        }
    }

    private func report(_ image: BuiltImage, _ tags: [Reference], took: Duration) throws {
        let digest = image.manifest.digest.description
        if let path = options.iidfile { try AtomicFile.write(Array(digest.utf8), to: path) }
        if let path = options.metadataFile {
            let metadata = Metadata(
                config: image.configDescriptor.digest.description, descriptor: image.manifest, digest: digest,
                name: tags.isEmpty ? nil : tags.map(\.description).joined(separator: ","))
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            try AtomicFile.write(Array(encoder.encode(metadata)) + [UInt8(ascii: "\n")], to: path)
        }
        if !options.quiet, options.progress != .quiet, options.progress != .rawjson {
            let size = image.layers.reduce(Int64(0)) { $0 + Int64($1.descriptor.size) }
            let name = tags.first?.familiar ?? String(image.manifest.digest.short)
            Console.shared.message(
                "built \(name): \(image.layers.count) layer\(image.layers.count == 1 ? "" : "s"), \(Human.bytes(size)) compressed, in \(Human.seconds(took))"
            )
        }
        if !options.output.contains(where: { $0 == "-" || $0.hasSuffix("dest=-") }) { Console.shared.output(digest) }
    }
}
