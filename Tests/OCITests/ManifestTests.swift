import Core
import OCI
import Testing

@Suite("Manifests")
struct ManifestTests {
    private static let config = Descriptor(mediaType: .ociConfig, describing: Array("{}".utf8))
    private static let layer = Descriptor(mediaType: .ociLayerGzip, describing: Array("layer".utf8))

    @Test("an image manifest has one exact form")
    func imageBytes() throws {
        let manifest = ImageManifest(config: Self.config, layers: [Self.layer], annotations: ["k": "v"])
        let expected =
            #"{"annotations":{"k":"v"},"config":{"digest":"\#(Self.config.digest)","#
            + #""mediaType":"application/vnd.oci.image.config.v1+json","size":2},"#
            + #""layers":[{"digest":"\#(Self.layer.digest)","#
            + #""mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","size":5}],"#
            + #""mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2}"#
        let bytes = try CanonicalJSON.encode(manifest)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
        #expect(try Manifest(decoding: bytes, mediaType: .ociManifest) == .image(manifest))
    }

    @Test("a descriptor keeps every field through encoding")
    func descriptorRoundTrip() throws {
        var descriptor = Self.layer
        descriptor.urls = ["https://example.com/a"]
        descriptor.annotations = ["a": "b"]
        descriptor.platform = PlatformValue(
            architecture: "amd64", os: "windows", osVersion: "10.0.1", osFeatures: ["win32k"], variant: "v2")
        descriptor.artifactType = "application/x"
        descriptor.data = Array("layer".utf8)
        let bytes = try CanonicalJSON.encode(descriptor)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"annotations":{"a":"b"},"artifactType":"application/x","data":"bGF5ZXI=","#
                + #""digest":"\#(Self.layer.digest)","mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","#
                + #""platform":{"architecture":"amd64","os":"windows","os.features":["win32k"],"#
                + #""os.version":"10.0.1","variant":"v2"},"size":5,"urls":["https://example.com/a"]}"#)
        #expect(try CanonicalJSON.decode(Descriptor.self, from: bytes, kind: .descriptor, limit: 4096) == descriptor)
    }

    @Test("Go's null slices and maps are empty")
    func nulls() throws {
        let json =
            #"{"schemaVersion":2,"config":{"digest":"\#(zero)","size":0,"urls":null},"layers":null,"annotations":null}"#
        guard case .image(let manifest) = try Manifest(decoding: Array(json.utf8)) else {
            Issue.record("not an image")
            return
        }
        #expect(manifest.layers.isEmpty && manifest.annotations.isEmpty && manifest.config.urls.isEmpty)
    }

    @Test("docker's second schema is read through the same types")
    func docker() throws {
        let image =
            #"{"schemaVersion":2,"mediaType":"\#(MediaType.dockerManifest)","config":{"mediaType":"#
            + #""\#(MediaType.dockerConfig)","digest":"\#(zero)","size":7},"layers":[{"mediaType":"#
            + #""\#(MediaType.dockerLayerGzip)","digest":"\#(zero)","size":9}]}"#
        guard case .image(let manifest) = try Manifest(decoding: Array(image.utf8), mediaType: .dockerManifest) else {
            Issue.record("not an image")
            return
        }
        #expect(manifest.layers[0].mediaType.layerCompression == .gzip)
        #expect(manifest.config.mediaType.isImageConfig && manifest.config.size == 7)
        try manifest.checkIsImage()
        let list = #"{"schemaVersion":2,"mediaType":"\#(MediaType.dockerList)","manifests":[]}"#
        guard case .index = try Manifest(decoding: Array(list.utf8)) else {
            Issue.record("not an index")
            return
        }
    }

    @Test("the configuration of an artifact isn't taken for an image's")
    func artifacts() throws {
        let empty = Descriptor(mediaType: .ociEmpty, describing: Array("{}".utf8))
        let typed = ImageManifest(artifactType: "application/vnd.example", config: empty, layers: [])
        #expect(throws: OCIError.notAnImage("application/vnd.example")) { try typed.checkIsImage() }
        let chart: MediaType = "application/vnd.cncf.helm.config.v1+json"
        let untyped = ImageManifest(config: Descriptor(mediaType: chart, describing: []), layers: [])
        #expect(throws: OCIError.notAnImage(chart)) { try untyped.checkIsImage() }
        #expect(OCIError.notAnImage(chart).diagnostic.code == "oci.not-an-image")
        try ImageManifest(config: Descriptor(mediaType: .ociConfig, describing: []), layers: []).checkIsImage()
    }

    @Test(
        "what is neither is refused with its own error",
        arguments: [
            (#"{"schemaVersion":1,"name":"x","fsLayers":[]}"#, nil, .schema1),
            (#"{"schemaVersion":2}"#, .dockerSchema1Signed, .schema1),
            (#"{"layers":[]}"#, nil, .schemaVersion(0)),
            (#"{"schemaVersion":3}"#, nil, .schemaVersion(3)),
            (#"{"schemaVersion":2,"layers":[],"manifests":[]}"#, nil, .ambiguous),
            (#"{"schemaVersion":2,"layers":[]}"#, .ociIndex, .ambiguous),
            (#"{"schemaVersion":2,"manifests":[]}"#, .ociManifest, .ambiguous),
            (
                #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#,
                .ociManifest, .mediaTypeMismatch(inside: .ociIndex, delivered: .ociManifest)
            ),
            (#"{"schemaVersion":2,"mediaType":"text/plain","layers":[]}"#, nil, .unsupportedManifest("text/plain")),
            (#"{"schemaVersion":2}"#, "text/html", .unsupportedManifest("text/html")),
        ] as [(String, MediaType?, OCIError)])
    func refused(json: String, mediaType: MediaType?, expected: OCIError) {
        #expect(throws: expected) { try Manifest(decoding: Array(json.utf8), mediaType: mediaType) }
    }

    @Test("a manifest over 4 MiB is refused")
    func tooLarge() {
        let bytes = [UInt8](repeating: 0x20, count: Manifest.byteLimit + 1)
        #expect(throws: OCIError.tooLarge(.manifest, limit: 4 << 20)) { try Manifest(decoding: bytes) }
    }

    @Test(
        "a content type header loses its parameters",
        arguments: [
            ("application/vnd.oci.image.index.v1+json", MediaType.ociIndex),
            (" Application/VND.oci.image.index.v1+json ; charset=utf-8", .ociIndex), ("", ""), (" ; x", ""),
        ])
    func header(text: String, expected: MediaType) {
        #expect(MediaType(header: text) == expected)
    }

    @Test("every layer type knows its compression")
    func compressions() {
        for compression in LayerCompression.allCases {
            #expect(MediaType.ociLayer(compression).layerCompression == compression)
        }
        #expect(MediaType.ociConfig.layerCompression == nil)
        #expect(MediaType.dockerForeignLayerGzip.isForeignLayer && !MediaType.dockerLayerGzip.isForeignLayer)
    }
}
