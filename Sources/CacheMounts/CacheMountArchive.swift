package import ContentStore
internal import HostOS

/// Archives cache mounts incrementally into blobs of the store, and fills empty ones from them.
///
/// Contents travel in packs: compressed tars of several megabytes. A snapshot makes new packs for what no pack before
/// holds, so the next one costs what changed. ``CacheMountIndex`` says which file has which content.
package struct CacheMountArchive: Sendable {
    let store: Store
    let limits: CacheMountLimits
    /// Threads at work at a time.
    let threads: Int
    /// Asked now and then; work ends with `CancellationError` when it says so.
    let isCancelled: @Sendable () -> Bool

    package init(
        store: Store, limits: CacheMountLimits = CacheMountLimits(), threads: Int = BlockingPool.processorCount,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.store = store
        self.limits = limits
        self.threads = max(1, threads)
        self.isCancelled = isCancelled
    }

    func checkCancelled() throws {
        if isCancelled() { throw CancellationError() }
    }
}
