import Core
import OCI

/// A manifest that names another one as its subject: a signature, an SBOM, provenance.
struct Attachment: Sendable {
    var tree: ImageTree
    var subject: Digest
}

extension ImageCopy {
    /// A signature of an SBOM of an image, and one more.
    private static var attachmentDepth: Int { 3 }
    private static var attachmentLimit: Int { 1000 }

    /// What is attached to the documents that are copied, and to that; what others are attached to comes first.
    /// - Throws: ``DistributionError/referrersOfChanged(count:)`` when the conversion takes their subject away.
    func attachments(of tree: ImageTree, _ plan: Conversion.Plan) async throws -> [Attachment] {
        guard options.referrers else { return [] }
        var found: [Attachment] = []
        var seen = Set(tree.nodes.keys).union(tree.complete)
        var level = seen.sorted()
        for _ in 0..<Self.attachmentDepth {
            let listed = try await concurrently(level, width: 8) { [origin] subject in
                (subject, try await origin.referrers(of: subject))
            }
            level = []
            for (subject, referrers) in listed {
                for referrer in referrers where seen.insert(referrer.digest).inserted {
                    guard found.count < Self.attachmentLimit else {
                        throw DistributionError.tooManyDocuments(limit: Self.attachmentLimit)
                    }
                    let root = try await ImageTree.Node(referrer, from: origin)
                    let tree = try await ImageTree.read(root.document, from: origin, platforms: .all) { [target] in
                        try await target.isComplete($0)
                    }
                    found.append(Attachment(tree: tree, subject: subject))
                    level.append(referrer.digest)
                }
            }
        }
        if !found.isEmpty, plan.changesAnything { throw DistributionError.referrersOfChanged(count: found.count) }
        return found
    }
}
