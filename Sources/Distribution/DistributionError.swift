package import Core

/// Why an image can't be copied.
package enum DistributionError: DiagnosticConvertible, Equatable {
    /// An index in an index in an index without end.
    case tooDeep(limit: Int)
    /// An index with more manifests than anybody makes.
    case tooManyDocuments(limit: Int)
    /// Manifests that are together larger than anybody makes them.
    case tooManyBytes(limit: Int)
    /// Two descriptors give one digest different sizes.
    case conflictingSizes(Digest, Int, Int)
    /// A document is not what its descriptor says.
    case wrongDocument(Digest, actual: Digest)
    case wrongSize(Digest, expected: Int, actual: Int)
    /// The target can't hold what is attached to images.
    case noReferrers
    /// Attachments name the digest of what they are attached to, which a conversion changes.
    case referrersOfChanged(count: Int)
    /// The bytes read so far belonged to a transfer that started over.
    case startedOver(Digest)
    /// The store has neither the blob nor a repository that does.
    case unknownBlob(Digest)
    /// A name that belongs to another repository than the target.
    case otherRepository(String, target: String)
    /// A layer does not hold what the configuration says.
    case wrongDiffID(Digest, expected: Digest, actual: Digest)
    /// Layers of docker's format are not compressed with zstd.
    case dockerZstd
    /// docker's format has no place for something.
    case dockerLacks(String)

    package var diagnostic: Diagnostic {
        switch self {
        case .tooDeep(let limit):
            Diagnostic(
                code: "copy.too-deep", "the image is an index inside of an index, more than \(limit) deep",
                hint: "choose one image with --platform, or copy the inner index by its digest")
        case .tooManyDocuments(let limit):
            Diagnostic(
                code: "copy.too-many-documents", "the index names more than \(limit) manifests",
                hint: "choose one image with --platform")
        case .tooManyBytes(let limit):
            Diagnostic(
                code: "copy.too-many-bytes", "the index names manifests of more than \(limit >> 20) MiB",
                hint: "choose one image with --platform")
        case .conflictingSizes(let digest, let first, let second):
            Diagnostic(
                code: "copy.conflicting-sizes", "the image gives blob \(digest.short) two sizes",
                causes: ["\(first) bytes in one place", "\(second) bytes in another"],
                hint: "its manifests are malformed; build and push the image again")
        case .wrongDocument(let digest, let actual):
            Diagnostic(
                code: "copy.wrong-document", "a manifest or configuration is not what its digest says",
                causes: ["expected \(digest)", "got \(actual)"], hint: "the source is damaged; nothing was named")
        case .wrongSize(let digest, let expected, let actual):
            Diagnostic(
                code: "copy.wrong-size", "\(digest.short) has another size than the image says",
                causes: ["expected \(expected) bytes", "got \(actual)"],
                hint: "the source is damaged; nothing was named")
        case .noReferrers:
            Diagnostic(
                code: "copy.no-referrers", "the target can't hold what is attached to an image",
                hint: "leave out --referrers, or copy to a registry or an OCI layout")
        case .referrersOfChanged(let count):
            Diagnostic(
                code: "copy.referrers-of-changed",
                "the image has \(count) attachments, which would not belong to the converted image",
                hint: "leave out --referrers, or copy without changing format and compression")
        case .startedOver(let digest):
            Diagnostic(
                code: "copy.started-over", "the transfer of blob \(digest.short) started over", hint: "try again")
        case .unknownBlob(let digest):
            Diagnostic(
                code: "copy.unknown-blob", "the store has no blob \(digest.short), and knows no registry that does",
                hint: "build or pull the image again")
        case .otherRepository(let name, let target):
            Diagnostic(code: "copy.other-repository", "'\(name)' is not a name in the repository of '\(target)'")
        case .wrongDiffID(let layer, let expected, let actual):
            Diagnostic(
                code: "copy.wrong-diff-id", "layer \(layer.short) is not what the image's configuration says",
                causes: ["expected \(expected) uncompressed", "got \(actual)"],
                hint: "the image is malformed; build and push it again")
        case .dockerZstd:
            Diagnostic(
                code: "copy.docker-zstd", "docker's image format can't hold layers compressed with zstd",
                hint: "use --format oci for zstd, or --compression gzip for docker")
        case .dockerLacks(let what):
            Diagnostic(
                code: "copy.docker-lacks", "docker's image format can't hold \(what)",
                hint: "use --format oci, or --drop-annotations to leave out what docker's format lacks")
        }
    }
}
