import BuildGraph
import ContentStore
import Core
import Glibc
import HostOS
import Layers
import OCI
import SampanTestSupport
import Synchronization
import Testing

@Suite("caches of other machines", .enabled(if: Workshop.canUnpack, "unpacking layers with their owners needs root"))
struct SharedCacheTests {
    private static let file = """
        FROM far-base AS build
        WORKDIR /src
        COPY go.mod ./
        RUN download
        COPY . .
        RUN compile
        FROM far-base
        WORKDIR /app
        COPY --from=build /made ./program
        COPY --chmod=0600 settings /etc/
        """

    /// A machine with a context; its base counts the fetches of its one layer.
    private func machine(_ fetches: Counter = Counter()) async throws -> Workshop {
        let workshop = try Workshop()
        try workshop.context.file("go.mod", "module x\n")
        try workshop.context.file("main.go", "package main\n")
        try workshop.context.file("settings", "a=1\n")
        try await workshop.farBase("far-base", fetches)
        return workshop
    }

    @Test("a second machine runs nothing, fetches nothing, not even its bases, and makes the same image")
    func nothingRead() async throws {
        let first = try await machine()
        let export = try await first.export(Self.file)
        let image = try await first.image(Self.file)
        let fetches = Counter()
        let second = try await machine(fetches)
        let cache = export.cache(for: second)
        second.caches.withLock { $0 = [cache] }
        let again = try await second.image(Self.file)
        #expect(second.executor.programs == [])
        #expect(again.manifest == image.manifest)
        #expect(cache.fetched == [])
        #expect(fetches.count == 0)
        #expect(second.progress.cached.count == 8)
        // An output asks for all of the image and nothing of the builder.
        try await again.fetch()
        #expect(Set(cache.fetched) == Set(image.layers.dropFirst().map(\.descriptor.digest)))
        #expect(cache.fetched.count == 3)
    }

    @Test("what changed is made anew, from layers that are fetched when they are read")
    func changed() async throws {
        let first = try await machine()
        let export = try await first.export(Self.file)
        let second = try await machine()
        try second.context.file("main.go", "package other\n")
        let cache = export.cache(for: second)
        second.caches.withLock { $0 = [cache] }
        _ = try await second.image(Self.file)
        #expect(second.executor.programs == ["compile"])
        // The layer of `RUN download`; files of the context come from the context.
        #expect(cache.fetched.count == 1)
        // What did not change is not even looked at: neither is the base of the result.
        #expect(second.progress.cached.contains { $0.contains("COPY go.mod") })
        #expect(!second.progress.cached.contains { $0.contains("COPY . .") })
    }

    @Test("files that no step selects, and other names of directories, hit")
    func irrelevant() async throws {
        let first = try await machine()
        let text = "FROM far-base\nCOPY go.mod /a/\nCOPY --parents ./settings /p/\nRUN x\n"
        let export = try await first.export(text)
        let second = try await machine()
        try second.context.file("main.go", "unused")
        second.caches.withLock { $0 = [export.cache(for: second)] }
        _ = try await second.image(text)
        #expect(second.executor.programs == [])
        #expect(second.progress.cached.count == 3)
    }

    @Test(
        "a COPY hits only when nothing that it depends on changed",
        arguments: [
            "COPY --from=build /made ./other", "COPY --from=build --chmod=0700 /made ./program",
            "COPY --from=build --chown=1:2 /made ./program", "COPY --link --from=build /made ./program",
            "COPY --from=build --parents /made ./program", "COPY --from=build --exclude=x /made ./program",
            "COPY --from=build /mad? ./program", "COPY --from=far-base /made ./program",
        ])
    func copyKeys(line: String) async throws {
        let file = "FROM far-base AS build\nRUN x\nFROM far-base\nWORKDIR /app\nCOPY --from=build /made ./program\n"
        let first = try await machine()
        let export = try await first.export(file)
        let second = try await machine()
        second.caches.withLock { $0 = [export.cache(for: second)] }
        let changed = file.replacing("COPY --from=build /made ./program", with: line)
        _ = try? await second.image(changed)
        #expect(!second.progress.cached.contains { $0.contains("COPY") })
        _ = try await second.image(file)
        #expect(second.progress.cached.contains { $0.contains("COPY") })
    }

