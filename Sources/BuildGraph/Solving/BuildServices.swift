package import ContentStore
import Core

/// The parts of the world that a build works with; the application wires them.
package struct BuildServices: Sendable {
    package var store: Store
    package var layers: LayerService
    package var images: any ImageSource
    package var remote: any RemoteSource
    package var executor: any StepExecutor
    package var progress: ProgressReporter
    /// Exported caches, asked in this order after the store.
    package var caches: [any CacheSource] = []
    /// Where new cache mounts get their first content; nil leaves them empty.
    package var cacheMounts: (any CacheMountSource)?

    package init(
        store: Store, layers: LayerService, images: any ImageSource, remote: any RemoteSource,
        executor: any StepExecutor, progress: ProgressReporter
    ) {
        self.store = store
        self.layers = layers
        self.images = images
        self.remote = remote
        self.executor = executor
        self.progress = progress
    }
}
