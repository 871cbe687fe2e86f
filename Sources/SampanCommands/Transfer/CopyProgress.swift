import BuildGraph
import Core
import Distribution
import OCI
import Synchronization

/// Shows the blobs of a copy as steps.
final class CopyProgress: Sendable {
    private struct Blob {
        var step: StepID
        var size: Int64
    }

    private let reporter: ProgressReporter
    private let blobs = Mutex<[Digest: Blob]>([:])

    init(_ reporter: ProgressReporter) { self.reporter = reporter }

    func show(_ event: CopyEvent) {
        switch event {
        case .started(let descriptor):
            let step = reporter.nextStep()
            let size = Int64(descriptor.size)
            blobs.withLock { $0[descriptor.digest] = Blob(step: step, size: size) }
            reporter.emit(
                .started(step, name: "\(Self.kind(descriptor)) \(descriptor.digest.short), \(Human.bytes(size))"))
        case .moved(let digest, let done):
            guard let blob = blobs.withLock({ $0[digest] }) else { return }
            reporter.emit(.bytes(blob.step, done: done, total: blob.size))
        case .finished(let digest, let outcome):
            guard let blob = blobs.withLock({ $0.removeValue(forKey: digest) }) else { return }
            if outcome != .written { reporter.emit(.cached(blob.step)) }
            reporter.emit(.finished(blob.step))
        case .document(let descriptor):
            let step = reporter.nextStep()
            reporter.emit(.started(step, name: "\(Self.kind(descriptor)) \(descriptor.digest.short)"))
            reporter.emit(.finished(step))
        }
    }

    private static func kind(_ descriptor: Descriptor) -> String {
        let type = descriptor.mediaType
        if type.isIndex { return "index" }
        if type.isImageManifest { return "manifest" }
        return type.isImageConfig ? "config" : "layer"
    }
}