    @Test("what is fetched is kept, so that a cache that vanishes takes nothing away; what is not fetched is not kept")
    func vanished() async throws {
        let first = try await machine()
        let text = "FROM far-base\nRUN one\nRUN two\n"
        let export = try await first.export(text)
        let second = try await machine()
        let cache = export.cache(for: second)
        second.caches.withLock { $0 = [cache] }
        let changed = "FROM far-base\nRUN one\nRUN three\n"
        _ = try await second.image(changed)
        #expect(second.executor.programs == ["three"])
        cache.vanish()
        second.executor.forget()
        second.caches.withLock { $0 = [] }
        _ = try await second.image(changed)
        #expect(second.executor.programs == [])
        let image = try await second.image(text)
        #expect(second.executor.programs == ["two"])
        #expect(image.manifest == (try await first.image(text)).manifest)
    }

    @Test("a layer that can't be fetched is an error with the cache's name and the remedy, and nothing is kept")
    func gone() async throws {
        let first = try await machine()
        let export = try await first.export("FROM far-base\nRUN one\nRUN two\n")
        let second = try await machine()
        let cache = export.cache("reg.test/x:cache", for: second)
        cache.vanish()
        second.caches.withLock { $0 = [cache] }
        let error = await second.failure("FROM far-base\nRUN one\nRUN three\n")
        #expect(error?.code == "cache.layer")
        #expect(error?.message == "the cache 'reg.test/x:cache' does not give the layer that its records promise")
        #expect(error?.causes == ["the blob is gone"])
        #expect(error?.hint == "build without this cache: nothing of the layer was kept")
        second.caches.withLock { $0 = [] }
        second.executor.forget()
        try await second.build("FROM far-base\nRUN one\nRUN three\n")
        #expect(second.executor.programs == ["one", "three"])
    }

    @Test("records that promise another content than their blobs hold give an error, and nothing is kept")
    func lies() async throws {
        let first = try await machine()
        let text = "FROM far-base\nRUN one\n"
        let export = try await first.export(text)
        // Another blob under the layer's name, with a right digest and a right diff ID.
        first.executor.set { request in
            try request.write("made", "poison")
            return 0
        }
        let poison = try await first.export(text) { $0.noCache = true }
        var records = CacheRecords()
        for step in export.records.allSteps { records.add(step) }
        for var layer in export.records.allLayers {
            layer.blobs = poison.records.blobs
            records.add(layer)
        }
        let second = try await machine()
        second.caches.withLock { $0 = [MemoryCache(records: records, blobs: poison.blobs, for: second.store)] }
        let error = await second.failure("FROM far-base\nRUN one\nRUN more\n")
        #expect(error?.code == "cache.layer")
        #expect(second.executor.programs == [])
        second.caches.withLock { $0 = [] }
        try await second.build("FROM far-base\nRUN one\nRUN more\n")
        #expect(second.executor.programs == ["one", "more"])
    }

    @Test("two homes export the same bytes, also from what they had of each other")
    func equalBytes() async throws {
        let first = try await machine()
        let second = try await machine()
        let third = try await machine()
        let one = try await first.export(Self.file)
        let two = try await second.export(Self.file)
        #expect(try one.records.encoded() == two.records.encoded())
        #expect(one.blobs == two.blobs)
        third.caches.withLock { $0 = [one.cache(for: third)] }
        let three = try await third.export(Self.file)
        #expect(third.executor.programs == [])
        #expect(try three.records.encoded() == one.records.encoded())
        // Nothing came here for it.
        #expect(three.blobs.isEmpty)
    }

    @Test("the least is what the result consists of: its own steps and their blobs")
    func minimal() async throws {
        let first = try await machine()
        let least = try await first.export(Self.file, .min)
        let most = try await first.export(Self.file, .max)
        #expect(least.records.count == 3)
        #expect(Set(least.records.allSteps).isSubset(of: most.records.allSteps))
        #expect(least.blobs.count == 3)
        #expect(most.records.count == 8)
        // And the two layers of programs; files of the context are where the context is.
        #expect(most.blobs.count == 5)
        // The builder has to run again, and what it gives is then found.
        let second = try await machine()
        second.caches.withLock { $0 = [least.cache(for: second)] }
        _ = try await second.image(Self.file)
        #expect(second.executor.programs == ["download", "compile"])
        #expect(second.progress.cached.contains { $0.contains("COPY --from=build") })
    }

