import Archive
import Core
import Glibc
import HostOS
import ImageLayouts
import OCI
import SampanTestSupport
import Testing

/// Blobs in memory, and what came in.
private final class Blobs: BlobProvider, BlobReceiver {
    var blobs: [Digest: [UInt8]] = [:]
    var received: [Digest] = []
    let place: TemporaryDirectory

    init(_ place: TemporaryDirectory) { self.place = place }

    @discardableResult
    func put(_ bytes: [UInt8], _ type: MediaType) -> Descriptor {
        let descriptor = Descriptor(mediaType: type, describing: bytes)
        blobs[descriptor.digest] = bytes
        return descriptor
    }

    func openBlob(_ digest: Digest) throws -> FileDescriptor {
        guard let bytes = blobs[digest] else { throw SystemError(ENOENT, "open", digest.description) }
        let file = try place.scratchFile()
        try file.write(bytes)
        lseek(file.raw, 0, SEEK_SET)
        return file
    }

    func containsBlob(_ digest: Digest) -> Bool { blobs[digest] != nil }

    func receiveBlob(_ descriptor: Descriptor, from source: any ByteSource) throws {
        blobs[descriptor.digest] = try source.readAll(limit: 1 << 24)
        received.append(descriptor.digest)
    }
}

private let amd64 = Platform(os: "linux", architecture: "amd64")

/// A tar with one file.
private func layerTar(_ name: String, _ content: String) throws -> [UInt8] {
    let sink = BytesSink()
    var block: [UInt8] = []
    try TarWriter.append(
        TarHeader(name: Array(name.utf8), kind: .file, size: Int64(content.utf8.count)), to: &block)
    block += Array(content.utf8) + [UInt8](repeating: 0, count: TarWriter.padding(after: Int64(content.utf8.count)))
    (block + TarWriter.end).withUnsafeBytes { sink.write($0) }
    return sink.bytes
}

private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    try bytes.withUnsafeBytes { try GzipMember.compress($0, level: 6) }
}

/// An image of two layers.
private func makeImage(_ blobs: Blobs, content: String = "text", platform: Platform = amd64) throws -> Descriptor {
    let tars = [try layerTar("a", content), try layerTar("b", content)]
    let layers = try tars.map { blobs.put(try gzip($0), .ociLayerGzip) }
    let config = ImageConfig(platform: platform, diffIDs: tars.map { SHA256.digest(of: $0) })
    let manifest = ImageManifest(config: blobs.put(try CanonicalJSON.encode(config), .ociConfig), layers: layers)
    return blobs.put(try CanonicalJSON.encode(manifest), .ociManifest)
}

private func noScratch() throws -> FileDescriptor { throw SystemError(EINVAL, "decompress") }

private func read(
    _ source: LayoutSource, _ name: String? = nil, into receiver: Blobs, platform: Platform = amd64
) throws -> ImportedImage {
    try LayoutImport.read(source, name: name, platform: platform, into: receiver) { try receiver.place.scratchFile() }
}

private func names(_ texts: String...) -> [LayoutName] {
    LayoutName.names(for: texts.compactMap { try? Reference(parsing: $0) })
}

@Suite struct LayoutDirectoryTests {
    @Test("an image goes into a layout and comes back with all its blobs")
    func roundTrip() throws {
        let place = try TemporaryDirectory("layout")
        let store = Blobs(place)
        let manifest = try makeImage(store)
        try LayoutExport.writeDirectory(manifest, names: names("web:1"), to: place.path("out"), from: store)
        #expect(try place.text("out/oci-layout") == #"{"imageLayoutVersion":"1.0.0"}"#)
        let back = Blobs(place)
        let image = try read(.directory(place.path("out")), "1", into: back)
        #expect(image.manifest == manifest)
        #expect(image.names == ["docker.io/library/web:1"])
        #expect(image.config?.rootfs.diffIDs.count == 2)
        #expect(back.blobs == store.blobs)
        #expect(back.received.last == manifest.digest)
        #expect(try LayoutImport.names(of: .directory(place.path("out")), scratch: noScratch) == ["1"])
    }

