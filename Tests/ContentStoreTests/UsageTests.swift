import ContentStore
import Core
import Glibc
import HostOS
import OCI
import Testing

@Suite("Usage and pruning")
struct UsageTests {
    let home: Home

    init() throws { home = try Home() }

    /// A store with something of every kind; all sessions but a live one have ended.
    private func fill() throws -> (live: Store, image: Descriptor) {
        let store = try home.open()
        let image = try putImage("app", layers: ["image layer"], in: store)
        try store.tag(Reference(parsing: "app:1"), manifest: image)
        let cached = try store.putBlob([UInt8](repeating: 1, count: 1000))
        try store.recordStep(
            NewStep(key: id("step"), shape: id("s"), description: "RUN make", result: [1], layers: [id("layer")]),
            layers: [
                LayerRecord(id: id("layer"), blob: Descriptor(mediaType: .ociLayerGzip, digest: cached, size: 1000))
            ])
        let directory = try store.session().makeDirectory("layer")
        try AtomicFile.write([UInt8](repeating: 2, count: 2000), to: directory + "/file")
        link(directory + "/file", directory + "/same")
        symlink("file", directory + "/link")
        _ = try store.publishLayer(id("layer"), directory: directory)
        let tar = try store.session().makePath("tar")
        try AtomicFile.write([UInt8](repeating: 3, count: 3000), to: tar)
        _ = try store.publishLayerTar(id("layer"), file: tar)
        try store.putBlob([UInt8](repeating: 4, count: 400))
        let mount = try #require(try store.acquireCache("go", sharing: .shared))
        try AtomicFile.write([UInt8](repeating: 5, count: 5000), to: mount.path + "/x")
        let partial = try store.resumeBlob(id("partial"))
        try partial.write([UInt8](repeating: 6, count: 60))
        partial.keepPartial(id("partial"))
        let log = try store.session().makePath("log")
        try AtomicFile.write([UInt8](repeating: 7, count: 700), to: log)
        _ = try store.keepLog(log, step: id("step"))
        try store.recordAnalysis(of: id("layer"), form: "1", [UInt8](repeating: 7, count: 7000))
        mount.release()
        store.close()
        let live = try home.open()
        try AtomicFile.write([UInt8](repeating: 8, count: 80), to: live.session().makePath("work"))
        try home.write([UInt8](repeating: 9, count: 90), to: "tmp/1-dead/file")
        try home.write([UInt8](repeating: 9, count: 11), to: "blobs/sha256/" + id("unrecorded").hex)
        try home.write([UInt8](repeating: 9, count: 12), to: "unknown/file")
        return (live, image)
    }

    @Test("the report accounts for every byte, once, by what it is for")
    func accounts() throws {
        let (live, image) = try fill()
        let report = try live.usage()
        #expect(report.total == (try apparentSize(home.path)))
        let directory = try #require(try FileInfo.of(home.path + "/tmp")).size
        // A fresh directory has the size of any other with few names.
        let fs = try #require(try FileInfo.of(home.path + "/layers/\(id("layer").hex)/fs")).size
        #expect(report.bytes(.cacheBlob) == 1000)
        #expect(report.bytes(.unreferencedBlob) == 400 + 11)
        #expect(report.bytes(.layer) == 2000 + 4 + fs)
        #expect(report.bytes(.layerTar) == 3000)
        #expect(report.bytes(.cacheMount) >= 5000)
        #expect(report.bytes(.partial) == 60)
        #expect(report.bytes(.log) == 700)
        #expect(report.bytes(.analysis) == 7000)
        #expect(report.bytes(.liveTemporary) >= 80)
        #expect(report.bytes(.deadTemporary) >= 90)
        #expect(report.bytes(.overhead) >= 12 + directory)
        #expect(report.bytes(.index) > 0)
        let images = report.items.filter { $0.kind == .imageBlob }
        #expect(images.count == 3)
        #expect(Set(images.map(\.description)) == ["docker.io/library/app:1"])
        #expect(images.contains { $0.id == image.digest.hex })
        #expect(Set(report.items.map(\.kind)) == Set(UsageKind.allCases))
        #expect(report.items.first { $0.kind == .layer }?.description == "RUN make")
        #expect(report.items.first { $0.kind == .cacheMount }?.id == "go")
    }

