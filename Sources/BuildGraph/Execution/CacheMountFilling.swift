import ContentStore
private import Core
private import Glibc
private import HostOS
private import Layers

/// Gives a new cache mount its first content: what was exported of it, else what its `from` shows, else nothing.
struct CacheMountFilling: Sendable {
    let services: BuildServices
    let cache: RunPlan.Cache
    let step: StepID

    /// Fills it unless another user was quicker; of several at once one does it, and the others wait.
    func fill(_ mount: CacheMount) async throws {
        let (store, cancelled) = (services.store, CancelFlag())
        var hash = KeyHasher("cache-mount/1")
        hash.add(mount.path)
        let key = hash.finalize()
        let lock = try await withTaskCancellationHandler {
            try await BlockingPool.waiting.run { try store.lockStep(key) { cancelled.isSet } }
        } onCancel: {
            cancelled.set()
        }
        guard let lock else { throw CancellationError() }
        defer { lock.release() }
        guard mount.isNew else { return }
        // What a user that was killed has left is no content.
        try await BlockingPool.waiting.run { try Self.empty(mount.path) }
        if !(try await restore(mount)) { try await copyBase(mount) }
        let cache = cache
        try await BlockingPool.waiting.run {
            if let mode = cache.mode { try check("set mode of", mount.path) { chmod(mount.path, mode) } }
            if cache.uid != nil || cache.gid != nil {
                try check("set owner of", mount.path) { chown(mount.path, cache.uid ?? 0, cache.gid ?? 0) }
            }
            try mount.markPopulated()
        }
    }

    /// A cache is a cache: when its content can't be had the program runs with an empty one.
    private func restore(_ mount: CacheMount) async throws -> Bool {
        guard let source = services.cacheMounts else { return false }
        let (progress, step) = (services.progress, step)
        do {
            return try await source.restore(id: cache.id, into: mount.path) {
                progress.emit(.bytes(step, done: $0, total: nil))
            }
        } catch {
            try Task.checkCancellation()
            if error is CancellationError { throw error }
            let cause = Diagnostic(explaining: error)
            progress.emit(
                .warning(
                    Diagnostic(
                        .note, code: "cache-mount.restore", "the cache mount '\(cache.id)' starts empty",
                        causes: [cause.message] + cause.causes, hint: cause.hint)))
            try await BlockingPool.waiting.run { try Self.empty(mount.path) }
            return false
        }
    }

    private static func empty(_ path: String) throws {
        try Directory.removeTree(path)
        try Directory.create(path)
    }

    private func copyBase(_ mount: CacheMount) async throws {
        guard !cache.base.isEmpty else { return }
        let tree = try await services.layers.tree(cache.base)
        let (overlay, path) = (services.layers.overlay, cache.path)
        try await BlockingPool.compute.run {
            let root = try tree.resolve(path)
            let entries = try tree.walk(below: root).compactMap { entry -> Entry? in
                guard let path = entry.path.relative(to: root) else { return nil }
                var copy = entry
                copy.path = path
                return copy
            }
            var options = LayerUnpacker.Options()
            options.overlay = .none
            options.devices = .skip
            if overlay == .user { options.attributes = .permitted }
            try LayerUnpacker(into: HostDirectory.open(mount.path), options: options).unpack(LayerContents(entries))
        }
    }
}
