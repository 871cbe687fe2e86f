import ContentStore
import Core
import Distribution
import HostOS
import ImageLayouts
import OCI
import RegistryClient

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
            return try await elsewhere(reference, image.text)
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

    /// An image that the store does not have, of a registry. When that has none either, both are told: whoever names an
    /// image that was built here does not think of a registry.
    private func elsewhere(_ reference: Reference, _ text: String) async throws -> any ImageOrigin {
        do {
            return try await RootedOrigin(registry(reference))
        } catch {
            if error is CancellationError { throw error }
            let cause = Diagnostic(explaining: error)
            let store = try store()
            let (path, near) = try await BlockingPool.waiting.run {
                (GivenPath.hint(text), try StoredImage.near(text, store))
            }
            var hints = [path ?? near, cause.hint].compactMap { $0 }
            // Another name is all that there is to do about a registry that has no such image.
            var isAll = path != nil
            if case RegistryError.notFound = error { isAll = true }
            if isAll { hints = Array(hints.prefix(1)) }
            throw Diagnostic(
                code: "image.nowhere", "the store has no image '\(text)', and \(reference.registry) gave none",
                causes: [cause.message] + cause.causes,
                hint: hints.isEmpty ? nil : hints.joined(separator: " If not: "), exitCode: cause.exitCode)
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
