import ContentStore
import Core
import Glibc
import HostOS
import OCI
import Testing

/// Puts an image of some layers into a store.
func putImage(_ text: String, layers: [String], in store: Store, fetched: Bool = true) throws -> Descriptor {
    let config = bytes("{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Env\":[\"\(text)\"]}}")
    let layers = try layers.map { layer -> Descriptor in
        if fetched { try store.putBlob(bytes(layer)) }
        return Descriptor(mediaType: .ociLayerGzip, describing: bytes(layer))
    }
    try store.putBlob(config)
    let manifest = ImageManifest(config: Descriptor(mediaType: .ociConfig, describing: config), layers: layers)
    let encoded = try CanonicalJSON.encode(manifest)
    try store.putBlob(encoded)
    return Descriptor(mediaType: .ociManifest, describing: encoded)
}

@Suite("Images")
struct ImageTests {
    let home: Home
    let store: Store

    init() throws {
        home = try Home()
        store = try home.open()
    }

    @Test("a tag leads to its image, moves, and goes")
    func tags() throws {
        let one = try putImage("one", layers: ["a"], in: store)
        let two = try putImage("two", layers: ["a", "b"], in: store)
        let name = try Reference(parsing: "web:1")
        try store.tag(name, manifest: one, created: FileTime(seconds: 1000))
        #expect(
            try store.image(name)
                == ImageRecord(name: name, manifest: one, created: FileTime(seconds: 1000)))
        try store.tag(name, manifest: two)
        #expect(try store.image(name)?.manifest == two)
        #expect(try store.images().map(\.name) == [name, nil])
        #expect(try store.untag(name) == two.digest)
        #expect(try store.untag(name) == nil)
        #expect(try store.image(name) == nil)
        #expect(try store.images().map(\.name) == [nil, nil])
    }

    @Test("images are listed by name, those without one last")
    func order() throws {
        let one = try putImage("one", layers: [], in: store)
        let two = try putImage("two", layers: [], in: store)
        try store.addImage(two)
        for name in ["zeta", "alpha:2", "alpha:1"] { try store.tag(Reference(parsing: name), manifest: one) }
        #expect(
            try store.images().map { $0.name?.familiar } == ["alpha:1", "alpha:2", "zeta:latest", nil])
    }

    @Test("a person may name an image by tag, digest or first digits")
    func resolve() throws {
        let image = try putImage("one", layers: [], in: store)
        let hex = image.digest.hex
        try store.tag(Reference(parsing: "web"), manifest: image)
        for text in [
            "web", "web:latest", "docker.io/library/web", image.digest.description, "web@\(image.digest)", hex,
            String(hex.prefix(12)), String(hex.prefix(4)), "sha256:" + hex.prefix(6),
        ] {
            #expect(try store.resolveImage(text)?.manifest == image, "\(text)")
        }
        for text in ["web:2", String(hex.prefix(3)), "", "WEB", "a/../b", String(repeating: "0", count: 64)] {
            #expect(try store.resolveImage(text) == nil, "\(text)")
        }
    }

    @Test("digits that two images start with are refused, with both named")
    func ambiguous() throws {
        var byStart: [Substring: Digest] = [:]
        var pair: (Substring, [Digest])?
        for number in 0..<5000 where pair == nil {
            let image = try putImage("\(number)", layers: [], in: store)
            try store.addImage(image)
            let start = image.digest.hex.prefix(4)
            if let other = byStart[start] { pair = (start, [other, image.digest].sorted()) }
            byStart[start] = image.digest
        }
        let (start, digests) = try #require(pair)
        #expect(throws: ContentStoreError.ambiguousImage(String(start), digests.map { String($0.hex.prefix(10)) })) {
            try store.resolveImage(String(start))
        }
    }

    @Test("tagging what is not there or no manifest fails")
    func malformed() throws {
        let name = try Reference(parsing: "web")
        let absent = Descriptor(mediaType: .ociManifest, describing: bytes("{}"))
        #expect(throws: ContentStoreError.blobMissing(absent.digest)) { try store.tag(name, manifest: absent) }
        let digest = try store.putBlob(bytes("not json"))
        let wrong = Descriptor(mediaType: .ociManifest, digest: digest, size: 8)
        let error = #expect(throws: ContentStoreError.self) { try store.tag(name, manifest: wrong) }
        guard case .malformedManifest(digest, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try store.images().isEmpty)
    }

    @Test("an index keeps the manifests it has and their blobs, and tolerates those not fetched")
    func index() throws {
        let here = try putImage("here", layers: ["layer of here"], in: store)
        let away = Descriptor(mediaType: .ociManifest, describing: bytes("never fetched"))
        let encoded = try CanonicalJSON.encode(ImageIndex(manifests: [here, away]))
        try store.putBlob(encoded)
        let index = Descriptor(mediaType: .ociIndex, describing: encoded)
        try store.tag(Reference(parsing: "multi"), manifest: index)
        store.close()
        let other = try home.open()
        _ = try other.prune()
        #expect(try other.readBlob(index.digest) == encoded)
        #expect(try other.readBlob(here.digest).isEmpty == false)
        #expect(try other.readBlob(id("layer of here")) == bytes("layer of here"))
    }
}
