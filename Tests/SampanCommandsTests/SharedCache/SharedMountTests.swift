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

@Suite("cache mounts that travel with shared caches", .serialized)
struct SharedMountTests {
    private let id = "/root/.cache/go-build"

    /// Exports the mounts of a machine to a directory, as a build that uses them does.
    private func export(
        _ machine: Machine, to path: String, ids: [String], records: CacheRecords, mounts: String = "export"
    ) async throws -> CacheTransfer {
        try await machine.with(
            to: ["type=local,dest=\(path)"], from: ["type=local,src=\(path)"], mounts: mounts
        ) { caches in
            _ = try await caches.sources()
            for id in ids { caches.mounts?.note(id: id) }
            return try await caches.export { _, _ in records }[0].transfer
        }
    }

    /// Restores a mount on a machine as a RUN does, and gives its directory.
    private func restore(
        _ machine: Machine, from path: String, id: String, mounts: String? = nil
    ) async throws -> String? {
        try await machine.with(from: ["type=local,src=\(path)"], mounts: mounts) { caches in
            _ = try await caches.sources()
            guard let source = caches.mounts,
                let mount = try machine.store.acquireCache(id, sharing: .shared), mount.isNew
            else { return nil }
            guard try await source.restore(id: id, into: mount.path, progress: { _ in }) else { return nil }
            try mount.markPopulated()
            return mount.path
        }
    }

    @Test("a mount is restored on another machine as it was, to the nanosecond")
    func roundTrip() async throws {
        let (first, second) = (try Machine(), try Machine())
        let path = first.place.path("cache")
        var origin = ""
        try first.mount(id) { directory in
            origin = directory
            for number in 0..<20 { try first.write("object \(number)", to: "\(directory)/\(number)") }
            try Shell.run("cd '\(directory)' && mkdir sub && mv 1 2 sub && chmod 444 sub/1")
        }
        let records = try first.records("a")
        let transfer = try await export(first, to: path, ids: [id], records: records)
        #expect(transfer.blobs == 4)
        let restored = try #require(try await restore(second, from: path, id: id))
        #expect(try Machine.listing(restored) == Machine.listing(origin))
        #expect(try await restore(second, from: path, id: "another") == nil)
        #expect(try await restore(try Machine(), from: path, id: id, mounts: "off") == nil)
        #expect(second.told == [])
    }

    @Test("only changes travel, from the machine that exported as from one that restored")
    func increments() async throws {
        let (first, second) = (try Machine(), try Machine())
        let path = first.place.path("cache")
        var generator = SeededGenerator(seed: 3)
        try first.mount(id) { directory in
            for number in 0..<50 {
                try AtomicFile.write(generator.bytes(20_000), to: "\(directory)/\(number)")
            }
        }
        let records = try first.records("a")
        let whole = try await export(first, to: path, ids: [id], records: records)
        #expect(whole.bytes > 1_000_000)
        let restored = try #require(try await restore(second, from: path, id: id))
        try second.write("changed", to: restored + "/7")
        let change = try await export(second, to: path, ids: [id], records: records)
        // The index and one small pack.
        #expect(change.blobs == 2)
        #expect(change.bytes < 20_000)
        #expect(try await export(second, to: path, ids: [id], records: records).blobs == 0)
        let third = try Machine()
        let last = try #require(try await restore(third, from: path, id: id))
        #expect(try Machine.listing(last) == Machine.listing(restored))
    }

    @Test("a file that was swapped for one of the same size and time since the restore is exported")
    func swapped() async throws {
        let (first, second) = (try Machine(), try Machine())
        let path = first.place.path("cache")
        try first.mount(id) { try first.write("one content", to: $0 + "/f") }
        let records = try first.records("a")
        _ = try await export(first, to: path, ids: [id], records: records)
        let restored = try #require(try await restore(second, from: path, id: id))
        try Shell.run("cd '\(restored)' && cp -p f ../stamp && printf 'two content' > f && touch -r ../stamp f")
        _ = try await export(second, to: path, ids: [id], records: records)
        let third = try Machine()
        let last = try #require(try await restore(third, from: path, id: id))
        #expect(try Shell.run("cat '\(last)/f'") == "two content")
        withExtendedLifetime(third) {}
    }

