import ContentStore
private import Core
private import DockerfileSyntax
private import HostOS
import Layers

/// Carries out an ``EntriesStep``: looks at the layers that it reads and makes its entries.
struct EntriesPlanner: Sendable {
    let layers: LayerService

    /// - Parameter progress: receives the bytes of layers that have to come first.
    func plan(_ step: EntriesStep, progress: @Sendable @escaping (Int64) -> Void = { _ in }) async throws
        -> LayerContents
    {
        var operation = CopyOperation(
            sources: try await sources(step, progress), destination: step.destination, workdir: step.workdir,
            parents: step.parents, unpack: step.unpack, span: step.span)
        // A linked step looks at nothing below, so that need not be here; the names of users are there.
        let below = step.linked && !step.namesUsers ? [] : step.target
        let tree = try await layers.tree(below, progress: progress)
        let target = step.linked ? StackTree([]) : tree
        if step.kind == .workdir, try target.lookup(BytePath(cleaning: step.destination))?.isDirectory == true {
            return .empty
        }
        operation.owner = try step.owner.map { try UserResolver(tree, span: $0.span).owner($0.text) }
        operation.mode = try step.mode.map(Self.mode)
        operation.excludes = step.excludes.isEmpty ? nil : try IgnoreMatcher(patterns: step.excludes)
        let (final, opener) = (operation, LayerArchiveOpener(store: layers.store))
        let contents = try await BlockingPool.compute.run {
            var planner = CopyPlanner(final, into: target, unpacker: opener)
            return try planner.plan()
        }
        return try await layers.digests.resolve(contents, observed: .now())
    }

    private func sources(_ step: EntriesStep, _ progress: @Sendable @escaping (Int64) -> Void) async throws
        -> [CopyOperation.Source]
    {
        // Sources of one instruction are mostly of one tree, which remembers what it was asked.
        var trees: [[Digest]: StackTree] = [:]
        var out: [CopyOperation.Source] = []
        for source in step.sources {
            switch source {
            case .layers(let stack, let pattern, let span):
                let ids = stack.map(\.id)
                let tree: StackTree
                if let known = trees[ids] {
                    tree = known
                } else {
                    tree = try await layers.tree(stack, progress: progress)
                }
                trees[ids] = tree
                out.append(.tree(tree, pattern: pattern, span: span))
            case .files(let tree, let pattern, let span): out.append(.tree(tree, pattern: pattern, span: span))
            case .file(let entry, let span): out.append(.file(entry, span: span))
            case .contents(let contents): out.append(.contents(contents))
            }
        }
        return out
    }

    private static func mode(_ option: EntriesStep.Text) throws -> ModeChange {
        do {
            return try ModeChange(option.text)
        } catch {
            throw Diagnostic(explaining: error).within(option.span)
        }
    }
}
