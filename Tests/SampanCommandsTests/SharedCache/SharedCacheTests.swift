import BuildGraph
import CacheMounts
import ContentStore
import Core
import Glibc
import HostOS
import Layers
import OCI
import RegistryClient
import SampanTestSupport
import Testing

@testable import SampanCommands

@Suite("caches shared with other machines", .serialized)
struct SharedCacheTests {
    /// Where a test keeps its cache: a registry of its own, or a directory.
    private final class Place {
        let registry = try? TestRegistry()
        let directory = try? TemporaryDirectory("layout")

        func options(_ kind: String) -> (to: String, from: String) {
            if kind == "registry" {
                let name = "\(registry?.authority ?? "")/team/web:cache"
                return ("type=registry,ref=\(name)", name)
            }
            let path = directory?.path("cache") ?? ""
            return ("type=local,dest=\(path)", "type=local,src=\(path)")
        }
    }

    @Test("another machine reads what was exported, and gets bytes when it asks", arguments: ["registry", "local"])
    func roundTrip(kind: String) async throws {
        let (first, second, place) = (try Machine(), try Machine(), Place())
        let (to, from) = place.options(kind)
        let records = try first.records("a", "b", "c")
        let reports = try await first.with(to: [to]) { try await $0.export { _, _ in records } }
        #expect(reports.map(\.transfer.blobs) == [4])
        place.registry?.clearRequests()
        try await second.with(from: [from]) { caches in
            let sources = try await caches.sources()
            #expect(sources.map(\.records) == [records])
            if kind == "registry" {
                #expect(place.registry?.steps == ["GET manifests", "GET blobs"])
            }
            let blob = records.blobs[1].descriptor
            #expect(try !second.store.containsBlob(blob.digest))
            try await sources[0].fetch(blob) { _ in }
            #expect(try second.store.readBlob(blob.digest) == first.store.readBlob(blob.digest))
            #expect(try second.store.missingBlobs(of: records.blobs.map(\.digest)).count == 2)
        }
        #expect(second.told == [])
    }

    @Test("an export sends what is missing, and nothing when nothing changed")
    func sendsChanges() async throws {
        let (machine, place) = (try Machine(), Place())
        let (to, from) = place.options("registry")
        let registry = try #require(place.registry)
        let records = try machine.records("a", "b")
        _ = try await machine.with(to: [to]) { try await $0.export { _, _ in records } }
        registry.clearRequests()
        let again = try await machine.with(to: [to]) { try await $0.export { _, _ in records } }
        #expect(again[0].transfer == CacheTransfer(reused: 3))
        #expect(registry.steps == ["GET manifests"])
        registry.clearRequests()
        let more = try machine.records("a", "b", "c")
        let third = try await machine.with(to: [to], from: [from]) { caches in
            _ = try await caches.sources()
            return try await caches.export { _, _ in more }
        }
        #expect(third[0].transfer.blobs == 2)
        #expect(third[0].transfer.reused == 2)
        // The import's manifest says what is there: only the new layer and the records are looked for.
        #expect(registry.steps.filter { $0 == "HEAD blobs" }.count == 2)
        #expect(registry.steps.filter { $0 == "GET manifests" }.count == 1)
        #expect(registry.steps.last == "PUT manifests")
    }

    @Test("blobs that were never fetched are mounted from their repository, or passed through")
    func passesThrough() async throws {
        let (first, second, place) = (try Machine(), try Machine(), Place())
        let (to, from) = place.options("registry")
        let registry = try #require(place.registry)
        let records = try first.records("a", "b")
        _ = try await first.with(to: [to]) { try await $0.export { _, _ in records } }
        registry.clearRequests()
        let layout = second.place.path("layout")
        let other = "type=registry,ref=\(registry.authority)/other/web:cache"
        let reports = try await second.with(to: [other, "type=local,dest=\(layout)"], from: [from]) { caches in
            let sources = try await caches.sources()
            return try await caches.export { _, _ in sources[0].records }
        }
        #expect(reports.map(\.transfer.blobs) == [1, 3])
        #expect(reports[0].transfer.reused == 2)
        // The layout has all, and is one for others.
        let third = try Machine()
        try await third.with(from: ["type=local,src=\(layout)"]) { caches in
            let source = try #require(try await caches.sources().first)
            for blob in records.blobs { try await source.fetch(blob.descriptor) { _ in } }
        }
        #expect(try third.store.missingBlobs(of: records.blobs.map(\.digest)).isEmpty)
    }

