package import Core

/// What can be wrong with a shared cache.
package enum SharedCacheError: DiagnosticConvertible, Equatable {
    /// The name is of something other than a cache, or an image without one.
    case noCache(String)
    /// A cache that BuildKit wrote.
    case foreign(String)
    /// An export would take the place of an image.
    case image(String)
    /// A cache in a form that a later program writes.
    case unsupported(String, type: String)
    /// The manifest says what no export says.
    case malformed(String, reason: String)
    /// A blob that the manifest names is not to be had.
    case missingBlob(Digest, String)
    /// The file of a layout is not what its name says.
    case damagedBlob(Digest, String)
    /// The index of a local cache can't be read.
    case notALayout(String, reason: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .noCache(let name):
            Diagnostic(
                code: "cache.none", "there is no build cache in '\(name)'",
                hint: "name what --cache-to wrote, or an image that was built with --cache-to type=inline")
        case .foreign(let name):
            Diagnostic(
                code: "cache.foreign", "the cache '\(name)' is in BuildKit's form, which is not read",
                hint: "an export with --cache-to replaces it")
        case .image(let name):
            Diagnostic(
                code: "cache.image", "'\(name)' is an image, whose place a cache would take",
                hint: "give the cache a tag of its own, such as '\(Self.cacheTag(name))'")
        case .unsupported(let name, let type):
            Diagnostic(
                code: "cache.version", "the cache '\(name)' has the form '\(type)', which is not known",
                hint: "update sampan, or export the cache again")
        case .malformed(let name, let reason):
            Diagnostic(
                code: "cache.malformed", "the cache '\(name)' is malformed: \(reason)", hint: "export the cache again")
        case .missingBlob(let digest, let name):
            Diagnostic(
                code: "cache.missing-blob", "the cache '\(name)' has lost the blob \(digest)",
                hint: "export the cache again, or build without it")
        case .damagedBlob(let digest, let name):
            Diagnostic(
                code: "cache.damaged-blob", "the blob \(digest) of the cache '\(name)' is damaged",
                hint: "remove the file and export the cache again")
        case .notALayout(let path, let reason):
            Diagnostic(
                code: "cache.layout", "'\(path)' is not the directory of a build cache: \(reason)",
                hint: "name an empty directory, or one that --cache-to wrote")
        }
    }

    /// The name with the tag that others use for caches.
    private static func cacheTag(_ name: String) -> String {
        guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return name + ":buildcache" }
        return name[..<colon] + ":buildcache"
    }
}