    @Test("pruning takes all cache and keeps named images")
    func pruneCache() throws {
        let (live, image) = try fill()
        let before = try live.usage()
        let rehearsal = try live.prune(PruneOptions(dryRun: true))
        #expect(try live.usage() == before)
        let report = try live.prune()
        #expect(rehearsal.removed.filter { $0.kind != .deadTemporary } == report.removed)
        #expect(
            report.removed.map(\.kind).sorted { $0.rawValue < $1.rawValue } == [
                .analysis, .cacheBlob, .cacheMount, .layer, .layerTar, .log, .partial, .unreferencedBlob,
                .unreferencedBlob,
            ])
        let after = try live.usage()
        #expect(Set(after.items.map(\.kind)) == [.imageBlob, .index, .liveTemporary, .overhead])
        #expect(after.total == (try apparentSize(home.path)))
        #expect(try live.steps().isEmpty)
        #expect(try live.layer(id("layer")) == nil)
        #expect(try live.resolveImage("app:1")?.manifest == image)
        #expect(try live.readBlob(id("image layer")) == bytes("image layer"))
        #expect(try live.prune().removed.isEmpty)
    }

    @Test("pruning all takes named images too")
    func pruneAll() throws {
        let (live, _) = try fill()
        _ = try live.prune(PruneOptions(all: true))
        #expect(try live.images().isEmpty)
        #expect(try live.blobs().isEmpty)
        #expect(try live.resolveImage("app:1") == nil)
    }

    @Test("collecting garbage takes only what nothing refers to")
    func garbage() throws {
        let (live, _) = try fill()
        try home.write([1], to: "layers/\(id("stray").hex)/fs/file")
        let report = try live.collectGarbage()
        #expect(
            report.removed.map { "\($0.kind) \($0.description)" }.sorted() == [
                "layer layer without a record", "unreferencedBlob blob", "unreferencedBlob blob without a record",
            ])
        #expect(!home.exists("tmp/1-dead"))
        #expect(try live.lookupStep(id("step")) != nil)
        #expect(try live.layerPath(id("layer")) != nil)
        #expect(!home.exists("layers/\(id("stray").hex)"))
    }

    @Test("the least recently used goes first, until the limit holds")
    func leastRecentlyUsed() throws {
        let store = try home.open()
        for name in ["a", "b", "c", "d"] {
            let blob = try store.putBlob([UInt8](repeating: name.utf8.first ?? 0, count: 1000))
            try store.recordStep(NewStep(key: id(name), shape: id("s"), description: name, result: [], blobs: [blob]))
            usleepMilliseconds(3)
        }
        store.close()
        let user = try home.open()
        _ = try user.lookupStep(id("a"))
        user.close()
        let pruner = try home.open()
        let report = try pruner.prune(PruneOptions(keepBytes: 2500))
        #expect(report.removed.map(\.description) == ["b", "c"])
        #expect(report.bytes == 2000)
        #expect(report.kept == 2000)
        #expect(Set(try pruner.steps().map(\.description)) == ["a", "d"])
        #expect(try pruner.prune(PruneOptions(keepBytes: 2000)).removed.isEmpty)
    }

    @Test("reading a blob counts as using it")
    func readingIsUse() throws {
        let store = try home.open()
        let old = try store.putBlob([UInt8](repeating: 1, count: 1000))
        usleepMilliseconds(3)
        let new = try store.putBlob([UInt8](repeating: 2, count: 1000))
        usleepMilliseconds(3)
        _ = try store.openBlob(old)
        store.close()
        let report = try home.open().prune(PruneOptions(keepBytes: 1000))
        #expect(report.removed.map(\.id) == [new.hex])
    }

    @Test("what was used lately is kept when only old things may go")
    func olderThan() throws {
        let store = try home.open()
        try store.putBlob([1])
        try store.recordStep(NewStep(key: id("k"), shape: id("s"), description: "", result: []))
        store.close()
        let pruner = try home.open()
        #expect(try pruner.prune(PruneOptions(olderThan: .seconds(3600))).removed.isEmpty)
        #expect(try pruner.steps().count == 1)
        usleepMilliseconds(3)
        #expect(try pruner.prune(PruneOptions(olderThan: .zero)).removed.count == 1)
        #expect(try pruner.steps().isEmpty)
    }

    @Test("only the asked kinds go")
    func kinds() throws {
        let (live, _) = try fill()
        let report = try live.prune(PruneOptions(kinds: [.cacheMount, .log]))
        #expect(Set(report.removed.map(\.kind)) == [.cacheMount, .log])
        #expect(try live.lookupStep(id("step")) != nil)
    }

    @Test("a materialised layer goes and its blob stays usable, when only layers may go")
    func onlyLayers() throws {
        let (live, _) = try fill()
        _ = try live.prune(PruneOptions(kinds: [.layer, .layerTar]))
        #expect(try live.layerPath(id("layer")) == nil)
        let layer = try #require(try live.layer(id("layer")))
        #expect(!layer.isMaterialised)
        #expect(!layer.hasTar)
        #expect(try live.lookupStep(id("step")) != nil)
    }

    @Test("a cache mount in use is not pruned")
    func cacheInUse() throws {
        let store = try home.open()
        let mount = try #require(try store.acquireCache("go", sharing: .shared))
        let pruner = try home.open()
        let report = try pruner.prune()
        #expect(report.removed.isEmpty)
        #expect(report.skippedLeased == 1)
        mount.release()
        #expect(try pruner.prune().removed.map(\.id) == ["go"])
        #expect(!home.exists("caches/" + SHA256.digest(of: "go").hex))
    }

    @Test("a very deep tree is counted and removed")
    func deep() throws {
        let store = try home.open()
        let top = try store.session().makeDirectory("deep")
        var current = try FileDescriptor.open(top, O_RDONLY | O_DIRECTORY)
        for _ in 0..<3000 {
            try check("mkdir") { mkdirat(current.raw, "d", 0o700) }
            current = try FileDescriptor.open(at: current, "d", O_RDONLY | O_DIRECTORY)
        }
        _ = try store.publishLayer(id("deep"), directory: top)
        store.close()
        let pruner = try home.open()
        let report = try pruner.usage()
        #expect(
            report.bytes(.layer) == 3001
                * (try #require(try FileInfo.of(top.isEmpty ? "" : home.path + "/layers/\(id("deep").hex)/fs")).size))
        #expect(try pruner.prune().removed.count == 1)
        #expect(!home.exists("layers/\(id("deep").hex)"))
        #expect(try Directory.names(.open(pruner.session().directory, O_RDONLY)).isEmpty)
    }
}