    @Test("the cache inside of an image is read by the image's name")
    func inline() async throws {
        let (machine, registry) = (try Machine(), try TestRegistry())
        let records = try machine.records("a")
        let annotations = try await machine.with(to: ["type=inline"]) { caches in
            let reports = try await caches.export { _, _ in records }
            #expect(reports.isEmpty)
            return try await caches.inlineAnnotations { records }
        }
        var manifest = try registry.addImage([Array("layer".utf8)], repository: "web").manifest
        manifest.annotations = annotations
        let bytes = try CanonicalJSON.encode(manifest)
        let image = registry.addManifest(bytes, .ociManifest, repository: "web", tag: "latest")
        var entry = image
        entry.platform = PlatformValue(.host)
        registry.addManifest(
            try CanonicalJSON.encode(ImageIndex(manifests: [entry])), .ociIndex, repository: "web", tag: "all")
        for name in ["web", "type=inline,ref=\(registry.authority)/web:all"] {
            let text = name == "web" ? "\(registry.authority)/web" : name
            #expect(try await machine.imported(from: [text]) == [records])
        }
        #expect(machine.told == [])
        #expect(try await machine.with { try await $0.inlineAnnotations { records } } == [:])
    }

    // MARK: - What can be wrong

    @Test("a cache that is not there yet is a note", arguments: ["registry", "local"])
    func absent(kind: String) async throws {
        let (machine, place) = (try Machine(), Place())
        let from = place.options(kind).from
        #expect(try await machine.imported(from: [from]).isEmpty)
        let name = try CacheOrigin(parsing: from).name
        #expect(machine.told == ["note: there is no cache '\(name)' yet"])
    }