    @Test("a machine that ran the step itself finds what others made of the same content")
    func byContent() async throws {
        let text = "FROM far-base AS a\nRUN one\nFROM a\nRUN two\n"
        let first = try await machine()
        let export = try await first.export(text)
        let second = try await machine()
        // Its own layer has a name that no other machine knows.
        _ = try await second.image("FROM far-base AS a\nRUN one\n")
        second.executor.forget()
        second.caches.withLock { $0 = [export.cache(for: second)] }
        _ = try await second.image(text)
        #expect(second.executor.programs == [])
    }

    @Test("--no-cache asks no cache, and other platforms, epochs and compressions do as they must")
    func requests() async throws {
        let text = "FROM scratch\nCOPY settings /\nRUN one\n"
        let first = try await machine()
        let export = try await first.export(text)
        let second = try await machine()
        let cache = export.cache(for: second)
        second.caches.withLock { $0 = [cache] }
        _ = try await second.image(text) { $0.noCache = true }
        #expect(second.executor.programs == ["one"])
        let third = try await machine()
        let other = export.cache(for: third)
        third.caches.withLock { $0 = [other] }
        _ = try await third.image(text) { $0.platform = Platform(os: "linux", architecture: "s390x") }
        #expect(third.executor.programs == ["one"])
        third.executor.forget()
        // Another time of files is another blob, made from the one that the cache has.
        let fourth = try await machine()
        let far = export.cache(for: fourth)
        fourth.caches.withLock { $0 = [far] }
        let dated = try await fourth.image(text) { $0.epoch = 1_000_000 }
        #expect(fourth.executor.programs == [])
        #expect(far.fetched.count == 1)
        #expect(dated.manifest == (try await first.image(text) { $0.epoch = 1_000_000 }).manifest)
        let packed = try await fourth.image(text) { $0.compression = .zstd }
        #expect(packed.manifest == (try await first.image(text) { $0.compression = .zstd }).manifest)
    }

    @Test("whiteouts, links, opaque directories, owners and attributes of a shipped layer are what they were")
    func everythingSurvives() async throws {
        let text = "FROM scratch\nCOPY . /d/\nRUN odd\nRUN next\n"
        let seen = Mutex<[String]>([])
        let script: ScriptedExecutor.Script = { request in
            if request.arguments.last?.hasPrefix("next") == true {
                let layers = try request.layers.map { try Self.identity($0) }
                seen.withLock { $0.append(layers.joined(separator: " ")) }
                return 0
            }
            try request.write("d/file", "content")
            let upper = request.upper
            link(upper + "/d/file", upper + "/d/twin")
            symlink("/nowhere", upper + "/d/link")
            mknod(upper + "/d/settings", S_IFCHR, 0)
            mkfifo(upper + "/d/pipe", 0o640)
            mknod(upper + "/d/device", S_IFCHR | 0o600, 259)
            chown(upper + "/d/file", 12, 34)
            chmod(upper + "/d/file", 0o4755)
            mkdir(upper + "/opaque", 0o750)
            try ExtendedAttributes.set(upper + "/opaque", "trusted.overlay.opaque", [UInt8(ascii: "y")])
            try ExtendedAttributes.set(
                upper + "/d/file", "security.capability", [1, 0, 0, 2] + [UInt8](repeating: 0, count: 16))
            try request.write("empty", "")
            return 0
        }
        let first = try await machine()
        first.executor.set(script)
        let export = try await first.export(text)
        let files = try await first.build(text).files
        let second = try await machine()
        second.executor.set(script)
        second.caches.withLock { $0 = [export.cache(for: second)] }
        // The changed last step reads the layer; what it sees is what the first machine's saw.
        let built = try await second.build(text.replacing("RUN next", with: "RUN next time"))
        #expect(second.executor.programs == ["next time"])
        #expect(Set(seen.withLock { $0 }).count == 1 && seen.withLock { $0 }.count == 2)
        #expect(try built.files.contentID() == files.contentID())
    }

    @Test("a layer that two steps give is fetched once and recorded for both")
    func twice() async throws {
        let text = "FROM scratch AS a\nRUN one\nFROM scratch AS b\nENV A=1\nRUN one\nFROM scratch\n"
        let mounts = "RUN --mount=type=bind,from=a,target=/a --mount=type=bind,from=b,target=/b read"
        let first = try await machine()
        let export = try await first.export(text + mounts)
        let second = try await machine()
        let cache = export.cache(for: second)
        second.caches.withLock { $0 = [cache] }
        _ = try await second.image(text + mounts + " more")
        #expect(cache.fetched.count == 1)
        second.caches.withLock { $0 = [] }
        second.executor.forget()
        _ = try await second.image(text + mounts + " more")
        #expect(second.executor.programs == [])
    }

