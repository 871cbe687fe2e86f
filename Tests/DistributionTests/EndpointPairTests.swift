import ContentStore
import Core
import Distribution
import HostOS
import ImageLayouts
import OCI
import SampanTestSupport
import Testing

/// A kind of place that images are copied to and from.
enum Endpoint: String, CaseIterable, Sendable {
    case registry, store, oci, ociArchive, dockerArchive, directory

    /// Whether it can hold an index.
    var holdsIndexes: Bool { self != .dockerArchive }

    func target(_ world: World, _ name: String, _ store: Store) async throws -> any ImageTarget {
        switch self {
        case .registry: world.target(world.registry.reference(name))
        case .store: StoreTarget(store)
        case .oci: try await DirectoryTarget.open(world.path(name), .oci)
        case .directory: try await DirectoryTarget.open(world.path(name), .plain)
        case .ociArchive: ArchiveTarget(.oci, to: .file(world.path(name)))
        case .dockerArchive: ArchiveTarget(.docker, to: .file(world.path(name)))
        }
    }

    func origin(_ world: World, _ name: String, _ store: Store, _ written: Descriptor) async throws -> any ImageOrigin {
        let scratch = world.store
        switch self {
        case .registry:
            return world.origin(world.registry.reference(name), store: try world.otherStore("\(name).origin"))
        case .store: return world.stored(written, store)
        case .oci: return try await LayoutOrigin.open(.directory(world.path(name)), name: nil, scratch: scratch)
        case .directory: return try await LayoutOrigin.open(.plain(world.path(name)), name: nil, scratch: scratch)
        case .ociArchive, .dockerArchive:
            return try await LayoutOrigin.open(.archive(world.path(name)), name: nil, scratch: scratch)
        }
    }
}

@Suite struct EndpointPairTests {
    @Test("an image keeps its digest from any place to any other and back", arguments: Endpoint.allCases)
    func pairs(from first: Endpoint) async throws {
        try await World.with { world in
            let image = try TestImage.make()
            image.push(to: world.registry, "source")
            let start = world.origin(world.registry.reference("source"), store: try world.otherStore("start"))
            let store = try world.otherStore("first-store")
            let one = try await world.copy(start, first.target(world, "first", store))
            #expect(one.keepsDigest && one.written == image.root && one.changes.isEmpty)
            for second in Endpoint.allCases {
                let name = "second-\(second.rawValue.lowercased())"
                let last = try world.otherStore(name + "-store")
                let origin = try await first.origin(world, "first", store, one.written)
                let two = try await world.copy(origin, second.target(world, name, last))
                #expect(two.source == image.root && two.written == image.root, "\(first) to \(second)")
                let back = try await second.origin(world, name, last, two.written)
                let place = try world.otherStore(name + "-back")
                let three = try await world.copy(back, StoreTarget(place))
                #expect(three.written == image.root)
                for (digest, blob) in image.blobs { #expect(try place.readBlob(digest) == blob.bytes) }
                place.close()
                last.close()
            }
            store.close()
        }
    }

    @Test(
        "an index goes whole from any place to any other",
        arguments: Endpoint.allCases.filter(\.holdsIndexes))
    func indexes(from first: Endpoint) async throws {
        try await World.with { world in
            let one = try TestImage.make()
            let two = try TestImage.make(layers: [noise(1, 3000), noise(3, 5000)], platform: arm64)
            let index = try TestImage.index([(one, amd64), (two, arm64)], attested: true)
            index.push(to: world.registry, "source")
            let store = try world.otherStore("first-store")
            let start = world.origin(world.registry.reference("source"), store: try world.otherStore("start"))
            let there = try await world.copy(start, first.target(world, "first", store))
            #expect(there.written == index.root && there.images == 3)
            for second in Endpoint.allCases.filter(\.holdsIndexes) {
                let name = "second-\(second.rawValue.lowercased())"
                let last = try world.otherStore(name + "-store")
                let origin = try await first.origin(world, "first", store, there.written)
                let result = try await world.copy(origin, second.target(world, name, last))
                #expect(result.written == index.root, "\(first) to \(second)")
                let back = try await second.origin(world, name, last, result.written)
                let place = try world.otherStore(name + "-back")
                _ = try await world.copy(back, StoreTarget(place))
                for (digest, blob) in index.blobs { #expect(try place.readBlob(digest) == blob.bytes) }
                place.close()
                last.close()
            }
            store.close()
        }
    }

    @Test("a docker archive takes no index", arguments: [true, false])
    func dockerIndex(isOne: Bool) async throws {
        try await World.with { world in
            let image = try TestImage.make()
            let index = try TestImage.index([(image, amd64), (try .make(platform: arm64), arm64)])
            index.push(to: world.registry, "source")
            let origin = world.origin(world.registry.reference("source"))
            let target = ArchiveTarget(.docker, to: .file(world.path("out.tar")))
            if isOne {
                let result = try await world.copy(origin, target, CopyOptions(platforms: .one(amd64)))
                #expect(result.written == image.root)
                #expect(result.changes == ["the image for linux/amd64 was taken out of an index"])
            } else {
                await #expect(throws: ImageLayoutError.oneImage) { try await world.copy(origin, target) }
                #expect(try FileInfo.of(world.path("out.tar")) == nil)
            }
        }
    }

    @Test("the same image gives the same archive")
    func deterministic() async throws {
        try await World.with { world in
            let image = try TestImage.make()
            try image.put(into: world.store)
            image.push(to: world.registry, "source")
            let other = try world.otherStore("other")
            let name = try Reference(parsing: "web:1")
            for (file, origin) in [
                ("one", world.stored(image.root) as any ImageOrigin),
                ("two", world.origin(world.registry.reference("source"), store: other)),
            ] {
                try await world.copy(
                    origin, ArchiveTarget(.docker, to: .file(world.path(file))), CopyOptions(names: [name]))
            }
            #expect(try world.place.bytes("one") == world.place.bytes("two"))
        }
    }

    @Test("several images go into one archive, blobs that they share once")
    func several() async throws {
        try await World.with { world in
            let one = try TestImage.make()
            let two = try TestImage.make(layers: [noise(1, 3000), noise(5, 100)])
            for image in [one, two] { try image.put(into: world.store) }
            let target = ArchiveTarget(.docker, to: .file(world.path("both.tar")), images: 2)
            let first = try await world.copy(
                world.stored(one.root), target, CopyOptions(names: [try Reference(parsing: "one:1")]))
            #expect(try FileInfo.of(world.path("both.tar")) == nil)
            let second = try await world.copy(
                world.stored(two.root), target, CopyOptions(names: [try Reference(parsing: "two:2")]))
            #expect(first.blobsMoved == 3 && second.blobsMoved == 2 && second.blobsSkipped == 1)
            for (image, name) in [(one, "one:1"), (two, "two:2")] {
                let back = try await LayoutOrigin.open(
                    .archive(world.path("both.tar")), name: name, scratch: world.store)
                #expect(back.root().descriptor == image.root)
                #expect(back.names.map(\.familiar) == [name])
            }
        }
    }
}
