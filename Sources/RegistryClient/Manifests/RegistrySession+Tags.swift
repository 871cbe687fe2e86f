// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags
package import Core
import HTTPTransport
import OCI

extension RegistrySession {
    /// The tags of a repository, as the registry orders them, all pages.
    /// - Throws: ``RegistryError``, `OCIError`, `HTTPTransportError` or `CancellationError`; a list that leads to
    ///   another server, repeats itself or has more than 250,000 tags is refused.
    package func tags(of reference: Reference) async throws -> [String] {
        let endpoint = try await endpoints.origin(of: reference.registry)
        var next: HTTPURL? = endpoint.url("\(reference.repository)/tags/list?n=1000")
        var walk = PageWalk(registry: reference.registry, first: endpoint.url("\(reference.repository)/tags/list"))
        var tags: [String] = []
        var seen: Set<String> = []
        while let url = next {
            let request = HTTPRequest(.get, url, headers: ["Accept": "application/json"])
            let (response, bytes) = try await collect(
                request, from: endpoint, reference, subject: .tags(reference.repository))
            let page = try CanonicalJSON.decode(TagPage.self, from: bytes, kind: .response, limit: Self.pageSize)
            let fresh = (page.tags ?? []).filter { seen.insert($0).inserted }
            tags += fresh
            next = try walk.next(after: response)
            // A page that tells nothing new and leads on is a circle by other means.
            guard next == nil || !fresh.isEmpty, tags.count <= Self.tagLimit else {
                throw RegistryError.paging(registry: reference.registry)
            }
        }
        return tags
    }

    private static var tagLimit: Int { 250_000 }

    /// The largest page of any list, in bytes.
    static var pageSize: Int { 4 << 20 }

    /// Asks for a page of a list and reads it whole.
    /// - Throws: ``RegistryError`` for every status but 200.
    func collect(
        _ request: HTTPRequest, from endpoint: Endpoint, _ reference: Reference, subject: RegistryError.Subject
    ) async throws -> (HTTPResponse, [UInt8]) {
        try await whole(request, from: endpoint, reference, subject: subject) { response in
            do {
                return (response, try await response.body.collect(limit: Self.pageSize))
            } catch HTTPTransportError.bodyTooLarge {
                throw RegistryError.paging(registry: reference.registry)
            }
        }
    }

    /// Asks for something that is read whole, again when the connection breaks in the middle of it.
    /// - Throws: ``RegistryError`` for every status but 200.
    func whole<Result: Sendable>(
        _ request: HTTPRequest, from endpoint: Endpoint, _ reference: Reference, subject: RegistryError.Subject,
        read: (HTTPResponse) async throws -> Result
    ) async throws -> Result {
        let policy = transport.configuration.retry
        var attempt = 1
        while true {
            let response = try await send(request, to: endpoint, repository: reference.repository)
            guard response.status == 200 else {
                throw await RegistryError.reject(response, registry: reference.registry, subject: subject)
            }
            do {
                return try await read(response)
            } catch let error as HTTPTransportError where error.isTransient {
                guard
                    let pause = policy.pause(
                        afterAttempt: attempt, limit: policy.attempts, retryAfter: nil, jitter: Double.random(in: 0...1)
                    )
                else { throw error }
                attempt += 1
                try await Task.sleep(for: pause)
            }
        }
    }
}

private struct TagPage: Decodable {
    var tags: [String]?
}
