package import Core

/// What can be wrong with a document of an image.
package enum OCIError: DiagnosticConvertible, Equatable {
    /// The kinds of documents.
    package enum Document: String, Sendable {
        case manifest, index, config, layout, descriptor, response, cacheRecords

        /// The name with its article.
        var phrase: String {
            switch self {
            case .manifest: "an image manifest"
            case .index: "an image index"
            case .config: "an image configuration"
            case .layout: "an image layout"
            case .descriptor: "a descriptor"
            case .response: "a registry's answer"
            case .cacheRecords: "the records of a build cache"
            }
        }
    }

    /// `path` is the field, such as `.layers[2].digest`; empty for the whole.
    case malformed(Document, path: String, reason: String)
    case tooLarge(Document, limit: Int)
    case schema1
    case schemaVersion(Int)
    /// The document has the fields of an image and of an index.
    case ambiguous
    case mediaTypeMismatch(inside: MediaType, delivered: MediaType)
    case unsupportedManifest(MediaType)
    /// A manifest of something that can't run, and what it is.
    case notAnImage(MediaType)
    case noPlatform(wanted: Platform, available: [Platform])
    case layerCount(config: Int, manifest: Int)
    case layoutVersion(String)
    /// No entry of an image layout has that name.
    case noSuchName(String, available: [String])
    /// A layout with several images was asked for without a name.
    case nameNeeded(available: [String])
    case unencodable(String)

    package var diagnostic: Diagnostic {
        switch self {
        case .malformed(let document, let path, let reason):
            Diagnostic(
                code: "oci.malformed",
                path.isEmpty ? "\(document.phrase) is malformed" : "\(document.phrase) is malformed at \(path)",
                causes: [reason])
        case .tooLarge(let document, let limit):
            Diagnostic(code: "oci.too-large", "\(document.phrase) is larger than \(limit) bytes")
        case .schema1:
            Diagnostic(
                code: "oci.schema1", "the image has docker's manifest schema 1, which is not supported",
                hint: "push the image again with a docker of version 1.10 or later; it writes schema 2")
        case .schemaVersion(let version):
            Diagnostic(code: "oci.schema-version", "a manifest has schema version \(version); 2 is supported")
        case .ambiguous:
            Diagnostic(
                code: "oci.ambiguous", "a manifest has the fields of both an image and an index",
                hint: "clients would disagree about what it holds; build and push the image again")
        case .mediaTypeMismatch(let inside, let delivered):
            Diagnostic(
                code: "oci.media-type",
                "a manifest says it is '\(inside.clipped)' but was delivered as '\(delivered.clipped)'")
        case .unsupportedManifest(let type):
            Diagnostic(
                code: "oci.unsupported-manifest", "'\(type.clipped)' is not a manifest or index of an image")
        case .notAnImage(let type):
            Diagnostic(
                code: "oci.not-an-image", "it is an artifact of type '\(type.clipped)', not an image",
                hint: "artifacts can be copied, but nothing can be built on them or run from them")
        case .noPlatform(let wanted, let available):
            Diagnostic(
                code: "oci.no-platform", "the image is not available for \(wanted)",
                hint: available.isEmpty
                    ? "it names no platform at all" : "it is available for \(Self.list(available.map(\.description)))")
        case .layerCount(let config, let manifest):
            Diagnostic(
                code: "oci.layer-count",
                "the image's configuration describes \(config) layers but its manifest lists \(manifest)")
        case .layoutVersion(let version):
            Diagnostic(
                code: "oci.layout-version", "image layout version '\(version.prefix(40))' is not supported",
                hint: "version 1.0.0 is")
        case .noSuchName(let name, let available):
            Diagnostic(
                code: "oci.no-such-name", "the image layout has no image named '\(name.prefix(200))'",
                hint: Suggestion.hint(for: name, in: available)
                    ?? (available.isEmpty ? "its images have no names" : "it has \(Self.list(available))"))
        case .nameNeeded(let available):
            Diagnostic(
                code: "oci.name-needed", "the image layout holds several images",
                hint: available.isEmpty ? "give a digest" : "name one: \(Self.list(available))")
        case .unencodable(let type): Diagnostic(code: "oci.unencodable", "\(type) can't be written as JSON")
        }
    }

    private static func list(_ words: [String]) -> String {
        let shown = words.prefix(12).map { String($0.prefix(100)) }.joined(separator: ", ")
        return words.count > 12 ? shown + " and \(words.count - 12) more" : shown
    }
}

extension MediaType {
    /// Fit for a message.
    fileprivate var clipped: String { String(rawValue.prefix(120)) }
}