    @Test("the same image gives the same files")
    func deterministic() throws {
        let place = try TemporaryDirectory("same")
        let store = Blobs(place)
        let manifest = try makeImage(store)
        for name in ["one", "two"] {
            try LayoutExport.writeDirectory(manifest, names: names("web:1"), to: place.path(name), from: store)
        }
        try Shell.run("diff -r \(place.path("one")) \(place.path("two"))")
    }

    @Test("blobs that are there are left alone, those of a wrong size are replaced")
    func reuse() throws {
        let place = try TemporaryDirectory("reuse")
        let store = Blobs(place)
        let manifest = try makeImage(store)
        let out = place.path("out")
        try LayoutExport.writeDirectory(manifest, names: [], to: out, from: store)
        let path = "\(out)/blobs/sha256/\(manifest.digest.hex)"
        let inode = try FileInfo.of(path)?.inode
        try LayoutExport.writeDirectory(manifest, names: [], to: out, from: store)
        #expect(try FileInfo.of(path)?.inode == inode)
        try place.file("out/blobs/sha256/\(manifest.digest.hex)", "short")
        try LayoutExport.writeDirectory(manifest, names: [], to: out, from: store)
        #expect(try WholeFile.read(path) == store.blobs[manifest.digest])
        #expect(try ImageIndex(decodingLayoutIndex: place.bytes("out/index.json")).manifests.count == 1)
    }

