// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
package import Core
package import HTTPTransport
package import OCI

/// A manifest as a registry gave it, with its digest checked.
package struct FetchedManifest: Sendable, Hashable {
    package var descriptor: Descriptor
    package var bytes: [UInt8]
    package var manifest: Manifest

    package init(descriptor: Descriptor, bytes: [UInt8], manifest: Manifest) {
        self.descriptor = descriptor
        self.bytes = bytes
        self.manifest = manifest
    }
}

/// Fetches images from registries and pushes them there by the distribution specification.
package final class RegistrySession: Sendable {
    let transport: HTTPSession
    let configuration: RegistryConfiguration
    let endpoints: EndpointStore
    let logins: LoginGuard
    private let tokens: TokenStore
    private let challenges = ChallengeMemory()
    let turns = Turns()

    /// - Parameter transport: is not shut down by the client.
    package init(transport: HTTPSession, configuration: RegistryConfiguration = RegistryConfiguration()) {
        self.transport = transport
        self.configuration = configuration
        endpoints = EndpointStore(transport: transport, mirrors: configuration.mirrors)
        logins = LoginGuard(configuration, transport: transport.configuration)
        tokens = TokenStore(transport: transport, credentials: configuration.credentials, logins: logins)
    }

    /// Fetches the manifest or index that a reference names, its digest if it has one, else its tag.
    ///
    /// The bytes must have the digest of the reference and the one that the registry names; at most 4 MiB are read.
    /// - Throws: ``RegistryError``, `OCIError`, `HTTPTransportError` or `CancellationError`.
    package func resolve(_ reference: Reference, accept: [MediaType] = MediaType.manifests) async throws
        -> FetchedManifest
    {
        try await fromEndpoints(of: reference.registry) { endpoint in
            try await self.manifest(reference, at: endpoint, accept: accept)
        }
    }

    /// Fetches the manifest that a descriptor inside an index names.
    /// - Throws: as ``resolve(_:accept:)``; a size that differs from the descriptor's is an error too.
    package func resolve(_ descriptor: Descriptor, of reference: Reference) async throws -> FetchedManifest {
        var exact = reference
        exact.digest = descriptor.digest
        let fetched = try await resolve(exact)
        guard fetched.bytes.count == descriptor.size else {
            throw RegistryError.blobSize(
                descriptor.digest, expected: descriptor.size, actual: fetched.bytes.count, registry: reference.registry)
        }
        return fetched
    }

    func manifestRequest(
        _ method: HTTPRequest.Method, _ reference: Reference, at endpoint: Endpoint, accept: [MediaType]
    ) -> HTTPRequest {
        let name = reference.digest.map(\.description) ?? reference.tag ?? "latest"
        return HTTPRequest(
            method, endpoint.url("\(reference.repository)/manifests/\(name)"),
            headers: ["Accept": accept.map(\.rawValue).joined(separator: ", ")])
    }

    func manifest(_ reference: Reference, at endpoint: Endpoint, accept: [MediaType]) async throws
        -> FetchedManifest
    {
        let request = manifestRequest(.get, reference, at: endpoint, accept: accept)
        let subject = RegistryError.Subject.manifest(reference.familiar)
        return try await whole(request, from: endpoint, reference, subject: subject) { try await check($0, reference) }
    }

    /// Reads the body of a manifest and verifies it before anything looks into it.
    private func check(_ response: HTTPResponse, _ reference: Reference) async throws -> FetchedManifest {
        let tooLarge = RegistryError.manifestTooLarge(reference: reference.familiar, limit: Manifest.byteLimit)
        if let length = response.contentLength, length > Manifest.byteLimit { throw tooLarge }
        let bytes: [UInt8]
        do {
            bytes = try await response.body.collect(limit: Manifest.byteLimit)
        } catch HTTPTransportError.bodyTooLarge {
            throw tooLarge
        }
        let actual = SHA256.digest(of: bytes)
        if let expected = reference.digest, expected != actual {
            throw RegistryError.manifestDigest(reference: reference.familiar, expected: expected, actual: actual)
        }
        if let header = response.headers["Docker-Content-Digest"] {
            do {
                let named = try Digest(parsing: header)
                guard named == actual else {
                    throw RegistryError.manifestDigest(reference: reference.familiar, expected: named, actual: actual)
                }
            } catch DigestError.malformed {
                throw RegistryError.digestHeader(reference: reference.familiar)
            } catch DigestError.unsupportedAlgorithm {
                // Another algorithm can't be compared; the digest asked for, if any, has been.
            }
        }
        let delivered = response.headers["Content-Type"].map(MediaType.init(header:))
        let manifest = try Manifest(decoding: bytes, mediaType: delivered)
        let descriptor = Descriptor(mediaType: manifest.mediaType, digest: actual, size: bytes.count)
        return FetchedManifest(descriptor: descriptor, bytes: bytes, manifest: manifest)
    }

    /// Runs a request against the registry's mirrors until one has what is wanted, then against the registry itself,
    /// whose error is the one that counts.
    private func fromEndpoints<Result: Sendable>(
        of registry: String, _ body: (Endpoint) async throws -> Result
    ) async throws -> Result {
        for mirror in try await endpoints.mirrors(of: registry) {
            do {
                return try await body(mirror)
            } catch {
                try Task.checkCancellation()
            }
        }
        return try await body(try await endpoints.origin(of: registry))
    }

    /// Sends a request to a registry, with a token where one is known to be needed; a challenge is answered once.
    func send(
        _ request: HTTPRequest, to endpoint: Endpoint, repository: String, access: RegistryAccess = .pull
    ) async throws -> HTTPResponse {
        var request = request
        request.acceptsAnyCertificate = endpoint.isInsecure
        let place = ChallengeMemory.Place(endpoint: endpoint, repository: repository)
        var used: Secret?
        if let known = await challenges[place] {
            request.authorization = try await authorization(known, repository, access, rejected: nil)
            used = request.authorization
        }
        let response = try await transport.send(request)
        // What another server wants, to which a redirect led, is not for this registry's credentials to answer.
        guard response.status == 401, response.url.hasSameOrigin(as: request.url) else { return response }
        let offered = Challenge.parse(response.headers.values("WWW-Authenticate"))
        guard !offered.isEmpty else { return response }
        guard let way = try way(offered, endpoint, repository, access) else {
            throw RegistryError.unsupportedChallenge(registry: endpoint.registry)
        }
        guard let authorization = try await authorization(way, repository, access, rejected: used) else {
            return response
        }
        // What is read keeps the connection for the request to come.
        _ = try? await response.body.collect(limit: 64 << 10)
        await challenges.set(way, for: place)
        request.authorization = authorization
        return try await transport.send(request)
    }

    /// Chooses among the challenges; Bearer goes before Basic.
    private func way(
        _ offered: [Challenge], _ endpoint: Endpoint, _ repository: String, _ access: RegistryAccess
    ) throws -> AuthorizationWay? {
        for challenge in offered {
            guard let url = try challenge.realm(for: endpoint) else { continue }
            var scope = challenge.parameters["scope"]
            if case .mount(let source) = access {
                // Only this request is about the other repository.
                scope = scope?.split(separator: " ").filter { !$0.hasPrefix("repository:\(source):") }
                    .joined(separator: " ")
            }
            return .bearer(
                TokenStore.Key(
                    endpoint: endpoint, repository: repository, realm: url, service: challenge.parameters["service"],
                    scope: RegistryAccess.pull.scope(for: repository, offered: scope)))
        }
        return offered.contains { $0.scheme == "basic" } ? .basic(endpoint, repository: repository) : nil
    }

    private func authorization(
        _ way: AuthorizationWay, _ repository: String, _ access: RegistryAccess, rejected: Secret?
    ) async throws -> Secret? {
        switch way {
        case .bearer(var key):
            key.scope = access.scope(for: repository, offered: key.scope)
            let bare = rejected.map { Secret(String($0.reveal().dropFirst("Bearer ".count))) }
            return Secret("Bearer " + (try await tokens.token(key, rejected: bare)).reveal())
        case .basic(let endpoint, let repository):
            let credential = try await configuration.credentials.credential(
                for: endpoint.account, repository: repository)
            guard let value = credential.map(BasicAuthorization.value) else { return nil }
            try logins.check(endpoint)
            return value == rejected ? nil : value
        }
    }
}

/// How a registry wants to be convinced. The scope of a token is the one for reading; a request widens it.
enum AuthorizationWay: Sendable {
    case bearer(TokenStore.Key)
    case basic(Endpoint, repository: String)
}

/// Remembers which repositories want a token, so that only the first request is made twice.
actor ChallengeMemory {
    struct Place: Hashable, Sendable {
        var endpoint: Endpoint
        var repository: String
    }

    private var ways: [Place: AuthorizationWay] = [:]

    subscript(place: Place) -> AuthorizationWay? { ways[place] }

    func set(_ way: AuthorizationWay, for place: Place) { ways[place] = way }
}
