import Core
import DockerfileSyntax
private import HostOS
import Layers
private import Synchronization

/// One build: evaluates the stages that the target needs, side by side, each once.
package final class BuildSession: Sendable {
    package let request: BuildRequest
    package let services: BuildServices
    package let graph: StageGraph
    private let stages = Mutex<[Int: Task<StageState, any Error>]>([:])
    private let images = Mutex<[String: Task<BaseImage, any Error>]>([:])
    private let contexts = Mutex<[String: Task<LayerContents, any Error>]>([:])
    /// Programs that run at once: as many as cores.
    let programs = Gate(BlockingPool.processorCount)

    package init(_ request: BuildRequest, services: BuildServices) throws {
        self.request = request
        self.services = services
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
            for task in stages.withLock({ Array($0.values) }) { _ = await task.result }
            // The first failure is the cause; the others are its consequences.
            if let cause = firstFailure.withLock({ $0 }) { throw cause }
            throw error
        }
    }

    private let firstFailure = Mutex<(any Error)?>(nil)

    private func cancelAll() {
        for task in stages.withLock({ Array($0.values) }) { task.cancel() }
        for task in images.withLock({ Array($0.values) }) { task.cancel() }
        for task in contexts.withLock({ Array($0.values) }) { task.cancel() }
        services.layers.cancel()
    }

    private func start(_ index: Int) -> Task<StageState, any Error> {
        stages.withLock { known in
            if let task = known[index] { return task }
            let task = Task {
                do {
                    var evaluator = StageEvaluator(session: self, node: self.graph.nodes[index])
                    return try await evaluator.run()
                } catch {
                    if !(error is CancellationError), !Task.isCancelled {
                        self.firstFailure.withLock { if $0 == nil { $0 = error } }
                        self.cancelAll()
                    }
                    throw error
                }
            }
            known[index] = task
            return task
        }
    }

    /// The final state of a stage.
    package func stage(_ index: Int) async throws -> StageState { try await start(index).value }

    /// A base image, resolved once a build however often it is named.
    func image(_ name: String, platform: Platform, span: SourceSpan?) async throws -> BaseImage {
        let task = images.withLock { known in
            let key = "\(platform) \(name)"
            if let task = known[key] { return task }
            let task = Task { [services, request] in
                try await services.progress.step("[internal] load metadata for \(name)") { _ in
                    try await services.images.resolve(name, platform: platform, pull: request.pull)
                }
            }
            known[key] = task
            return task
        }
        do {
            return try await task.value
        } catch {
            throw Diagnostic(explaining: error).within(span)
        }
    }

    /// The layers behind `FROM name` or `--from=name` where the name is no stage.
    func externalLayers(_ name: String, platform: Platform, span: SourceSpan?) async throws -> [LayerRef] {
        switch NamedContexts(request.namedContexts).find(name) {
        case .files(let source):
            let contents = try await files(key: name, source)
            return [LayerRef(id: try contents.contentID(), origin: .made(contents))]
        case .image(let image): return LayerRef.layers(of: try await self.image(image, platform: platform, span: span))
        case nil: return LayerRef.layers(of: try await image(name, platform: platform, span: span))
        }
    }

    /// The files of the build context.
    func contextFiles() async throws -> LayerContents { try await files(key: "", request.context) }

    private func files(key: String, _ source: any ContextSource) async throws -> LayerContents {
        let task = contexts.withLock { known in
            if let task = known[key] { return task }
            let task = Task { [services] in
                try await services.progress.step(
                    key.isEmpty ? "[internal] load build context" : "[context \(key)] load"
                ) { _ in try await source.contents() }
            }
            known[key] = task
            return task
        }
        return try await task.value
    }

}

/// Lets a number of tasks through at once; the others wait their turn.
package actor Gate {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ count: Int) { free = count }

    package func enter() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    package func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