    @Test("several images live in one layout by their names")
    func several() throws {
        let place = try TemporaryDirectory("several")
        let store = Blobs(place)
        let (one, two) = (try makeImage(store, content: "1"), try makeImage(store, content: "2"))
        let out = place.path("out")
        try LayoutExport.writeDirectory(one, names: names("a:1", "a:latest"), to: out, from: store)
        try LayoutExport.writeDirectory(two, names: names("b:2", "a:latest"), to: out, from: store)
        let source = LayoutSource.directory(out)
        #expect(try read(source, "1", into: Blobs(place)).manifest.digest == one.digest)
        #expect(try read(source, "2", into: Blobs(place)).manifest.digest == two.digest)
        #expect(try read(source, "latest", into: Blobs(place)).manifest.digest == two.digest)
        #expect(try read(source, "a:1", into: Blobs(place)).manifest.digest == one.digest)
        #expect(throws: OCIError.nameNeeded(available: ["1", "2", "latest"])) { try read(source, into: Blobs(place)) }
        #expect(throws: OCIError.noSuchName("x", available: ["1", "2", "latest"])) {
            try read(source, "x", into: Blobs(place))
        }
    }

    @Test("two references that share a tag both get a name")
    func sharedTag() {
        #expect(names("a:1", "b:1", "c:2").map(\.refName) == ["1", "docker.io/library/b:1", "2"])
    }

    @Test("an index is written whole and read by platform")
    func platforms() throws {
        let place = try TemporaryDirectory("platforms")
        let store = Blobs(place)
        let arm = Platform(os: "linux", architecture: "arm64")
        var entries: [Descriptor] = []
        for platform in [amd64, arm] {
            var entry = try makeImage(store, content: platform.description, platform: platform)
            entry.platform = PlatformValue(platform)
            entries.append(entry)
        }
        let index = store.put(try CanonicalJSON.encode(ImageIndex(manifests: entries)), .ociIndex)
        try LayoutExport.writeDirectory(index, names: names("m:1"), to: place.path("out"), from: store)
        let image = try read(.directory(place.path("out")), "1", into: Blobs(place), platform: arm)
        #expect(image.manifest.digest == entries[1].digest)
        #expect(image.config?.architecture == "arm64")
        #expect(throws: OCIError.self) {
            try read(
                .directory(place.path("out")), into: Blobs(place),
                platform: Platform(os: "linux", architecture: "s390x"))
        }
    }

    @Test("every damaged, missing or oversized blob is found out")
    func damaged() throws {
        let place = try TemporaryDirectory("damaged")
        let store = Blobs(place)
        let manifest = try makeImage(store)
        for (digest, bytes) in store.blobs {
            let out = try TemporaryDirectory("copy")
            try LayoutExport.writeDirectory(manifest, names: [], to: out.path, from: store)
            var flipped = bytes
            flipped[bytes.count / 2] ^= 1
            for changed in [flipped, Array(bytes.dropLast()), bytes + [0]] {
                try out.file("blobs/sha256/\(digest.hex)", changed)
                #expect(throws: ImageLayoutError.self) { try read(.directory(out.path), into: Blobs(place)) }
            }
            try Shell.run("rm \(out.path("blobs/sha256/\(digest.hex)"))")
            #expect(throws: ImageLayoutError.missing("blobs/sha256/\(digest.hex)")) {
                try read(.directory(out.path), into: Blobs(place))
            }
        }
    }

    @Test("a link in a layout does not lead out of it")
    func confined() throws {
        let place = try TemporaryDirectory("links")
        let store = Blobs(place)
        let manifest = try makeImage(store)
        try LayoutExport.writeDirectory(manifest, names: [], to: place.path("out"), from: store)
        try place.file("secret", try #require(store.blobs[manifest.digest]))
        let blob = place.path("out/blobs/sha256/\(manifest.digest.hex)")
        try Shell.run("ln -sf \(place.path("secret")) \(blob)")
        #expect(throws: ImageLayoutError.self) { try read(.directory(place.path("out")), into: Blobs(place)) }
        try Shell.run("rm \(blob) && mkfifo \(blob)")
        #expect(throws: ImageLayoutError.self) { try read(.directory(place.path("out")), into: Blobs(place)) }
    }

    @Test("what is no layout says so")
    func none() throws {
        let place = try TemporaryDirectory("none")
        #expect(throws: ImageLayoutError.notAnImage(path: place.path)) {
            try read(.directory(place.path), into: Blobs(place))
        }
        try place.file("rootfs.tar", try layerTar("etc/passwd", "x"))
        let tar = place.path("rootfs.tar")
        #expect(throws: ImageLayoutError.notAnImage(path: tar)) { try read(.archive(tar), into: Blobs(place)) }
        try place.file("text", String(repeating: "no archive at all ", count: 100))
        #expect(throws: ImageLayoutError.notAnImage(path: place.path("text"))) {
            try read(.archive(place.path("text")), into: Blobs(place))
        }
        #expect(throws: SystemError.self) { try read(.archive(place.path("missing")), into: Blobs(place)) }
        try place.file("old/oci-layout", #"{"imageLayoutVersion":"2.0.0"}"#)
        #expect(throws: OCIError.layoutVersion("2.0.0")) { try read(.directory(place.path("old")), into: Blobs(place)) }
    }

    @Test("an index.json over 4 MiB is refused")
    func oversized() throws {
        let place = try TemporaryDirectory("oversized")
        try place.file("oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
        try place.file("index.json", [UInt8](repeating: 0x20, count: (4 << 20) + 1))
        #expect(throws: ArchiveError.tooLong("index.json", limit: 4 << 20)) {
            try read(.directory(place.path), into: Blobs(place))
        }
    }

    @Test("an index that holds itself ends with an error")
    func nested() throws {
        let place = try TemporaryDirectory("nested")
        let store = Blobs(place)
        var entry = try makeImage(store)
        for _ in 0..<6 {
            entry.platform = PlatformValue(amd64)
            entry = store.put(try CanonicalJSON.encode(ImageIndex(manifests: [entry])), .ociIndex)
        }
        #expect(throws: ImageLayoutError.nestedIndexes) {
            try LayoutExport.writeDirectory(entry, names: [], to: place.path("out"), from: store)
        }
    }
}

