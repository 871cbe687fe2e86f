import Core
import OCI
import RegistryClient
import SampanTestSupport
import Testing

@Suite("Referrers")
struct ReferrerTests {
    /// An artifact attached to a subject, with its bytes.
    private func artifact(
        _ registry: TestRegistry, on subject: Descriptor, type: String = "application/vnd.example+json", number: Int = 0
    ) throws -> (bytes: [UInt8], descriptor: Descriptor) {
        let empty = registry.addBlob(Array("{}".utf8), mediaType: .ociEmpty)
        let layer = registry.addBlob(Array("\(type) \(number)".utf8), mediaType: MediaType(rawValue: type))
        let manifest = ImageManifest(
            artifactType: MediaType(rawValue: type), config: empty, layers: [layer], subject: subject,
            annotations: ["number": "\(number)"])
        let bytes = try CanonicalJSON.encode(manifest)
        var descriptor = Descriptor(mediaType: .ociManifest, describing: bytes, annotations: manifest.annotations)
        descriptor.artifactType = manifest.artifactType
        return (bytes, descriptor)
    }

    @Test("a registry with a list of referrers gets one PUT", arguments: [true, false])
    func pushed(hasList: Bool) async throws {
        try await withRegistry { registry, client in
            registry.setRules { $0.referrers = hasList }
            let image = try registry.addImage([[1]], repository: "web").descriptor
            let (bytes, wanted) = try artifact(registry, on: image)
            let entry = try await client.pushReferrer(bytes, of: image.digest, into: registry.reference("web"))
            #expect(entry == wanted)
            let steps = ["PUT manifests"] + (hasList ? [] : ["GET manifests", "PUT manifests", "GET manifests"])
            #expect(registry.steps == steps)
            let found = try await client.referrers(of: image.digest, in: registry.reference("web"))
            #expect(found.map(\.digest) == [entry.digest] && found.first?.artifactType == wanted.artifactType)
            let tag = registry.manifest("sha256-" + image.digest.hex, repository: "web")
            #expect((tag == nil) == hasList && tag?.type ?? .ociIndex == .ociIndex)
            // The same once more changes nothing.
            _ = try await client.pushReferrer(bytes, of: image.digest, into: registry.reference("web"))
            let again = registry.manifest("sha256-" + image.digest.hex, repository: "web")
            #expect(again?.bytes == tag?.bytes)
        }
    }

    @Test("referrers are chosen by type whether or not the registry does it", arguments: [true, false], [true, false])
    func filtered(hasList: Bool, filters: Bool) async throws {
        try await withRegistry { registry, client in
            registry.setRules { rules in
                rules.referrers = hasList
                rules.filters = filters
                rules.pageSize = 2
            }
            let image = try registry.addImage([[1]], repository: "web").descriptor
            for number in 0..<5 {
                for type in ["application/a+json", "application/b"] {
                    let (bytes, _) = try artifact(registry, on: image, type: type, number: number)
                    _ = try await client.pushReferrer(bytes, of: image.digest, into: registry.reference("web"))
                }
            }
            for (type, count) in [(nil, 10), ("application/a+json", 5), ("application/c", 0)] as [(String?, Int)] {
                let found = try await client.referrers(
                    of: image.digest, in: registry.reference("web"), artifactType: type)
                #expect(found.count == count && Set(found.map(\.digest)).count == count)
                #expect(found.allSatisfy { type == nil || $0.artifactType?.rawValue == type })
            }
        }
    }

    @Test("nothing attached is an empty list", arguments: [true, false])
    func none(hasList: Bool) async throws {
        try await withRegistry { registry, client in
            registry.setRules { $0.referrers = hasList }
            let image = try registry.addImage([[1]], repository: "web").descriptor
            let found = try await client.referrers(of: image.digest, in: registry.reference("web"))
            #expect(found == [] && registry.steps == ["GET referrers"] + (hasList ? [] : ["GET manifests"]))
        }
    }

    @Test("two sessions that attach at once lose nothing")
    func together() async throws {
        try await withRegistry { registry, client in
            registry.setRules { $0.referrers = false }
            let image = try registry.addImage([[1]], repository: "web").descriptor
            try await withTransport { transport in
                let other = RegistrySession(transport: transport)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<12 {
                        let (bytes, _) = try artifact(registry, on: image, number: number)
                        group.addTask {
                            let session = number % 6 == 0 ? other : client
                            _ = try await session.pushReferrer(
                                bytes, of: image.digest, into: registry.reference("web"))
                        }
                    }
                    try await group.waitForAll()
                }
                let found = try await client.referrers(of: image.digest, in: registry.reference("web"))
                #expect(found.count == 12)
            }
        }
    }

    @Test("a manifest with another subject, or a tag that is an image, is refused")
    func refused() async throws {
        try await withRegistry { registry, client in
            registry.setRules { $0.referrers = false }
            let image = try registry.addImage([[1]], repository: "web").descriptor
            let other = try registry.addImage([[2]], repository: "web", tag: "other").descriptor
            let (bytes, descriptor) = try artifact(registry, on: other)
            await #expect(
                throws: RegistryError.otherSubject(descriptor.digest, expected: image.digest, actual: other.digest)
            ) {
                try await client.pushReferrer(bytes, of: image.digest, into: registry.reference("web"))
            }
            #expect(registry.steps == [])
            let tag = "sha256-" + other.digest.hex
            try registry.addImage([[3]], repository: "web", tag: tag)
            await #expect(throws: RegistryError.fallbackTag(tag, registry: registry.authority)) {
                try await client.pushReferrer(bytes, of: other.digest, into: registry.reference("web"))
            }
        }
    }

    @Test("a registry's failure is no empty list", arguments: [400, 401, 403, 500])
    func failing(status: Int) async throws {
        try await withRegistry { registry, client in
            let image = try registry.addImage([[1]], repository: "web").descriptor
            registry.inject(.status(status), on: .referrers)
            await #expect(throws: RegistryError.self) {
                try await client.referrers(of: image.digest, in: registry.reference("web"))
            }
        }
    }

    @Test("pages that lead in a circle or away are refused", arguments: ["?page=0", "http://127.0.0.1:1/"])
    func circle(link: String) async throws {
        try await withRegistry { registry, client in
            let image = try registry.addImage([[1]], repository: "web").descriptor
            let (bytes, _) = try artifact(registry, on: image)
            _ = try await client.pushReferrer(bytes, of: image.digest, into: registry.reference("web"))
            registry.inject(.link(link), on: .referrers)
            await #expect(throws: RegistryError.paging(registry: registry.authority)) {
                try await client.referrers(of: image.digest, in: registry.reference("web"))
            }
        }
    }
}