    @Test("a registry that is away is a warning for an import and an error for an export")
    func away() async throws {
        let machine = try Machine()
        let registry = try TestRegistry()
        let name = registry.authority + "/web:cache"
        registry.stop()
        #expect(try await machine.imported(from: [name]).isEmpty)
        #expect(machine.told.count == 1)
        #expect(machine.told[0].hasPrefix("warning: the cache '\(name)' is not used: "))
        let records = try machine.records("a")
        await #expect(throws: Diagnostic.self) {
            try await machine.with(to: ["type=registry,ref=\(name)"]) { try await $0.export { _, _ in records } }
        }
        _ = try await machine.with(to: ["type=registry,ref=\(name),ignore-error=true"]) {
            try await $0.export { _, _ in records }
        }
        #expect(machine.told.count == 2)
        #expect(machine.told[1].hasPrefix("warning: cannot export the cache to '\(name)': "))
    }

    @Test("an image is no cache, and no cache takes its place")
    func images() async throws {
        let (machine, registry) = (try Machine(), try TestRegistry())
        try registry.addImage([Array("layer".utf8)], repository: "web")
        let name = registry.authority + "/web:latest"
        #expect(try await machine.imported(from: [name]).isEmpty)
        #expect(machine.told == ["warning: the cache '\(name)' is not used: there is no build cache in '\(name)'"])
        let records = try machine.records("a")
        let error = await #expect(throws: Diagnostic.self) {
            try await machine.with(to: ["type=registry,ref=\(name)"]) { try await $0.export { _, _ in records } }
        }
        #expect(
            error?.message
                == "cannot export the cache to '\(name)': '\(name)' is an image, whose place a cache would take")
        #expect(
            error?.hint == "give the cache a tag of its own, such as '\(registry.authority)/web:buildcache'")
    }

    @Test(
        "caches in another form are named and replaced when one is exported",
        arguments: [
            (
                "application/vnd.buildkit.cacheconfig.v0", MediaType?.none,
                "is in BuildKit's form, which is not read"
            ),
            (
                "application/vnd.sampan.cache.records.v2+json", MediaType("application/vnd.sampan.cache.v2"),
                "has the form 'application/vnd.sampan.cache.v2', which is not known"
            ),
        ])
    func otherForms(config: MediaType, artifact: MediaType?, reason: String) async throws {
        let (machine, registry) = (try Machine(), try TestRegistry())
        let blob = registry.addBlob(Array("{}".utf8), mediaType: config)
        registry.addManifest(
            try CanonicalJSON.encode(ImageManifest(artifactType: artifact, config: blob, layers: [])), .ociManifest,
            repository: "web", tag: "cache")
        let name = registry.authority + "/web:cache"
        let records = try machine.records("a")
        try await machine.with(to: ["type=registry,ref=\(name)"], from: [name]) { caches in
            let sources = try await caches.sources()
            #expect(sources.isEmpty)
            #expect(machine.told == ["warning: the cache '\(name)' is not used: the cache '\(name)' \(reason)"])
            let reports = try await caches.export { _, _ in records }
            #expect(reports.count == 1)
        }
        #expect(try await machine.imported(from: [name]).count == 1)
    }

    @Test("records that are damaged or of another version are a warning")
    func badRecords() async throws {
        let (machine, registry) = (try Machine(), try TestRegistry())
        let name = registry.authority + "/web:cache"
        for (text, reason) in [
            ("nonsense", "these are no records of a build cache"), ("{\"version\":2}", ""), ("{\"version\":1}", ""),
        ] {
            let blob = registry.addBlob(Array(text.utf8), mediaType: CacheManifest.recordsType)
            registry.addManifest(
                try CanonicalJSON.encode(
                    ImageManifest(artifactType: CacheManifest.artifactType, config: blob, layers: [])), .ociManifest,
                repository: "web", tag: "cache")
            #expect(try await machine.imported(from: [name]).isEmpty)
            #expect(machine.told.last?.hasPrefix("warning: the cache '\(name)' is not used: ") == true)
            _ = reason
        }
        #expect(machine.told.count == 3)
    }

    @Test("a manifest whose cache mounts make no sense is a warning")
    func badManifest() async throws {
        let (machine, registry) = (try Machine(), try TestRegistry())
        let name = registry.authority + "/web:cache"
        let records = registry.addBlob(try CacheRecords().encoded(), mediaType: CacheManifest.recordsType)
        let pack = registry.addBlob([1], mediaType: CacheMountIndex.packType)
        let index = registry.addBlob([2], mediaType: CacheMountIndex.mediaType)
        for (layers, reason) in [
            ([pack], "a pack belongs to no cache mount"), ([index], "a cache mount has no name of its own"),
        ] {
            registry.addManifest(
                try CanonicalJSON.encode(
                    ImageManifest(artifactType: CacheManifest.artifactType, config: records, layers: layers)),
                .ociManifest, repository: "web", tag: "cache")
            #expect(try await machine.imported(from: [name]).isEmpty)
            #expect(
                machine.told.last
                    == "warning: the cache '\(name)' is not used: the cache '\(name)' is malformed: \(reason)")
        }
    }

    @Test("a blob that the registry lost is sent again, whatever the manifest before said")
    func lostBlobs() async throws {
        let (machine, place) = (try Machine(), Place())
        let (to, from) = place.options("registry")
        let registry = try #require(place.registry)
        let old = try machine.records("a")
        // The manifest is there with its records, but not the layer.
        let bytes = try old.encoded()
        registry.addBlob(bytes, mediaType: CacheManifest.recordsType)
        let manifest = CacheManifest(
            records: Descriptor(mediaType: CacheManifest.recordsType, describing: bytes),
            layers: old.blobs.map(\.descriptor), mounts: [])
        registry.addManifest(try manifest.encoded(), .ociManifest, repository: "team/web", tag: "cache")
        let more = try machine.records("a", "b")
        let report = try await machine.with(to: [to]) { try await $0.export { _, _ in more } }
        #expect(report[0].transfer == CacheTransfer(blobs: 3, bytes: report[0].transfer.bytes, reused: 0))
        let other = try Machine()
        try await other.with(from: [from]) { caches in
            let source = try #require(try await caches.sources().first)
            for blob in more.blobs { try await source.fetch(blob.descriptor) { _ in } }
        }
    }

    @Test("a registry that refuses manifests leaves the cache before as it was")
    func refused() async throws {
        let (machine, place) = (try Machine(), Place())
        let (to, from) = place.options("registry")
        let registry = try #require(place.registry)
        let (old, new) = (try machine.records("a"), try machine.records("b"))
        _ = try await machine.with(to: [to]) { try await $0.export { _, _ in old } }
        let error = await #expect(throws: Diagnostic.self) {
            try await machine.with(to: [to], from: [from]) { caches in
                _ = try await caches.sources()
                registry.inject(.status(403), on: .manifests)
                return try await caches.export { _, _ in new }
            }
        }
        #expect(error?.message.hasPrefix("cannot export the cache to '\(registry.authority)/team/web:cache': ") == true)
        registry.heal()
        #expect(try await machine.imported(from: [from]) == [old])
    }

    // MARK: - Directories

    @Test("a file or a directory of something else is not taken for a cache")
    func notALayout() async throws {
        let machine = try Machine()
        let file = try machine.place.file("file", "x")
        let odd = try machine.place.directory("odd")
        try machine.place.file("odd/index.json", "{}")
        let records = try machine.records("a")
        for (path, reason) in [
            (file, "it is not a directory"), (odd, "cannot open '\(odd)/oci-layout': No such file or directory"),
        ] {
            #expect(try await machine.imported(from: ["type=local,src=\(path)"]).isEmpty)
            #expect(
                machine.told.last
                    == "warning: the cache '\(path)' is not used: '\(path)' is not the directory of a build cache: "
                    + reason)
            let error = await #expect(throws: Diagnostic.self) {
                try await machine.with(to: ["type=local,dest=\(path)"]) { try await $0.export { _, _ in records } }
            }
            #expect(error?.message.hasPrefix("cannot export the cache to '\(path)': ") == true)
        }
    }

    @Test("a directory that can't be written to is an error with its name", .enabled(if: geteuid() == 0))
    func notWritable() async throws {
        let machine = try Machine()
        let records = try machine.records("a")
        let error = await #expect(throws: Diagnostic.self) {
            try await machine.with(to: ["type=local,dest=/proc/cache"]) { try await $0.export { _, _ in records } }
        }
        #expect(
            error?.message
                == "cannot export the cache to '/proc/cache': cannot create directory '/proc/cache': "
                + "No such file or directory")
    }

    @Test("blobs of a directory are verified when they are read")
    func damagedLayout() async throws {
        let (machine, other, place) = (try Machine(), try Machine(), Place())
        let (to, from) = place.options("local")
        let records = try machine.records("a", "b", "c")
        _ = try await machine.with(to: [to]) { try await $0.export { _, _ in records } }
        let root = try #require(place.directory).path("cache")
        let blobs = records.blobs.map(\.descriptor)
        let paths = blobs.map { "\(root)/blobs/sha256/\($0.digest.hex)" }
        var bytes = try WholeFile.read(paths[0])
        bytes[0] ^= 1
        try AtomicFile.write(bytes, to: paths[0])
        unlink(paths[1])
        unlink(paths[2])
        symlink("/etc/passwd", paths[2])
        try await other.with(from: [from]) { caches in
            let source = try #require(try await caches.sources().first)
            await #expect(throws: SharedCacheError.damagedBlob(blobs[0].digest, root)) {
                try await source.fetch(blobs[0]) { _ in }
            }
            for blob in blobs.dropFirst() {
                await #expect(throws: SharedCacheError.missingBlob(blob.digest, root)) {
                    try await source.fetch(blob) { _ in }
                }
            }
        }
        #expect(try other.store.missingBlobs(of: blobs.map(\.digest)).count == 3)
    }

    @Test("several tags live in one directory; what none names goes after a day")
    func cleaning() async throws {
        let machine = try Machine()
        let root = machine.place.path("cache")
        func export(_ tag: String, _ records: CacheRecords) async throws {
            _ = try await machine.with(to: ["type=local,dest=\(root),tag=\(tag)"]) {
                try await $0.export { _, _ in records }
            }
        }
        func age(_ days: Int) throws { try Shell.run("find '\(root)' -type f -exec touch -d '-\(days) days' {} +") }
        func has(_ records: CacheRecords) -> Bool {
            records.blobs.allSatisfy { access("\(root)/blobs/sha256/\($0.digest.hex)", F_OK) == 0 }
        }
        let (a, b, c) = (try machine.records("a"), try machine.records("b"), try machine.records("c"))
        try await export("one", a)
        try await export("two", b)
        try machine.place.file("cache/blobs/sha256/.x.abc.sampan-tmp", "killed")
        try age(2)
        // What was named until now stays for another day.
        try await export("one", c)
        #expect(has(a) && has(b) && has(c))
        #expect(access("\(root)/blobs/sha256/.x.abc.sampan-tmp", F_OK) != 0)
        try age(2)
        try await export("three", c)
        #expect(!has(a) && has(b) && has(c))
        let other = try Machine()
        #expect(
            try await other.imported(from: ["type=local,src=\(root),tag=two", "type=local,src=\(root),tag=one"]) == [
                b, c,
            ])
    }

    @Test("several jobs export to one directory at once, each whole")
    func severalJobs() async throws {
        let place = try TemporaryDirectory("layout")
        let root = place.path("cache")
        let machines = try (0..<4).map { _ in try Machine() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, machine) in machines.enumerated() {
                group.addTask {
                    for round in 0..<5 {
                        let records = try machine.records("m\(number)", "r\(round)")
                        for tag in ["shared", "own-\(number)"] {
                            _ = try await machine.with(to: ["type=local,dest=\(root),tag=\(tag)"]) {
                                try await $0.export { _, _ in records }
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let reader = try Machine()
        for tag in ["shared"] + (0..<4).map({ "own-\($0)" }) {
            try await reader.with(from: ["type=local,src=\(root),tag=\(tag)"]) { caches in
                let source = try #require(try await caches.sources().first)
                #expect(source.records.count == 2)
                for blob in source.records.blobs { try await source.fetch(blob.descriptor) { _ in } }
            }
        }
        // Others read it as a layout.
        if (try? Shell.run("command -v skopeo")) != nil {
            try Shell.run("skopeo inspect --raw 'oci:\(root):shared' > /dev/null")
        }
    }
}
