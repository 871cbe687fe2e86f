import ContentStore
import Core
import Distribution
import HostOS
import ImageLayouts
import OCI

extension Transfer {
    /// Where an image goes, and what it is called there.
    ///
    /// What can be known to fail fails here, before anything is fetched.
    func target(_ image: ImageArgument) async throws -> (target: any ImageTarget, names: [Reference]) {
        switch image.name {
        case .registry(let reference), .plain(let reference):
            _ = try Self.tagged(reference.description, image)
            return (RegistryTarget(try network.registry(), reference, store: try store()), [])
        case .store(let name):
            let names = name.isEmpty ? [] : [try Self.tagged(name, image)]
            return (StoreTarget(try store()), names)
        case .dockerDaemon(let name):
            let reference = try Self.tagged(name, image)
            let engine = try engine()
            _ = try await engine.version()
            return (DaemonTarget(engine), [reference])
        case .oci, .ociArchive, .dockerArchive, .directory: return try await layoutTarget(image)
        case .base:
            throw Diagnostic(
                code: "transfer.base", "'\(image.text)' is a recipe, and nothing can be written to it",
                hint: "write docker://, store:, docker-daemon:, oci:, oci-archive:, docker-archive: or dir:",
                exitCode: 64)
        }
    }

    /// A name to give: with a tag, and without a digest.
    static func tagged(_ text: String, _ image: ImageArgument) throws -> Reference {
        guard let reference = try? Reference(parsing: text), reference.digest == nil else {
            throw Diagnostic(
                code: "transfer.name", "'\(image.text)' is no name that an image can be given",
                hint: "write NAME:TAG, without a digest", exitCode: 64)
        }
        return reference
    }
}
