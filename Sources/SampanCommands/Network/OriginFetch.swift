import ContentStore
import Core
import Distribution
import OCI

/// Brings blobs into the store that it lacks, from repositories that are known to have them.
struct OriginFetch: Sendable {
    let store: Store
    let network: NetworkAccess

    private func origin(of image: Descriptor) -> StoreOrigin {
        StoreOrigin(store, image, session: { [network] in try network.registry() })
    }

    /// Fetches one blob of an image.
    /// - Parameter progress: told how much of it is there.
    func fetch(
        _ blob: Descriptor, of image: Descriptor, progress: @Sendable @escaping (Int64) -> Void
    ) async throws {
        let content = try await origin(of: image).blob(blob)
        do {
            _ = try await content.publish(in: store, progress: progress)
            await content.close(isCopied: true)
        } catch {
            await content.close(isCopied: false)
            throw error
        }
    }

    /// Fetches all that the store lacks of an image.
    func complete(_ image: Descriptor) async throws {
        _ = try await ImageCopy(from: origin(of: image), to: StoreTarget(store)).run()
    }
}
