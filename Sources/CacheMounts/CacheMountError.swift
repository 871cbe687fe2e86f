package import Core

/// What can be wrong with an archived cache mount.
package enum CacheMountError: DiagnosticConvertible, Equatable {
    /// The index is not one: the reason ends the sentence.
    case malformedIndex(String)
    /// An index of a later form.
    case unsupportedVersion(Int)
    /// An entry of the index that no snapshot makes. The path is for people.
    case refused(path: String, reason: String)
    /// More than is taken: `what` is `files`, `bytes` or `packs`.
    case tooLarge(what: String, limit: Int64)
    /// A pack is not what the index says of it.
    case malformedPack(Digest, String)
    /// The directory to restore into has something in it.
    case notEmpty(path: String)

    package var diagnostic: Diagnostic {
        let again = "export the cache again"
        switch self {
        case .malformedIndex(let reason):
            return Diagnostic(
                code: "cache-mount.index", "the index of a cache mount is malformed: \(reason)", hint: again)
        case .unsupportedVersion(let version):
            return Diagnostic(
                code: "cache-mount.version", "the index of a cache mount has version \(version); 1 is supported",
                hint: "update sampan, or \(again)")
        case .refused(let path, let reason):
            return Diagnostic(
                code: "cache-mount.refused", "the index of a cache mount is refused: '\(path)' \(reason)",
                hint: "no export writes such an index; don't trust this cache")
        case .tooLarge(let what, let limit):
            return Diagnostic(
                code: "cache-mount.too-large", "a cache mount has more than \(limit) \(what)",
                hint: "clean the cache from within a RUN, or leave it out with --cache-mounts off")
        case .malformedPack(let digest, let reason):
            return Diagnostic(
                code: "cache-mount.pack", "the pack \(digest) of a cache mount is damaged: \(reason)", hint: again)
        case .notEmpty(let path):
            return Diagnostic(code: "cache-mount.not-empty", "the directory '\(path)' of a cache mount is not empty")
        }
    }
}
