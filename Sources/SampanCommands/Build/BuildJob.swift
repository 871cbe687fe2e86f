import ArgumentParser
import BuildGraph
import ContentStore
import Core
import DockerfileSyntax
import Glibc
import HostOS
import Layers
import OCI
import Sandbox

/// One `sampan build` from its options to its outputs.
struct BuildJob {
    let options: BuildCommand

    init(_ options: BuildCommand) { self.options = options }

    /// What the options say, checked as far as it can be before anything is touched.
    private struct Plan {
        var platforms: [Platform]
        var tags: [Reference]
        var outputs: OutputPlan
        var annotations: AnnotationList
        var attestations: AttestationOptions
        var caches: CacheOptions

        init(_ options: BuildCommand) throws {
            platforms = try PlatformList.parse(options.platform)
            tags = try options.tag.map { try Reference(parsing: $0) }
            outputs = try OutputPlan(
                options.output, push: options.push, load: options.load, tags: tags, platforms: platforms.count)
            annotations = try AnnotationList(options.annotation)
            try annotations.check(platforms: platforms.count)
            attestations = try AttestationOptions(
                provenance: options.provenance, sbom: options.sbom, attest: options.attest)
            try outputs.check(attestations)
            caches = try CacheOptions(to: options.cacheTo, from: options.cacheFrom, mounts: options.cacheMounts)
        }

        /// The request of each platform.
        func requests(_ request: BuildRequest) -> [BuildRequest] {
            platforms.map { platform in
                var request = request
                request.platform = platform
                request.annotations = annotations.values(.manifest, platform)
                request.compression = outputs.compression
                return request
            }
        }
    }

    func run() async throws {
        let environment = StoreAccess.environment()
        let plan = try Plan(options)
        var input = try BuildInput.read(context: options.context, dockerfile: options.file)
        let network = try NetworkAccess(
            registry: options.registry, project: SettingsFile.project(context: options.context),
            environment: environment)
        let materials = MaterialRecorder()
        var opened: Store?
        if input.isRemote {
            let store = try StoreAccess.open()
            opened = store
            try await input.fetch(RemoteFetcher(store: store, network: network, materials: materials), store)
        }
        let requestOptions = RequestOptions(options)
        if options.check {
            defer { opened?.close() }
            return try await BuildCheck(
                input: input, arguments: requestOptions.buildArguments(environment),
                stages: neededStages(input.dockerfile, requestOptions, environment)
            ).run()
        }
        let dockerfile = try Dockerfile.parse(input.dockerfile).get()
        // The graph tells whether anything has to run, before anything is touched.
        var request = try requestOptions.request(dockerfile, environment)
        let checks = try BuildChecks(
            input.dockerfile, arguments: request.buildArguments, project: input.lintProject,
            stages: (try? StageGraph(request))?.needed)
        try checks.requireNone()
        let needsSandbox = try plan.requests(request).contains { request in
            let graph = try StageGraph(request)
            return graph.runsPrograms || ConfiguredBases.areNamed(by: graph, request)
        }
        if needsSandbox, RootlessEntry.isNeeded {
            opened?.close()
            try input.rewindForReexecution()
            try RootlessEntry.enter()
        }
        let store = try opened ?? StoreAccess.open()
        defer { store.close() }
        let layers = LayerService(
            store: store, canUnpack: geteuid() == 0 && needsSandbox,
            overlay: RootlessEntry.isInside ? .user : .trusted)
        let view: any ProgressView = options.quiet ? QuietProgress(.shared) : options.progress.makeSink()
        request.context = try await input.context(store: store, digests: layers.digests)
        request.namedContexts = try requestOptions.namedContexts(layers.digests)
        let services = services(store, layers, network, ProgressReporter(view), materials)
        let notices = Notices()
        let caches = SharedCaches(
            plan.caches, store: store, platforms: plan.platforms, session: { try network.registry() },
            tell: { notices.add($0) })
        let run = BuildRun(
            requests: plan.requests(request), annotations: plan.annotations, services: services, caches: caches)
        let publisher = ResultPublisher(
            services: services, network: network, tags: plan.tags, attestations: plan.attestations,
            materials: materials, keepsSourceLines: !options.noSourceLines, notices: notices)
        let start = ContinuousClock.now
        do {
            let result = try await Interruption.shared.cancelling {
                let (result, sessions) = try await run.build()
                try await publisher.publish(result, plan.outputs, request: run.requests[0])
                try await run.export(sessions)
                return result
            }
            view.end()
            notices.show()
            await network.shutdown()
            try BuildReport(options: options, tags: plan.tags, outputs: plan.outputs, checks: checks)
                .tell(result, took: ContinuousClock.now - start)
        } catch {
            view.end()
            notices.show()
            await network.shutdown()
            if options.debugShell, let diagnostic = error as? Diagnostic, diagnostic.code == "run.failed" {
                Console.shared.diagnostic(diagnostic)
                throw ExitCode(try FailedStepShell.enter("", arguments: [], store: store))
            }
            throw error
        }
    }

    /// The stages that `--target` needs; nil where the file can't be built, which the checks then tell.
    /// - Throws: for a target that there is none of.
    private func neededStages(
        _ source: SourceFile, _ options: RequestOptions, _ environment: [String: String]
    ) throws -> Set<Int>? {
        guard let dockerfile = try? Dockerfile.parse(source).get() else { return nil }
        let request = try options.request(dockerfile, environment)
        do {
            return try StageGraph(request).needed
        } catch {
            if let target = request.target, dockerfile.stage(named: target) == nil { throw error }
            return nil
        }
    }

    private func services(
        _ store: Store, _ layers: LayerService, _ network: NetworkAccess, _ progress: ProgressReporter,
        _ materials: MaterialRecorder
    ) -> BuildServices {
        BuildServices(
            store: store, layers: layers,
            images: ImageResolver(
                BaseMaker(store: store, network: network, layers: layers, progress: progress), materials: materials),
            remote: RemoteFetcher(store: store, network: network, materials: materials),
            executor: SandboxExecutor(store: store), progress: progress)
    }
}
