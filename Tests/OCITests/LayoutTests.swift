import Core
import OCI
import Testing

@Suite("Image layouts")
struct LayoutTests {
    private static func entry(_ text: String, _ name: String?) -> Descriptor {
        Descriptor(
            mediaType: .ociManifest, describing: Array(text.utf8),
            annotations: name.map { [Annotation.refName: $0] } ?? [:])
    }

    @Test("the marker file has one exact form and one version")
    func marker() throws {
        let bytes = try CanonicalJSON.encode(OCILayoutFile())
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"imageLayoutVersion":"1.0.0"}"#)
        #expect(try OCILayoutFile(decoding: bytes) == OCILayoutFile())
        #expect(throws: OCIError.layoutVersion("2.0.0")) {
            try OCILayoutFile(decoding: Array(#"{"imageLayoutVersion":"2.0.0"}"#.utf8))
        }
    }

    @Test("blobs lie under their digest")
    func path() throws {
        let digest = try Digest(parsing: zero)
        #expect(OCILayoutFile.blobPath(digest).description == "blobs/sha256/" + digest.hex)
    }

    @Test("an entry is found by its name, the tag of a full name, its digest, or by being the only one")
    func entries() throws {
        let (a, b) = (Self.entry("a", "1.0"), Self.entry("b", "docker.io/library/web:2.0"))
        let index = ImageIndex(manifests: [a, b])
        #expect(try index.entry(named: "1.0") == a)
        #expect(try index.entry(named: "2.0") == b)
        #expect(try index.entry(named: "docker.io/library/web:2.0") == b)
        #expect(try index.entry(named: b.digest.description) == b)
        #expect(try ImageIndex(manifests: [b]).entry(named: nil) == b)
        #expect(throws: OCIError.noSuchName("3.0", available: ["1.0", "docker.io/library/web:2.0"])) {
            try index.entry(named: "3.0")
        }
        #expect(throws: OCIError.nameNeeded(available: ["1.0", "docker.io/library/web:2.0"])) {
            try index.entry(named: nil)
        }
        #expect(throws: OCIError.noSuchName("", available: [])) { try ImageIndex(manifests: []).entry(named: nil) }
    }

    @Test("setting a name replaces its entry and keeps the others")
    func set() throws {
        var index = ImageIndex(manifests: [Self.entry("a", "1"), Self.entry("b", "2")])
        index.setEntry(Self.entry("c", nil), named: "1")
        #expect(index.names == ["2", "1"])
        #expect(try index.entry(named: "1").digest == SHA256.digest(of: "c"))
    }

    @Test("index.json needs no media type but must be an index")
    func decode() throws {
        let json = #"{"schemaVersion":2,"manifests":[]}"#
        #expect(try ImageIndex(decodingLayoutIndex: Array(json.utf8)).manifests.isEmpty)
        #expect(throws: OCIError.self) {
            try ImageIndex(decodingLayoutIndex: Array(#"{"schemaVersion":2,"layers":[]}"#.utf8))
        }
    }
}
