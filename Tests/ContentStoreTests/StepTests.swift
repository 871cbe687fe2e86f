import ContentStore
import Core
import HostOS
import OCI
import Synchronization
import Testing

@Suite("Step records")
struct StepTests {
    let home: Home
    let store: Store

    init() throws {
        home = try Home()
        store = try home.open()
    }

    @Test("a recorded result comes back with what it needs, and hits are counted")
    func roundTrip() throws {
        let blob = try store.putBlob(bytes("blob"))
        try store.recordStep(
            NewStep(
                key: id("key"), shape: id("shape"), description: "RUN make", result: bytes("{\"a\":1}"),
                layers: [id("l2"), id("l1")], blobs: [blob]),
            layers: [
                LayerRecord(id: id("l1"), diffID: id("d1"), unpackedSize: 10, entryCount: 2), LayerRecord(id: id("l2")),
            ])
        let step = try #require(try store.lookupStep(id("key")))
        #expect(step.result == bytes("{\"a\":1}"))
        #expect(step.layers == [id("l2"), id("l1")])
        #expect(step.blobs == [blob])
        #expect(step.description == "RUN make")
        #expect(step.hits == 1)
        #expect(try store.lookupStep(id("key"))?.hits == 2)
        #expect(
            try store.layer(id("l1")) == LayerRecord(id: id("l1"), diffID: id("d1"), unpackedSize: 10, entryCount: 2))
        #expect(try store.lookupStep(id("other")) == nil)
    }

    @Test("recording a key again replaces its result and its needs")
    func replace() throws {
        for (result, layer) in [("one", "l1"), ("two", "l2")] {
            try store.recordStep(
                NewStep(key: id("k"), shape: id("s"), description: "", result: bytes(result), layers: [id(layer)]))
        }
        let step = try #require(try store.lookupStep(id("k")))
        #expect(step.result == bytes("two"))
        #expect(step.layers == [id("l2")])
        #expect(try store.steps().count == 1)
    }

    @Test("candidates of a shape come by last use, up to the limit")
    func candidates() throws {
        for name in ["a", "b", "c"] {
            try store.recordStep(NewStep(key: id(name), shape: id("shape"), description: name, result: bytes(name)))
            usleepMilliseconds(3)
        }
        try store.recordStep(NewStep(key: id("x"), shape: id("other"), description: "x", result: []))
        usleepMilliseconds(3)
        _ = try store.lookupStep(id("a"))
        #expect(try store.stepCandidates(shape: id("shape")).map(\.description) == ["a", "c", "b"])
        #expect(try store.stepCandidates(shape: id("shape"), limit: 1).map(\.description) == ["a"])
        #expect(try store.stepCandidates(shape: id("none")).isEmpty)
    }

    @Test("a removed step is gone")
    func remove() throws {
        try store.recordStep(NewStep(key: id("k"), shape: id("s"), description: "", result: []))
        try store.removeStep(id("k"))
        #expect(try store.lookupStep(id("k")) == nil)
    }

    @Test("losing a blob or a layer's only bytes takes the steps that need them")
    func cascade() throws {
        let blob = try store.putBlob(bytes("layer"))
        let descriptor = Descriptor(mediaType: .ociLayerGzip, digest: blob, size: 5)
        try store.recordStep(
            NewStep(key: id("by layer"), shape: id("s"), description: "", result: [], layers: [id("l")]),
            layers: [LayerRecord(id: id("l"), blob: descriptor)])
        try store.recordStep(NewStep(key: id("by blob"), shape: id("s"), description: "", result: [], blobs: [blob]))
        try store.recordStep(NewStep(key: id("free"), shape: id("s"), description: "", result: []))
        try store.discardBlob(blob)
        #expect(try store.steps().map(\.key) == [id("free")])
        #expect(try store.layer(id("l")) == nil)
    }

    @Test("one at a time runs a step, across stores")
    func singleFlight() throws {
        let other = try home.open()
        let lock = try #require(try store.lockStep(id("k")))
        #expect(try other.tryLockStep(id("k")) == nil)
        #expect(try other.tryLockStep(id("k2")) != nil)
        let asked = Mutex(0)
        let cancelled = try other.lockStep(id("k")) {
            asked.withLock {
                $0 += 1
                return $0 > 3
            }
        }
        #expect(cancelled == nil)
        lock.release()
        #expect(try other.tryLockStep(id("k")) != nil)
        #expect(!home.exists("locks/step-" + id("k").hex))
    }

    @Test("a failed step's log is kept under the step's name")
    func logs() throws {
        let path = try store.session().makePath("log")
        try AtomicFile.write(bytes("boom\n"), to: path)
        let kept = try store.keepLog(path, step: id("k"))
        #expect(kept == home.path + "/logs/\(id("k").hex).log")
        #expect(try WholeFile.read(kept) == bytes("boom\n"))
    }
}