@Suite struct LayoutArchiveTests {
    private func write(_ place: TemporaryDirectory, _ name: String, _ body: (any ByteSink) throws -> Void) throws
        -> String
    {
        let sink = BytesSink()
        try body(sink)
        return try place.file(name, sink.bytes)
    }

    @Test("an oci-archive comes back, plain and compressed", arguments: ["cat", "gzip -c", "xz -c", "bzip2 -c"])
    func ociArchive(_ compressor: String) throws {
        let place = try TemporaryDirectory("archive")
        let store = Blobs(place)
        let manifest = try makeImage(store)
        let plain = try write(place, "out.tar") { sink in
            try LayoutExport.writeArchive(manifest, names: names("web:1"), to: sink, from: store)
        }
        try Shell.run("\(compressor) < \(plain) > \(place.path("packed"))")
        let back = Blobs(place)
        #expect(try read(.archive(place.path("packed")), "1", into: back).manifest == manifest)
        #expect(back.blobs == store.blobs)
    }

    @Test("archives are sorted, without times, and the same each time")
    func deterministic() throws {
        let place = try TemporaryDirectory("sorted")
        let store = Blobs(place)
        let manifest = try makeImage(store)
        let references = [try Reference(parsing: "web:1")]
        let one = try write(place, "1.tar") {
            try LayoutExport.writeDockerArchive(manifest, names: references, to: $0, from: store)
        }
        let two = try write(place, "2.tar") {
            try LayoutExport.writeDockerArchive(manifest, names: references, to: $0, from: store)
        }
        #expect(try WholeFile.read(one) == WholeFile.read(two))
        let listing = try Shell.run("tar tf \(one)").split(separator: "\n").map(String.init)
        #expect(listing == listing.sorted())
        #expect(
            Set(try Shell.run("tar tvf \(one) --utc --full-time | awk '{print $4, $5}'").split(separator: "\n")) == [
                "1970-01-01 00:00:00"
            ])
    }

    @Test("a store whose blob is damaged gives no archive")
    func damagedStore() throws {
        let place = try TemporaryDirectory("store")
        let store = Blobs(place)
        let manifest = try makeImage(store)
        let image = try ImageManifestProbe.layers(store.blobs[manifest.digest])
        store.blobs[image[0]]?[20] ^= 1
        #expect(throws: ImageLayoutError.self) {
            try LayoutExport.writeArchive(manifest, names: [], to: BytesSink(), from: store)
        }
    }

    @Test("what docker save wrote in former times is read: plain layers, links between them, config by name")
    func dockerArchive() throws {
        let place = try TemporaryDirectory("docker")
        let tars = [try layerTar("a", "1"), try layerTar("b", "2")]
        let config = try CanonicalJSON.encode(
            ImageConfig(platform: amd64, diffIDs: (tars + [tars[0]]).map { SHA256.digest(of: $0) }))
        let hex = SHA256.digest(of: config).hex
        try place.file("save/\(hex).json", config)
        try place.file("save/one/layer.tar", tars[0])
        try place.file("save/two/layer.tar", tars[1])
        try place.directory("save/three")
        try place.symlink("save/three/layer.tar", to: "../one/layer.tar")
        try place.file(
            "save/manifest.json",
            #"[{"Config":"\#(hex).json","RepoTags":["web:1"],"Layers":["one/layer.tar","two/layer.tar","three/layer.tar"]}]"#
        )
        try Shell.run("cd \(place.path("save")) && tar cf ../save.tar *")
        let source = LayoutSource.archive(place.path("save.tar"))
        for name in [nil, "1", "web:1", "docker.io/library/web:1"] {
            let back = Blobs(place)
            let image = try read(source, name, into: back)
            #expect(image.names == ["docker.io/library/web:1"])
            #expect(image.image.layers.map(\.digest) == [tars[0], tars[1], tars[0]].map { SHA256.digest(of: $0) })
            #expect(image.image.layers.allSatisfy { $0.mediaType == .ociLayerTar })
            #expect(image.image.config.digest.hex == hex)
            #expect(back.blobs[image.manifest.digest] != nil)
        }
        #expect(try LayoutImport.names(of: source, scratch: noScratch) == ["web:1"])
        #expect(throws: ImageLayoutError.noSuchImage("web:2", available: ["web:1"])) {
            try read(source, "web:2", into: Blobs(place))
        }
    }

    /// An archive whose one layer, compressed, is listed for each diff ID.
    private static func compressedArchive(
        _ layer: [UInt8], diffIDs: [Digest], in place: TemporaryDirectory
    ) throws -> LayoutSource {
        let config = try CanonicalJSON.encode(ImageConfig(platform: amd64, diffIDs: diffIDs))
        let names = diffIDs.map { _ in #""layer""# }.joined(separator: ",")
        try place.file("save/config.json", config)
        try place.file("save/layer", layer)
        try place.file("save/manifest.json", #"[{"Config":"config.json","RepoTags":null,"Layers":[\#(names)]}]"#)
        try Shell.run("cd \(place.path("save")) && tar cf ../save.tar *")
        return .archive(place.path("save.tar"))
    }

    @Test("compressed layers of a docker archive are verified against their diff IDs when they are taken")
    func compressedLayers() throws {
        let place = try TemporaryDirectory("compressed")
        let tar = try layerTar("a", "1")
        let (right, wrong) = (SHA256.digest(of: tar), SHA256.digest(of: "other"))
        let layer = Descriptor(mediaType: .ociLayerGzip, describing: try gzip(tar))
        for (diffIDs, isRight) in [
            ([right], true), ([right, right], true), ([wrong], false), ([right, wrong], false),
        ] {
            let source = try Self.compressedArchive(gzip(tar), diffIDs: diffIDs, in: place)
            let back = Blobs(place)
            if isRight {
                #expect(try read(source, into: back).image.layers == diffIDs.map { _ in layer })
            } else {
                let error = ImageLayoutError.wrongContent("layer", expected: wrong, actual: right)
                #expect(throws: error) { try read(source, into: back) }
                #expect(back.received.isEmpty)
            }
            // Who unpacks them compares for itself, so opening the archive does not.
            let reader = try LayoutReader(source, name: nil, scratch: noScratch)
            #expect(reader.isUnchecked(layer.digest))
            #expect(try reader.find(layer).size == Int64(layer.size))
            #expect((try? reader.check(layer)) != nil || !isRight)
        }
    }

    @Test("a damaged compressed layer of a docker archive is found out when it is taken")
    func damagedCompressedLayers() throws {
        let place = try TemporaryDirectory("damaged")
        let tar = try layerTar("a", String(repeating: "text", count: 1000))
        let whole = try gzip(tar)
        for bytes in [Array(whole.dropLast()), Array(whole[..<20]), Array(whole[..<10])] {
            let source = try Self.compressedArchive(bytes, diffIDs: [SHA256.digest(of: tar)], in: place)
            #expect(throws: (any Error).self) { try read(source, into: Blobs(place)) }
        }
    }

    @Test("plain layers, and what an OCI layout has, are told by their digests alone")
    func checkedLayers() throws {
        let place = try TemporaryDirectory("checked")
        let tar = try layerTar("a", "1")
        let layer = Descriptor(mediaType: .ociLayerTar, describing: tar)
        let source = try Self.compressedArchive(tar, diffIDs: [layer.digest], in: place)
        let reader = try LayoutReader(source, name: nil, scratch: noScratch)
        #expect(!reader.isUnchecked(layer.digest))
        let store = Blobs(place)
        let manifest = try makeImage(store)
        try LayoutExport.writeDirectory(manifest, names: [], to: place.path("out"), from: store)
        let layout = try LayoutReader(.directory(place.path("out")), name: nil, scratch: noScratch)
        #expect(store.blobs.keys.allSatisfy { !layout.isUnchecked($0) })
        try layout.check(layer)
    }

    @Test("bad docker archives are refused by what is wrong with them")
    func badDockerArchives() throws {
        let tar = try layerTar("a", "1")
        let config = try CanonicalJSON.encode(ImageConfig(platform: amd64, diffIDs: [SHA256.digest(of: tar)]))
        let entry = #"{"Config":"c.json","Layers":["l"]}"#
        let wrongName = String(repeating: "0", count: 64)
        let table: [(String, (any Error) -> Bool)] = [
            ("{}", { if case .malformedManifest = $0 as? ImageLayoutError { true } else { false } }),
            ("[\(entry),\(entry)]", { $0 as? ImageLayoutError == .nameNeeded(available: []) }),
            (#"[{"Config":"none","Layers":["l"]}]"#, { $0 as? ImageLayoutError == .missing("none") }),
            (#"[{"Config":"c.json","Layers":["none"]}]"#, { $0 as? ImageLayoutError == .missing("none") }),
            (#"[{"Config":"c.json","Layers":[]}]"#, { $0 as? OCIError == .layerCount(config: 1, manifest: 0) }),
            (
                #"[{"Config":"c.json","Layers":["loop"]}]"#,
                { if case .brokenLink = $0 as? ImageLayoutError { true } else { false } }
            ),
            (
                #"[{"Config":"c.json","Layers":["wrong"]}]"#,
                { if case .wrongSize = $0 as? ImageLayoutError { true } else { $0 is ImageLayoutError } }
            ),
            (
                #"[{"Config":"\#(wrongName).json","Layers":["l"]}]"#,
                { if case .wrongContent = $0 as? ImageLayoutError { true } else { false } }
            ),
        ]
        for (manifest, isExpected) in table {
            let place = try TemporaryDirectory("bad")
            try place.file("save/c.json", config)
            try place.file("save/\(wrongName).json", config)
            try place.file("save/l", tar)
            try place.file("save/wrong", try layerTar("a", "2"))
            try place.symlink("save/loop", to: "loop")
            try place.file("save/manifest.json", manifest)
            try Shell.run("cd \(place.path("save")) && tar cf ../save.tar *")
            #expect { try read(.archive(place.path("save.tar")), into: Blobs(place)) } throws: { isExpected($0) }
        }
    }

    @Test("skopeo reads what is written", .enabled(if: hasSkopeo, "skopeo is not installed"))
    func skopeo() throws {
        let place = try TemporaryDirectory("skopeo")
        let store = Blobs(place)
        let manifest = try makeImage(store)
        let reference = try Reference(parsing: "web:1")
        try LayoutExport.writeDirectory(manifest, names: names("web:1"), to: place.path("dir"), from: store)
        let oci = try write(place, "oci.tar") {
            try LayoutExport.writeArchive(manifest, names: names("web:1"), to: $0, from: store)
        }
        let docker = try write(place, "docker.tar") {
            try LayoutExport.writeDockerArchive(manifest, names: [reference], to: $0, from: store)
        }
        for image in ["oci:\(place.path("dir")):1", "oci-archive:\(oci):1"] {
            #expect(try Shell.run("skopeo inspect --format '{{.Digest}}' \(image)") == "\(manifest.digest)\n")
        }
        // It comes back from a copy into each form, too.
        for (image, copy) in [(docker, "a"), (oci, "b")] {
            let kind = image == docker ? "docker-archive" : "oci-archive"
            try Shell.run("skopeo --insecure-policy copy -q \(kind):\(image) docker-archive:\(place.path(copy)):web:1")
            let back = try read(.archive(place.path(copy)), "web:1", into: Blobs(place))
            #expect(back.config?.rootfs.diffIDs.count == 2)
        }
    }
}

private let hasSkopeo = (try? Shell.run("command -v skopeo >/dev/null")) != nil

private enum ImageManifestProbe {
    static func layers(_ bytes: [UInt8]?) throws -> [Digest] {
        guard case .image(let image) = try Manifest(decoding: bytes ?? []) else { return [] }
        return image.layers.map(\.digest)
    }
}
