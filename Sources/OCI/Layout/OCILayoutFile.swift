// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md

package import Core

/// The file `oci-layout` at the root of an image layout.
package struct OCILayoutFile: Hashable, Sendable, Codable {
    package var imageLayoutVersion: String

    package init() { imageLayoutVersion = Self.version }

    /// The name of the file.
    package static let name = "oci-layout"
    /// The name of the index beside it.
    package static let indexName = "index.json"
    package static let version = "1.0.0"

    /// Decodes the file and checks the version.
    /// - Throws: ``OCIError``.
    package init(decoding bytes: [UInt8]) throws(OCIError) {
        self = try CanonicalJSON.decode(OCILayoutFile.self, from: bytes, kind: .layout, limit: 64 << 10)
        guard imageLayoutVersion == Self.version else { throw .layoutVersion(imageLayoutVersion) }
    }

    /// Where a blob lies below the root of a layout.
    package static func blobPath(_ digest: Digest) -> BytePath { BytePath(cleaning: "blobs/sha256/" + digest.hex) }
}

extension ImageIndex {
    /// Decodes `index.json` of an image layout, which need not say its media type.
    /// - Throws: ``OCIError``.
    package init(decodingLayoutIndex bytes: [UInt8]) throws(OCIError) {
        guard case .index(let index) = try Manifest(decoding: bytes, mediaType: .ociIndex) else {
            throw .malformed(.layout, path: "", reason: "index.json is not an index")
        }
        self = index
    }

    /// The names of the entries, in order, each once.
    package var names: [String] {
        var seen: Set<String> = []
        return manifests.compactMap(\.annotations[Annotation.refName]).filter { seen.insert($0).inserted }
    }

    /// The entry of a layout's index with a name; without a name the only entry.
    ///
    /// A name is compared with the annotation as a whole, then with the tag at the end of a full image name, which is
    /// what other tools put there. Of several entries with one name the last wins, as a later write means it.
    /// - Throws: ``OCIError/noSuchName(_:available:)`` or ``OCIError/nameNeeded(available:)``.
    package func entry(named name: String?) throws(OCIError) -> Descriptor {
        guard let name else {
            // What is attached to an image is found by way of that.
            let images = manifests.filter { !$0.isAttestation && $0.artifactType == nil }
            if images.count == 1 { return images[0] }
            if images.isEmpty, manifests.count == 1 { return manifests[0] }
            if images.isEmpty { throw .noSuchName("", available: []) }
            throw .nameNeeded(available: names)
        }
        if let entry = manifests.last(where: { $0.annotations[Annotation.refName] == name }) { return entry }
        let bySuffix = manifests.filter { entry in
            entry.annotations[Annotation.refName].map { $0.hasSuffix(":" + name) } ?? false
        }
        if bySuffix.count == 1 { return bySuffix[0] }
        if let digest = try? Digest(parsing: name), let entry = manifests.first(where: { $0.digest == digest }) {
            return entry
        }
        throw .noSuchName(name, available: names)
    }

    /// Puts an entry under a name; an older one of that name loses its name's place.
    package mutating func setEntry(_ descriptor: Descriptor, named name: String) {
        var entry = descriptor
        entry.annotations[Annotation.refName] = name
        manifests.removeAll { $0.annotations[Annotation.refName] == name }
        manifests.append(entry)
    }
}
