// https://spdx.github.io/spdx-spec/v2.3/
import BuildGraph
import Core

/// What an image was put together from, as an SPDX document: the image, and the images and downloads that the build
/// took. It does not look into them.
struct BillOfMaterials: Encodable {
    static let type = "https://spdx.dev/Document"

    struct Creation: Encodable {
        var created: String
        var creators: [String]
    }

    struct Package: Encodable {
        struct Checksum: Encodable {
            var algorithm: String
            var checksumValue: String
        }

        var SPDXID: String
        var name: String
        var downloadLocation: String
        var filesAnalyzed = false
        var checksums: [Checksum]
    }

    struct Relationship: Encodable {
        var spdxElementId: String
        var relationshipType: String
        var relatedSpdxElement: String
    }

    var spdxVersion = "SPDX-2.3"
    var dataLicense = "CC0-1.0"
    var SPDXID = "SPDXRef-DOCUMENT"
    var name: String
    var documentNamespace: String
    var creationInfo: Creation
    var packages: [Package]
    var relationships: [Relationship]

    /// - Parameter epoch: seconds since 1970.
    init(of image: Digest, name: String, materials: [Material], epoch: Int64) {
        self.name = name
        documentNamespace = "urn:sampan:spdx:\(image.hex)"
        creationInfo = Creation(created: Timestamp.text(epoch), creators: ["Tool: sampan-\(Version.text)"])
        let root = Package(
            SPDXID: "SPDXRef-Image", name: name, downloadLocation: "NOASSERTION",
            checksums: [.init(algorithm: "SHA256", checksumValue: image.hex)])
        packages = [root]
        relationships = [.init(spdxElementId: SPDXID, relationshipType: "DESCRIBES", relatedSpdxElement: root.SPDXID)]
        for (index, material) in materials.enumerated() {
            let id = "SPDXRef-Material-\(index + 1)"
            packages.append(
                Package(
                    SPDXID: id, name: material.uri,
                    downloadLocation: material.uri.contains("://") ? material.uri : "NOASSERTION",
                    checksums: material.digest.sorted { $0.key < $1.key }.map {
                        .init(algorithm: $0.key == "gitCommit" ? "SHA1" : $0.key.uppercased(), checksumValue: $0.value)
                    }))
            relationships.append(
                .init(spdxElementId: root.SPDXID, relationshipType: "GENERATED_FROM", relatedSpdxElement: id))
        }
    }
}
