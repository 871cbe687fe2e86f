import ContentStore
import Core
import OCI

/// Brings blobs from an origin to a target.
struct BlobMover: Sendable {
    private let origin: any ImageOrigin
    private let target: any ImageTarget
    private let width: Int
    private let progress: @Sendable (CopyEvent) -> Void

    init(
        from origin: any ImageOrigin, to target: any ImageTarget, width: Int,
        progress: @escaping @Sendable (CopyEvent) -> Void
    ) {
        self.origin = origin
        self.target = target
        self.width = width
        self.progress = progress
    }

    /// Moves what the target lacks, in the given order, several at a time.
    func move(_ blobs: [Descriptor]) async throws -> [(Descriptor, BlobOutcome)] {
        let missing = try await target.missing(of: blobs)
        let wanted = Set(missing.map(\.digest))
        let moved = try await concurrently(missing, width: width) { ($0, try await move($0)) }
        return moved + blobs.filter { !wanted.contains($0.digest) }.map { ($0, .present) }
    }

    /// A transfer whose bytes turn out wrong after some were passed on starts over, so the target has to as well.
    private static let tries = 3

    private func move(_ blob: Descriptor) async throws -> BlobOutcome {
        let places = try await origin.places(of: blob.digest)
        let content = DeferredContent(size: Int64(blob.size)) { [origin] in try await origin.blob(blob) }
        progress(.started(blob))
        do {
            let outcome = try await put(blob, content, places)
            await content.close(isCopied: true)
            progress(.finished(blob.digest, outcome))
            return outcome
        } catch {
            await content.close(isCopied: false)
            throw error
        }
    }

    private func put(_ blob: Descriptor, _ content: DeferredContent, _ places: [BlobOrigin]) async throws -> BlobOutcome
    {
        var attempt = 1
        while true {
            do {
                return try await target.put(blob, content, from: places) { [progress] in
                    progress(.moved(blob.digest, $0))
                }
            } catch DistributionError.startedOver where attempt < Self.tries {
                attempt += 1
            }
        }
    }
}
