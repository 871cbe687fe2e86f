import Core
import Distribution
import DockerfileLint
import OCI

/// The digests that base images have in their registries now.
enum BaseDigests {
    /// - Returns: digests by the names that FROM writes. Files that can't be read are told by who lints them.
    /// - Throws: when a registry doesn't answer, or lacks an image: a file half of whose bases are pinned looks as if all were.
    static func lookUp(for paths: [String], _ registry: RegistryOptions) async throws -> [String: String] {
        let files = paths.compactMap { path in (try? LintInput.read(path)).map { LintFile(parsing: $0) } }
        let names = Set(files.flatMap(\.unpinnedImages)).sorted()
        guard !names.isEmpty else { return [:] }
        return try await Transfer.run(registry) { transfer in
            var digests: [String: String] = [:]
            for name in names {
                let origin = try await RootedOrigin(transfer.origin(ImageArgument("docker://" + name)))
                digests[name] = origin.document.descriptor.digest.description
            }
            return digests
        }
    }
}
