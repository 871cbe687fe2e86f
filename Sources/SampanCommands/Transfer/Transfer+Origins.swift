import ContentStore
import Core
import Distribution
import HostOS
import ImageLayouts
import OCI

extension Transfer {
    /// Where an image is read from.
    func origin(_ image: ImageArgument) async throws -> any ImageOrigin {
        switch image.name {
        case .registry(let reference): return try registry(reference)
        case .store(let name):
            let store = try store()
            return try stored(await BlockingPool.waiting.run { try StoredImage.find(name, store) })
        case .plain(let reference):
            let store = try store()
            if let record = try await BlockingPool.waiting.run({ try store.resolveImage(image.text) }) {
                return try stored(record)
            }
            return try registry(reference)
        case .oci(let path, let name): return try await layout(.directory(path), name)
        case .ociArchive(let path, let name), .dockerArchive(let path, let name):
            return try await layout(.archive(path), name)
        case .directory(let path): return try await layout(.plain(path), nil)
        case .dockerDaemon(let name): return try await saved(name)
        case .base(let recipe):
            throw Diagnostic(
                code: "transfer.base", "'base:\(recipe)' has to be assembled first",
                hint: "sampan base build \(recipe) -t NAME, then name NAME", exitCode: 64)
        }
    }

    private func registry(_ reference: Reference) throws -> any ImageOrigin {
        RegistryOrigin(try network.registry(), reference, store: try store())
    }

    private func stored(_ record: ImageRecord) throws -> any ImageOrigin {
        let network = network
        return StoreOrigin(try store(), record.manifest) { try network.registry() }
    }
}
