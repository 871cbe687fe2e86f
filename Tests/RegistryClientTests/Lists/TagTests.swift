import Core
import OCI
import RegistryClient
import SampanTestSupport
import Testing

@Suite("Listing tags")
struct TagTests {
    private func fill(_ registry: TestRegistry, _ count: Int) throws -> [String] {
        let names = (0..<count).map { "v\(1000 + $0)" }
        for name in names { try registry.addImage([], repository: "web", tag: name) }
        return names
    }

    @Test("all pages are read, one request each", arguments: [(0, 1), (3, 1), (100, 1), (101, 2), (250, 3)])
    func pages(count: Int, requests: Int) async throws {
        try await withRegistry { registry, client in
            let names = try fill(registry, count)
            if count == 0 { registry.addManifest([], .ociManifest, repository: "web") }
            let tags = try await client.tags(of: registry.reference("web"))
            #expect(tags == names && registry.steps.count == requests)
        }
    }

    @Test("a repository that isn't there is an error, a null list an empty one")
    func none() async throws {
        try await withRegistry { registry, client in
            let error = await #expect(throws: RegistryError.self) {
                try await client.tags(of: registry.reference("web"))
            }
            guard case .notFound(.tags("web"), _, ["NAME_UNKNOWN: it is not here"]) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        let server = try LoopbackServer { _ in ServerReply(200, text: #"{"name":"web","tags":null}"#) }
        defer { server.stop() }
        try await withTransport { transport in
            let client = RegistrySession(transport: transport)
            let tags = try await client.tags(of: Reference(registry: server.authority, repository: "web"))
            #expect(tags == [])
        }
    }

    @Test(
        "pages that lead in a circle, away or nowhere are refused",
        arguments: [
            "/v2/web/tags/list?n=1000", "/v2/web/tags/list?x=1", "http://127.0.0.1:1/v2/web/tags/list",
            "http://example.com/v2/web/tags/list", "http://[",
        ])
    func circle(link: String) async throws {
        try await withRegistry { registry, client in
            _ = try fill(registry, 3)
            registry.inject(.link(link), on: .tags)
            await #expect(throws: RegistryError.paging(registry: registry.authority)) {
                try await client.tags(of: registry.reference("web"))
            }
            #expect(registry.steps.count <= 2)
        }
    }

    @Test("a list that never ends is ended")
    func endless() async throws {
        let server = try LoopbackServer { request in
            let page = request.query("page").flatMap { Int($0) } ?? 0
            let tags = (0..<1000).map { "\"t\(page)-\($0)\"" }.joined(separator: ",")
            return ServerReply(
                headers: [("Link", "<?page=\(page + 1)>; rel=next")], body: Array(#"{"tags":[\#(tags)]}"#.utf8))
        }
        defer { server.stop() }
        try await withTransport { transport in
            await #expect(throws: RegistryError.paging(registry: server.authority)) {
                try await RegistrySession(transport: transport).tags(
                    of: Reference(registry: server.authority, repository: "web"))
            }
            #expect(server.requests.count < 260)
        }
    }

    @Test("a page without end is refused, a broken one is asked for again")
    func hugePage() async throws {
        try await withRegistry { registry, client in
            let names = try fill(registry, 3)
            registry.inject(.shortBody(5), on: .tags, times: 2)
            let tags = try await client.tags(of: registry.reference("web"))
            #expect(tags == names && registry.steps.count == 3)
            registry.inject(.endless, on: .tags)
            await #expect(throws: RegistryError.paging(registry: registry.authority)) {
                try await client.tags(of: registry.reference("web"))
            }
        }
    }
}
