import Core
import Distribution
import Glibc
import HostOS
import ImageLayouts
import OCI

/// Writes images as OCI layouts and archives and as docker archives.
enum LayoutOutput {
    /// - Parameters:
    ///   - names: what the layout or archive calls the image.
    ///   - referrers: whether what is attached to the image goes along.
    static func write(
        _ image: any ImageOrigin, names: [Reference], to output: OutputSpec, referrers: Bool = false
    ) async throws {
        guard let target = try await target(output) else { return }
        do {
            _ = try await ImageCopy(
                from: image, to: target, options: CopyOptions(referrers: referrers, names: names)
            ).run()
        } catch var error as SystemError where error.path == nil && error.operation == "write" {
            error.path = output.destination
            throw error
        }
    }

    /// Nil for outputs of other kinds.
    private static func target(_ output: OutputSpec) async throws -> (any ImageTarget)? {
        let place: ArchiveTarget.Output =
            output.isStandardOutput ? .descriptor(try .duplicating(1)) : .file(output.destination)
        switch output.kind {
        case .oci: return try await DirectoryTarget.open(output.destination, .oci)
        case .ociArchive: return ArchiveTarget(.oci, to: place)
        case .docker: return ArchiveTarget(.docker, to: place)
        case .tar, .local, .image, .registry: return nil
        }
    }
}
