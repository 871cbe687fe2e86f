// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests
package import Core
import HTTPTransport
package import OCI

/// What a registry said about a manifest that it took.
package struct ManifestPush: Sendable, Hashable {
    package var digest: Digest
    /// The manifest that the registry now lists this one under as a referrer (`OCI-Subject`); nil when it keeps no
    /// such lists, or there was nothing to list.
    package var subject: Digest?

    package init(digest: Digest, subject: Digest?) {
        self.digest = digest
        self.subject = subject
    }
}

extension RegistrySession {
    /// Asks the registry itself, not its mirrors, for the descriptor behind a reference; nil when it has none.
    ///
    /// Digest and type are the registry's word. One that doesn't give them without the content is asked for that.
    /// - Parameter beforePush: gets the token that a push will need anyway, instead of one for looking.
    /// - Throws: ``RegistryError``, `HTTPTransportError` or `CancellationError`.
    package func head(_ reference: Reference, beforePush: Bool = false) async throws -> Descriptor? {
        let endpoint = try await endpoints.origin(of: reference.registry)
        let request = manifestRequest(.head, reference, at: endpoint, accept: MediaType.manifests)
        let response = try await send(
            request, to: endpoint, repository: reference.repository, access: beforePush ? .push : .pull)
        if response.status == 404 { return nil }
        guard response.status == 200 else {
            throw await RegistryError.reject(
                response, registry: reference.registry, subject: .manifest(reference.familiar))
        }
        guard let digest = response.headers["Docker-Content-Digest"].flatMap({ try? Digest(parsing: $0) }),
            let size = response.contentLength, let type = response.headers["Content-Type"].map(MediaType.init(header:))
        else {
            return try await manifest(reference, at: endpoint, accept: MediaType.manifests).descriptor
        }
        if let wanted = reference.digest, wanted != digest {
            throw RegistryError.manifestDigest(reference: reference.familiar, expected: wanted, actual: digest)
        }
        return Descriptor(mediaType: type, digest: digest, size: size)
    }

    /// Puts a manifest or an index under the tag of a reference if it has one, else under its digest. Everything that it
    /// names has to be there already.
    /// - Throws: ``RegistryError``, `HTTPTransportError` or `CancellationError`; a registry that computes another digest
    ///   is an error too.
    package func pushManifest(_ bytes: [UInt8], mediaType: MediaType, as reference: Reference) async throws
        -> ManifestPush
    {
        let digest = SHA256.digest(of: bytes)
        if let named = reference.digest, named != digest {
            throw RegistryError.manifestDigest(reference: reference.familiar, expected: named, actual: digest)
        }
        guard bytes.count <= Manifest.byteLimit else {
            throw RegistryError.manifestTooLarge(reference: reference.familiar, limit: Manifest.byteLimit)
        }
        let endpoint = try await endpoints.origin(of: reference.registry)
        let name = reference.tag ?? digest.description
        var request = HTTPRequest(
            .put, endpoint.url("\(reference.repository)/manifests/\(name)"),
            headers: ["Content-Type": mediaType.rawValue], body: .bytes(bytes))
        request.redirectsBody = true
        let response = try await send(request, to: endpoint, repository: reference.repository, access: .push)
        guard response.isSuccess else {
            throw await RegistryError.reject(
                response, registry: reference.registry, subject: .manifestPush(reference.familiar))
        }
        // What is read keeps the connection.
        _ = try? await response.body.collect(limit: 64 << 10)
        if let named = response.headers["Docker-Content-Digest"].flatMap({ try? Digest(parsing: $0) }), named != digest
        {
            throw RegistryError.manifestDigest(reference: reference.familiar, expected: digest, actual: named)
        }
        let subject = response.headers["OCI-Subject"].flatMap { try? Digest(parsing: $0) }
        return ManifestPush(digest: digest, subject: subject)
    }
}
