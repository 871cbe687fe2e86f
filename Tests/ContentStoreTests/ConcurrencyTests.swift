import ContentStore
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Synchronization
import Testing

@Suite("Several threads and processes", .serialized)
struct ConcurrencyTests {
    let home: Home

    init() throws { home = try Home() }

    @Test("threads that store, look up and prune at once all succeed")
    func threads() async throws {
        let store = try home.open()
        let pruner = try home.open()
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    await #expect(throws: Never.self) {
                        try await BlockingPool.waiting.run {
                            for round in 0..<25 { try Workload.step(thread * 7 + round, in: store) }
                        }
                    }
                }
            }
            group.addTask {
                await #expect(throws: Never.self) {
                    try await BlockingPool.waiting.run { for _ in 0..<10 { _ = try pruner.prune() } }
                }
            }
        }
        try Workload.check(store)
        // The workload's steps are leased to the store that made them, so none went.
        #expect(try store.steps().count == Set((0..<4).flatMap { thread in (0..<25).map { thread * 7 + $0 } }).count)
        #expect(try store.verify() == [])
    }

    @Test("processes share one home")
    func processes() async throws {
        let place = home.path
        async let first: Void = Self.runChild(place, 0)
        async let second: Void = Self.runChild(place, 1)
        let store = try home.open()
        for round in 0..<30 { try Workload.step(round, in: store) }
        _ = await (first, second)
        try Workload.check(store)
        #expect(try store.verify() == [])
        #expect(try store.images().count >= 1)
    }

    private static func runChild(_ place: String, _ number: Int) async {
        await #expect(processExitsWith: .success) { [place = place as String, number = number as Int] in
            let store = try Store.open(StoreLocation(home: place))
            for round in 0..<30 {
                try Workload.step(round + number * 5, in: store)
                if round % 10 == 9 { _ = try store.prune(PruneOptions(keepBytes: 10_000)) }
            }
            store.close()
        }
    }

    @Test("a process that waits for a step gets it when the runner is killed")
    func killedHolder() async throws {
        let place = home.path
        async let holder: Void = Self.holdAndDie(place)
        let store = try home.open()
        while !home.exists("held") { try await Task.sleep(for: .milliseconds(2)) }
        #expect(try await BlockingPool.waiting.run { try store.lockStep(id("held")) } != nil)
        await holder
    }

    private static func holdAndDie(_ place: String) async {
        await #expect(processExitsWith: .signal(SIGKILL)) { [place = place as String] in
            let store = try Store.open(StoreLocation(home: place))
            let lock = try store.lockStep(id("held"))
            try AtomicFile.write([], to: place + "/held")
            usleep(50_000)
            kill(getpid(), SIGKILL)
            withExtendedLifetime(lock) {}
        }
    }

    @Test("after kill -9 at any moment the store is whole, and all bytes are accounted for", arguments: 0..<8)
    func killed(round: Int) async throws {
        let place = home.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [place = place as String, round = round as Int] in
            let store = try Store.open(StoreLocation(home: place))
            var generator = SeededGenerator(seed: UInt64(round))
            let delay = UInt32.random(in: 500...60_000, using: &generator)
            BlockingPool.waiting.submit {
                usleep(delay)
                kill(getpid(), SIGKILL)
            }
            var number = 0
            while true {
                try Workload.step(number, in: store)
                let partial = try store.resumeBlob(id("download"))
                try partial.write([UInt8](repeating: 1, count: 100))
                partial.keepPartial(id("download"))
                number += 1
                if number % 5 == 0 { _ = try store.prune(PruneOptions(keepBytes: 3000)) }
                if number % 7 == 0 { _ = try store.collectGarbage() }
            }
        }
        let store = try home.open()
        #expect(try store.verify() == [])
        try Workload.check(store)
        #expect(try store.usage().total == apparentSize(place))
        // The check leased what it looked at.
        store.close()
        let next = try home.open()
        _ = try next.prune()
        let left = try next.usage()
        #expect(Set(left.items.map(\.kind)).subtracting([.imageBlob, .liveTemporary]) == [.index, .overhead])
        #expect(left.total == (try apparentSize(place)))
        #expect(try Directory.names(.open(place + "/locks", O_RDONLY)).count <= 3)
        try Workload.step(1, in: next)
        try Workload.check(next)
    }
}

/// What a build does to a store, in small.
enum Workload {
    static func step(_ number: Int, in store: Store) throws {
        let name = "step \(number)"
        let lock = try store.lockStep(id(name))
        defer { lock?.release() }
        if try store.lookupStep(id(name)) == nil {
            let content = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 500 + number)
            let writer = try store.makeBlobWriter()
            try writer.write(content)
            let blob = try writer.commit()
            let directory = try store.session().makeDirectory("layer")
            try Directory.create(directory + "/sub")
            try AtomicFile.write(content, to: directory + "/sub/file")
            _ = try store.publishLayer(id("layer of " + name), directory: directory)
            try store.recordMembers([(id(name), MemberLocation(blob: blob.digest, offset: 0, length: 10))])
            try store.recordStep(
                NewStep(
                    key: id(name), shape: id("shape"), description: name, result: bytes(name),
                    layers: [id("layer of " + name)],
                    blobs: [blob.digest]),
                layers: [LayerRecord(id: id("layer of " + name), diffID: id("diff \(number)"), entryCount: 2)])
        }
        let mount = try store.acquireCache("cache \(number % 3)", sharing: number % 2 == 0 ? .shared : .private)
        try AtomicFile.write(bytes(name), to: (mount?.path ?? "") + "/file")
        if number % 4 == 0 {
            let image = try putImage(name, layers: ["\(number)"], in: store)
            try store.tag(Reference(parsing: "image\(number % 3)"), manifest: image)
        }
    }

    /// Every record leads to what it promises.
    static func check(_ store: Store) throws {
        for step in try store.steps() {
            #expect(bytes(step.description) == step.result)
            #expect(try store.missingBlobs(of: step.blobs).isEmpty, "\(step.description)")
            for layer in step.layers {
                let path = try #require(try store.layerPath(layer), "\(step.description)")
                #expect(try WholeFile.read(path + "/sub/file").count >= 500)
            }
        }
        for image in try store.images() where image.name != nil {
            let manifest = try Manifest(decoding: store.readBlob(image.manifest.digest))
            guard case .image(let image) = manifest else {
                Issue.record("not an image")
                continue
            }
            #expect(try store.missingBlobs(of: [image.config.digest] + image.layers.map(\.digest)).isEmpty)
        }
    }
}