    @Test("a build that touched no mount keeps those that were exported before")
    func carriedOver() async throws {
        let (first, second) = (try Machine(), try Machine())
        let path = first.place.path("cache")
        try first.mount(id) { try first.write("object", to: $0 + "/f") }
        let (a, b) = (try first.records("a"), try second.records("b"))
        _ = try await export(first, to: path, ids: [id], records: a)
        // Every RUN was found in the cache, so the mount of the second machine is new.
        _ = try await export(second, to: path, ids: [id], records: b)
        #expect(try await restore(try Machine(), from: path, id: id) != nil)
    }

    @Test("without --cache-mounts export no mount travels", arguments: ["import", "off"])
    func notExported(mounts: String) async throws {
        let machine = try Machine()
        let path = machine.place.path("cache")
        try machine.mount(id) { try machine.write("object", to: $0 + "/f") }
        let transfer = try await export(machine, to: path, ids: [id], records: machine.records("a"), mounts: mounts)
        #expect(transfer.blobs == 2)
        #expect(try await restore(try Machine(), from: path, id: id) == nil)
    }

    @Test("two jobs that export at once leave one whole state, the last one's")
    func racing() async throws {
        let place = try TemporaryDirectory("layout")
        let path = place.path("cache")
        let machines = try (0..<3).map { _ in try Machine() }
        for (number, machine) in machines.enumerated() {
            try machine.mount(id) { directory in
                for file in 0..<30 { try machine.write("\(number) \(file)", to: "\(directory)/\(file)") }
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for machine in machines {
                group.addTask {
                    _ = try await export(
                        machine, to: path, ids: [id], records: try machine.records("a"))
                }
            }
            try await group.waitForAll()
        }
        let reader = try Machine()
        let restored = try #require(try await restore(reader, from: path, id: id))
        let text = try Shell.run("cd '\(restored)' && cut -d' ' -f1 -- * | sort -u | wc -l; ls | wc -l")
        #expect(text == "1\n30\n")
        withExtendedLifetime(reader) {}
    }

    @Test("packs that are damaged or gone are errors, after which the next export is whole again")
    func damaged() async throws {
        let machine = try Machine()
        let path = machine.place.path("cache")
        try machine.mount(id) { try machine.write("object", to: $0 + "/f") }
        let records = try machine.records("a")
        _ = try await export(machine, to: path, ids: [id], records: records)
        let pack = try #require(
            try await LocalCache(path: path, tag: "latest").manifest().map {
                try CacheManifest($0.manifest, name: path).mounts[0].packs[0]
            })
        unlink("\(path)/blobs/sha256/\(pack.digest.hex)")
        let other = try Machine()
        await #expect(throws: SharedCacheError.missingBlob(pack.digest, path)) {
            try await restore(other, from: path, id: id)
        }
        // Its own store has the pack still; a machine without it packs the files anew.
        _ = try await export(machine, to: path, ids: [id], records: records)
        #expect(try await restore(try Machine(), from: path, id: id) != nil)
    }

    @Test("another cache's index under the name of this one is refused before anything is made")
    func hostile() async throws {
        let machine = try Machine()
        let registry = try TestRegistry()
        var index = CacheMountIndex(root: .init(mode: 0o755, modified: FileTime(seconds: 1)))
        index.entries = [
            .init(
                BytePath(normalized: Array("../escape".utf8)), .file(content: nil),
                .init(mode: 0o644, modified: FileTime(seconds: 1)))
        ]
        var descriptor = registry.addBlob(try index.encoded(), mediaType: CacheMountIndex.mediaType)
        descriptor.annotations[CacheManifest.mountID] = id
        let records = registry.addBlob(try CacheRecords().encoded(), mediaType: CacheManifest.recordsType)
        registry.addManifest(
            try CanonicalJSON.encode(
                ImageManifest(artifactType: CacheManifest.artifactType, config: records, layers: [descriptor])),
            .ociManifest, repository: "web", tag: "cache")
        try await machine.with(from: [registry.authority + "/web:cache"]) { caches in
            let sources = try await caches.sources()
            #expect(sources.count == 1)
            let mount = try #require(try machine.store.acquireCache(id, sharing: .shared))
            await #expect(throws: CacheMountError.self) {
                try await caches.mounts?.restore(id: id, into: mount.path, progress: { _ in })
            }
            #expect(try Shell.run("ls -A '\(mount.path)' '\(mount.path)/..' | grep -c escape || true") == "0\n")
        }
    }
}
