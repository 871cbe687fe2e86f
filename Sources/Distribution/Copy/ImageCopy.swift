package import Core
package import OCI

/// Copies an image from an origin to a target.
///
/// What the target has is neither read nor sent. Blobs move side by side, large ones first, equal ones once; manifests
/// follow when all blobs are there, children before parents, the root and its names last. The first error cancels
/// the rest and is the one reported.
package struct ImageCopy: Sendable {
    let origin: any ImageOrigin
    let target: any ImageTarget
    let options: CopyOptions

    package init(from origin: any ImageOrigin, to target: any ImageTarget, options: CopyOptions = CopyOptions()) {
        self.origin = origin
        self.target = target
        self.options = options
    }

    /// - Parameter progress: told what happens, from several tasks; must return at once.
    /// - Throws: ``DistributionError``, what origin and target throw, `CancellationError`.
    package func run(progress: @escaping @Sendable (CopyEvent) -> Void = { _ in }) async throws -> CopyResult {
        let source = try await origin.root()
        try check(source.bytes, source.descriptor)
        var result = CopyResult(source: source.descriptor, written: source.descriptor)
        let tree = try await ImageTree.read(source, from: origin, platforms: options.platforms) {
            try await target.isComplete($0)
        }
        result.images = tree.images.count
        if tree.root.document.descriptor.digest != source.descriptor.digest, case .one(let platform) = options.platforms
        {
            result.changes.append("the image for \(platform) was taken out of an index")
        }
        let mover = BlobMover(from: origin, to: target, width: options.parallelBlobs, progress: progress)
        if try await !target.isComplete(tree.root.document.descriptor) {
            for (blob, outcome) in try await mover.move(try BlobList(tree.images.map(\.manifest)).all) {
                result.count(outcome, of: blob)
            }
            for node in tree.order.dropLast() {
                try await target.put(document: node.document)
                progress(.document(node.document.descriptor))
            }
        }
        let finished = try await target.finish(tree.root.document, names: options.names)
        progress(.document(tree.root.document.descriptor))
        result.written = finished.descriptor
        result.changes += finished.changes
        return result
    }
}
