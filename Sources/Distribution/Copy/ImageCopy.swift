package import ContentStore
import Core
import OCI

/// Copies an image from an origin to a target.
///
/// What the target has is neither read nor sent. Blobs move side by side, large ones first, equal ones once; manifests
/// follow when all blobs are there, children before parents, the root and its names last. The first error cancels
/// the rest and is the one reported.
package struct ImageCopy: Sendable {
    let origin: any ImageOrigin
    let target: any ImageTarget
    let options: CopyOptions
    private let scratch: Store?

    /// - Parameter scratch: holds layers that are packed in another way while they are copied; nil takes the place for
    ///   temporary files.
    package init(
        from origin: any ImageOrigin, to target: any ImageTarget, options: CopyOptions = CopyOptions(),
        scratch: Store? = nil
    ) {
        self.origin = origin
        self.target = target
        self.options = options
        self.scratch = scratch
    }

    /// - Parameter progress: told what happens, from several tasks; must return at once.
    /// - Throws: ``DistributionError``, what origin and target throw, `CancellationError`.
    package func run(progress: @escaping @Sendable (CopyEvent) -> Void = { _ in }) async throws -> CopyResult {
        let source = try await origin.root()
        try check(source.bytes, source.descriptor)
        var result = CopyResult(source: source.descriptor, written: source.descriptor)
        result.remarks = origin.remarks
        let conversion = Conversion(options, target: target)
        let tree = try await ImageTree.read(source, from: origin, platforms: options.platforms) { [target] child in
            // What is converted is not what the target has to be asked for.
            try await conversion.isNone ? target.isComplete(child) : false
        }
        if tree.root.document.descriptor.digest != source.descriptor.digest, case .one(let platform) = options.platforms
        {
            result.changes.append("the image for \(platform) was taken out of an index")
        }
        let plan = try await conversion.plan(tree, origin)
        result.images = plan.images.count
        let attached = try await attachments(of: tree, plan)

        let mover = BlobMover(
            from: origin, to: target, width: options.parallelBlobs, scratch: scratch, progress: progress)
        var root = tree.root.document
        var isThere = false
        if plan.conversions.isEmpty {
            root = try plan.documents([:]).last ?? root
            isThere = try await target.isComplete(root.descriptor)
        }
        if !isThere {
            let moved = try await mover.move(plan.blobs, converting: plan.conversions)
            for (blob, outcome) in moved.outcomes { result.count(outcome, of: blob) }
            let documents = try plan.documents(moved.converted)
            for document in documents.dropLast() {
                try await target.put(document: document)
                progress(.document(document.descriptor))
            }
            root = documents.last ?? root
        }
        for attachment in attached { try await put(attachment, mover, &result) }
        let finished = try await target.finish(root, names: options.names)
        progress(.document(root.descriptor))
        if root.descriptor.digest != tree.root.document.descriptor.digest { result.changes += plan.changes }
        result.written = finished.descriptor
        result.changes += finished.changes
        return result
    }

    /// Something attached to a manifest: its blobs, the manifests below it, then itself.
    private func put(_ attachment: Attachment, _ mover: BlobMover, _ result: inout CopyResult) async throws {
        let tree = attachment.tree
        let document = tree.root.document
        result.referrers += 1
        if try await target.isComplete(document.descriptor) { return }
        let blobs = try BlobList(tree.images.map(\.manifest)).all
        for (blob, outcome) in try await mover.move(blobs, converting: []).outcomes { result.count(outcome, of: blob) }
        for node in tree.order.dropLast() { try await target.put(document: node.document) }
        try await target.put(referrer: document, of: attachment.subject)
        mover.progress(.document(document.descriptor))
    }
}
