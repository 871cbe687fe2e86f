import ContentStore
import Core
import HostOS
import ImageAnalysis
import OCI
import Policy

/// Builds an image once more, without the cache, and compares.
struct Rebuild: Sendable {
    /// What was built before.
    let image: AnalysedImage
    let dockerfile: String
    let context: String
    let store: Store

    func run(_ options: PolicyContext.RebuildOptions) async throws -> PolicyContext.Rebuild {
        let digest = try await BlockingPool.waiting.run { try build(options) }
        guard digest != image.manifest.digest else { return .same }
        return .different(try difference(digest))
    }

    /// In a process of its own, which may have to enter a user namespace.
    private func build(_ options: PolicyContext.RebuildOptions) throws -> Digest {
        let arguments =
            ["build", "--no-cache", "--quiet", "--no-source-lines", "--platform", image.platform.description]
            + ["--file", dockerfile] + (image.target.map { ["--target", $0] } ?? [])
            + options.arguments.map { "--build-arg=\($0)" } + options.contexts.map { "--build-context=\($0)" }
            + ["--", context]
        let result = try ChildProcess.capture(.init("/proc/self/exe", arguments))
        let output = String(decoding: result.output, as: UTF8.self).split(separator: "\n").last
        guard result.status.isSuccess, let digest = output.flatMap({ try? Digest(parsing: String($0)) }) else {
            let text = String(decoding: result.error, as: UTF8.self).split(separator: "\n").suffix(6)
            throw Diagnostic(
                code: "check.rebuild", "building the image once more failed",
                causes: text.map { Redaction.urls(in: String($0)) },
                hint: "name what it was built with under 'reproducible': arguments, contexts")
        }
        return digest
    }

    private func difference(_ digest: Digest) throws -> String {
        let manifest = Descriptor(mediaType: .ociManifest, digest: digest, size: try store.readBlob(digest).count)
        let other = try StoredImage.read(manifest, store)
        let (before, after) = (image.config.rootfs.diffIDs, other.config.rootfs.diffIDs)
        guard before.count == after.count else { return "\(after.count) layers and not \(before.count)" }
        if let layer = before.indices.first(where: { before[$0] != after[$0] }) {
            let cause = image.layers.indices.contains(layer) ? image.layers[layer].cause.instruction : ""
            return "layer \(layer + 1), \(CauseText.instruction(cause))"
        }
        return other.manifest.layers.map(\.digest) == image.layers.map(\.descriptor.digest)
            ? "its configuration or its annotations" : "the compression of its layers"
    }
}

extension AnalysedImage {
    /// The stage of the Dockerfile that the last of the image's instructions stands in; nil where none is known.
    var target: String? {
        let places = layers.compactMap(\.cause.place) + instructions.values
        return places.max { $0.firstLine < $1.firstLine }?.stage
    }
}
