import ContentStore
import Core
import HostOS
import OCI

/// Brings blobs from an origin to a target.
struct BlobMover: Sendable {
    let origin: any ImageOrigin
    let target: any ImageTarget
    let width: Int
    private let scratch: Store?
    let progress: @Sendable (CopyEvent) -> Void

    init(
        from origin: any ImageOrigin, to target: any ImageTarget, width: Int, scratch: Store?,
        progress: @escaping @Sendable (CopyEvent) -> Void
    ) {
        self.origin = origin
        self.target = target
        self.width = width
        self.scratch = scratch
        self.progress = progress
    }

    /// What came of some blobs.
    struct Moved: Sendable {
        var outcomes: [(Descriptor, BlobOutcome)] = []
        /// What repacked layers became.
        var converted: [Digest: Descriptor] = [:]
    }

    private enum Job: Sendable {
        case copy(Descriptor), convert(Conversion.Layer)

        var size: Int {
            switch self {
            case .copy(let blob): blob.size
            case .convert(let layer): layer.layer.size
            }
        }
    }

    /// Moves what the target lacks, several at a time, large ones first.
    func move(_ blobs: [Descriptor], converting layers: [Conversion.Layer]) async throws -> Moved {
        let missing = try await target.missing(of: blobs)
        let wanted = Set(missing.map(\.digest))
        let jobs = missing.map(Job.copy) + layers.map(Job.convert)
        var moved = Moved()
        let done = try await concurrently(jobs.sorted { $0.size > $1.size }, width: width) { job in
            switch job {
            case .copy(let blob): return (blob, blob, try await move(blob))
            case .convert(let layer):
                let (new, outcome) = try await convert(layer)
                return (layer.layer, new, outcome)
            }
        }
        for (old, new, outcome) in done {
            if old != new { moved.converted[old.digest] = new }
            moved.outcomes.append((new, outcome))
        }
        moved.outcomes += blobs.filter { !wanted.contains($0.digest) }.map { ($0, .present) }
        return moved
    }

    private func move(_ blob: Descriptor) async throws -> BlobOutcome {
        let places = try await origin.places(of: blob.digest)
        return try await reading(blob) { content in try await put(blob, content, places) }
    }

    private func convert(_ layer: Conversion.Layer) async throws -> (Descriptor, BlobOutcome) {
        try await reading(layer.layer) { content in
            let converter = LayerConverter(compression: layer.compression) { [scratch] in
                try scratch?.scratchFile() ?? ScratchFile.make()
            }
            let (new, file) = try await converter.convert(layer.layer, diffID: layer.diffID, content)
            guard try await !target.missing(of: [new]).isEmpty else { return (new, .present) }
            return (new, try await put(new, StoredContent(file), []))
        }
    }

    /// Opens a blob of the origin if it is read at all, and closes it whatever happens.
    private func reading<Value: Sendable>(
        _ blob: Descriptor, _ body: (any BlobContent) async throws -> Value
    ) async throws -> Value {
        let content = DeferredContent(size: Int64(blob.size)) { [origin] in try await origin.blob(blob) }
        do {
            let value = try await body(content)
            await content.close(isCopied: true)
            return value
        } catch {
            await content.close(isCopied: false)
            throw error
        }
    }

    /// A transfer whose bytes turn out wrong after some were passed on starts over, so the target has to as well.
    private static let tries = 3

    private func put(_ blob: Descriptor, _ content: any BlobContent, _ places: [BlobOrigin]) async throws -> BlobOutcome
    {
        progress(.started(blob))
        var attempt = 1
        while true {
            do {
                let outcome = try await target.put(blob, content, from: places) { [progress] in
                    progress(.moved(blob.digest, $0))
                }
                progress(.finished(blob.digest, outcome))
                return outcome
            } catch DistributionError.startedOver where attempt < Self.tries {
                attempt += 1
            }
        }
    }
}