    @Test("of several caches the first that knows a step gives it, the others what it does not know")
    func several() async throws {
        let first = try await machine()
        let one = try await first.export("FROM far-base\nRUN one\n")
        let two = try await first.export("FROM far-base\nRUN one\nRUN two\n")
        let second = try await machine()
        let caches = [one.cache("one", for: second), two.cache("two", for: second)]
        second.caches.withLock { $0 = caches }
        let image = try await second.image("FROM far-base\nRUN one\nRUN two\n")
        #expect(second.executor.programs == [])
        try await image.fetch()
        #expect(caches.map(\.fetched.count) == [1, 1])
    }

    @Test("hard links of an archive that is the context count, the order of its files does not")
    func hardLinks() async throws {
        let text = "FROM far-base\nCOPY d /d/\n"
        func context(linked: Bool) -> FixedContext {
            let file = Entry.file("d/a", bytes: Array("x".utf8))
            var other = Entry.file("d/b", bytes: Array("x".utf8))
            if linked { other.kind = .hardlink(target: "d/a") }
            return FixedContext(LayerContents([.directory("d"), other, file]))
        }
        let first = try await machine()
        let export = try await first.export(text) { $0.context = context(linked: true) }
        let second = try await machine()
        second.caches.withLock { $0 = [export.cache(for: second)] }
        _ = try await second.image(text) { $0.context = context(linked: true) }
        #expect(second.progress.cached.count == 1)
        second.progress.forget()
        _ = try await second.image(text) { $0.context = context(linked: false) }
        #expect(second.progress.cached.isEmpty)
    }

    @Test("where nothing can be unpacked, a layer is looked into in its tar, and lies are found there too")
    func withoutPrivilege() async throws {
        let first = try await machine()
        let text = "FROM far-base AS a\nCOPY settings /\nFROM far-base\nCOPY --from=a settings /made\n"
        let export = try await first.export(text)
        for isHonest in [true, false] {
            let second = try await machine()
            var records = export.records
            if !isHonest {
                let wrong = try await first.export("FROM far-base\nCOPY go.mod /made\n")
                let blobs = wrong.records.allLayers.flatMap(\.blobs)
                records = CacheRecords()
                for step in export.records.allSteps { records.add(step) }
                for var layer in export.records.allLayers {
                    if !layer.blobs.isEmpty { layer.blobs = blobs }
                    records.add(layer)
                }
                #expect(!wrong.blobs.isEmpty)
            }
            let blobs = try await first.export("FROM far-base\nCOPY go.mod /made\n").blobs.merging(export.blobs) { $1 }
            second.caches.withLock { $0 = [MemoryCache(records: records, blobs: blobs, for: second.store)] }
            var services = second.services()
            services.layers = LayerService(store: second.store, canUnpack: false, overlay: .user)
            let session = try BuildSession(try second.request(text), services: services)
            let state = try await session.run()
            if isHonest {
                let files = try await services.layers.files(state.layers, epoch: 0)
                #expect(files.entries.map(\.path).contains("made"))
            } else {
                let error = await #expect(throws: Diagnostic.self) {
                    _ = try await services.layers.files(state.layers, epoch: 0)
                }
                #expect(error?.code == "cache.layer")
            }
        }
    }

    private static func identity(_ directory: String) throws -> String {
        try LayerScanner.scanLayer(HostDirectory.open(directory), overlay: .trusted).contentID().hex
    }
}

/// Counts, also from several threads.
final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
}

extension Workshop {
    /// Makes a base image of one layer whose blob is elsewhere.
    func farBase(_ name: String, _ fetches: Counter) async throws {
        let other = try Workshop()
        try other.context.file("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
        let image = try await other.image("FROM scratch\nCOPY etc /etc\n")
        let layer = image.layers[0]
        let bytes = try other.store.readBlob(layer.descriptor.digest)
        let store = store
        let base = BaseImage(
            name: name, manifest: image.manifest.digest, config: image.config,
            layers: [
                .init(diffID: layer.diffID, descriptor: layer.descriptor) { _ in
                    fetches.add()
                    try store.putBlob(bytes)
                }
            ])
        images.withLock { $0[name] = base }
    }
}
