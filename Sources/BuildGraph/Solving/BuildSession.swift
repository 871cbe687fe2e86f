import Core
import DockerfileSyntax
import Layers
private import OCI

/// One build for one platform: evaluates the stages that the target needs, side by side, each once.
package final class BuildSession: Sendable {
    package let request: BuildRequest
    package let services: BuildServices
    package let graph: StageGraph
    let shared: SharedBuild
    private let stages = Once<Int, StageState>()
    private let stageKeys = Once<Int, Digest>()

    /// - Parameter shared: what it has in common with sessions for other platforms; nil for a build of its own.
    package init(_ request: BuildRequest, services: BuildServices, shared: SharedBuild? = nil) throws {
        self.request = request
        self.services = services
        self.shared = shared ?? SharedBuild()
        graph = try StageGraph(request)
    }

    /// Builds the target.
    ///
    /// On an error or a cancellation every other step is cancelled too and waited for.
    package func run() async throws -> StageState {
        let needed = graph.needed.sorted()
        do {
            return try await withTaskCancellationHandler {
                // Stages that others need start at once, not when they are first asked for.
                let tasks = needed.map { start($0) }
                for task in tasks { _ = try await task.value }
                return try await stage(graph.target)
            } onCancel: {
                cancelAll()
            }
        } catch {
            cancelAll()
            for task in stages.all + shared.stages.all { _ = await task.result }
            // The first failure is the cause; the others are its consequences.
            if let cause = shared.cause { throw cause }
            throw error
        }
    }

    private func cancelAll() {
        stages.cancel()
        shared.cancel()
        services.layers.cancel()
    }

    // MARK: - Stages

    private func start(_ index: Int) -> Task<StageState, any Error> {
        stages.task(index) {
            do {
                // A build for one platform has no stage twice, so it need not know what tells stages apart.
                guard self.shared.namesPlatforms else { return try await self.evaluate(index) }
                let key = try await self.key(ofStage: index)
                return try await self.shared.stages.value(key) { try await self.evaluate(index) }
            } catch {
                if !(error is CancellationError), !Task.isCancelled {
                    self.shared.fail(error)
                    self.cancelAll()
                }
                throw error
            }
        }
    }

    private func evaluate(_ index: Int) async throws -> StageState {
        var evaluator = StageEvaluator(session: self, node: graph.nodes[index])
        return try await evaluator.run()
    }

    /// The final state of a stage.
    package func stage(_ index: Int) async throws -> StageState { try await start(index).value }

    /// What a stage is built for: what `FROM --platform` says of it or of the stage it stands on, else the target's.
    func platform(ofStage index: Int) -> Platform {
        var index = index
        while true {
            if let platform = graph.nodes[index].platform { return platform }
            guard case .stage(let base) = graph.nodes[index].base else { return request.platform }
            index = base
        }
    }

    /// Everything that a stage's result depends on and that can differ between platforms.
    private func key(ofStage index: Int) async throws -> Digest {
        try await stageKeys.value(index) {
            let node = self.graph.nodes[index]
            let platform = self.platform(ofStage: index)
            var hash = KeyHasher("stage/1")
            hash.add(UInt64(index))
            hash.add(platform.description)
            var names = node.stage.statements.flatMap { Self.arguments($0.command) }
            switch node.base {
            case .scratch: break
            case .stage(let base): hash.add(try await self.key(ofStage: base))
            case .external(let name):
                hash.add(name)
                // Triggers of a base may declare any argument. A base that can't be had fails where it is used.
                if let image = try? await self.base(name, platform: platform, span: nil),
                    !image.config.config.onBuild.isEmpty
                {
                    names = Array(self.graph.globalArguments.keys)
                }
            }
            for name in names.sorted() {
                hash.add(name)
                hash.add(self.graph.globalArguments[name])
            }
            for dependency in node.dependencies.sorted() { hash.add(try await self.key(ofStage: dependency)) }
            return hash.finalize()
        }
    }

    private static func arguments(_ command: Command) -> [String] {
        guard case .arg(let entries) = command else { return [] }
        return entries.map(\.name.text)
    }

    // MARK: - Images and files from outside

    /// The image behind `FROM name`; nil where the name stands for files.
    func base(_ name: String, platform: Platform, span: SourceSpan?) async throws -> BaseImage? {
        switch NamedContexts(request.namedContexts).find(name) {
        case .files: nil
        case .image(let image): try await self.image(image, platform: platform, span: span)
        case nil: try await image(name, platform: platform, span: span)
        }
    }

    /// A base image, resolved once a build however often it is named.
    private func image(_ name: String, platform: Platform, span: SourceSpan?) async throws -> BaseImage {
        do {
            return try await shared.images.value("\(platform) \(name)") { [services, request, shared] in
                let internalName = shared.namesPlatforms ? "\(platform) internal" : "internal"
                return try await services.progress.step("[\(internalName)] load metadata for \(name)") { _ in
                    try await services.images.resolve(name, platform: platform, pull: request.pull)
                }
            }
        } catch {
            throw Diagnostic(explaining: error).within(span)
        }
    }

    /// The layers behind `--from=name` where the name is no stage.
    func externalLayers(_ name: String, platform: Platform, span: SourceSpan?) async throws -> [LayerRef] {
        if let files = try await namedFiles(name) {
            return [LayerRef(id: try files.contentID(), origin: .made(files))]
        }
        return try await base(name, platform: platform, span: span).map(LayerRef.layers(of:)) ?? []
    }

    /// The files that a name given with `--build-context` stands for; nil for other names.
    func namedFiles(_ name: String) async throws -> LayerContents? {
        guard case .files(let source) = NamedContexts(request.namedContexts).find(name) else { return nil }
        return try await files(key: name, source)
    }

    /// The files of the build context.
    func contextFiles() async throws -> LayerContents { try await files(key: "", request.context) }

    private func files(key: String, _ source: any ContextSource) async throws -> LayerContents {
        try await shared.contexts.value(key) { [services] in
            try await services.progress.step(
                key.isEmpty ? "[internal] load build context" : "[context \(key)] load"
            ) { _ in try await source.contents() }
        }
    }
}
