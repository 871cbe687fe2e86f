// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
package import Core
package import HTTPTransport
package import OCI

/// How a blob got into a repository.
package enum BlobPush: Sendable, Hashable {
    /// It was there.
    case present
    /// The registry took it from another of its repositories.
    case mounted
    case uploaded
}

extension RegistrySession {
    /// Whether a repository of the registry itself, not of a mirror, has a blob.
    /// - Throws: ``RegistryError``, `HTTPTransportError` or `CancellationError`.
    package func hasBlob(_ digest: Digest, in reference: Reference) async throws -> Bool {
        try await hasBlob(digest, in: reference, at: try await endpoints.origin(of: reference.registry))
    }

    /// Asks the registry to take a blob from another of its repositories: true when it did, false when it wants an
    /// upload or doesn't let that repository be read.
    /// - Throws: ``RegistryError``, `HTTPTransportError` or `CancellationError`.
    package func mountBlob(_ digest: Digest, from repository: String, into reference: Reference) async throws -> Bool {
        let endpoint = try await endpoints.origin(of: reference.registry)
        switch try await mount(digest, from: repository, reference, at: endpoint) {
        case .mounted: return true
        case .refused: return false
        case .opened(let place):
            await cancelUpload(at: place, reference, endpoint)
            return false
        }
    }

    /// Brings a blob into a repository with as few requests as there can be: it is looked for, taken from another
    /// repository, or uploaded. An upload that breaks off goes on where the registry has it.
    ///
    /// The content is hashed while it is sent, and nothing is completed that isn't what the descriptor says; the
    /// registry compares once more.
    /// - Parameters:
    ///   - mountableFrom: repositories of the same registry that have the blob, the likeliest first.
    ///   - isNew: saves the look when the caller knows that the repository hasn't got the blob.
    ///   - progress: told how many bytes are on their way; falls back when some have to be sent again. Must return at
    ///     once.
    /// - Throws: ``RegistryError``, `HTTPTransportError`, `CancellationError` and what the content throws.
    package func pushBlob(
        _ descriptor: Descriptor, _ content: any UploadContent, into reference: Reference,
        mountableFrom: [String] = [], isNew: Bool = false, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> BlobPush {
        guard content.size == Int64(descriptor.size) else {
            throw RegistryError.contentSize(descriptor.digest, expected: descriptor.size, actual: content.size)
        }
        let endpoint = try await endpoints.origin(of: reference.registry)
        // A refused mount opens an upload, which is used if the blob has to be sent.
        var opened: UploadPlace?
        for source in mountableFrom.filter({ $0 != reference.repository }).prefix(Self.mountTries) {
            switch try await mount(descriptor.digest, from: source, reference, at: endpoint) {
            case .mounted:
                if let opened { await cancelUpload(at: opened, reference, endpoint) }
                return .mounted
            case .refused: continue
            case .opened(let place):
                if let opened { await cancelUpload(at: opened, reference, endpoint) }
                opened = place
            }
        }
        if !isNew, try await hasBlob(descriptor.digest, in: reference, at: endpoint) {
            if let opened { await cancelUpload(at: opened, reference, endpoint) }
            return .present
        }
        var upload = BlobUpload(
            session: self, reference: reference, endpoint: endpoint, descriptor: descriptor,
            content: HashingContent(content), progress: progress, place: opened)
        try await upload.run()
        return .uploaded
    }

    /// Repositories that are asked for a blob before it is uploaded.
    private static var mountTries: Int { 3 }

    func hasBlob(_ digest: Digest, in reference: Reference, at endpoint: Endpoint) async throws -> Bool {
        let request = HTTPRequest(.head, endpoint.url("\(reference.repository)/blobs/\(digest)"))
        let response = try await send(request, to: endpoint, repository: reference.repository, access: .push)
        switch response.status {
        case 200: return true
        case 404: return false
        default: throw await RegistryError.reject(response, registry: reference.registry, subject: .blob(digest))
        }
    }

    private func mount(
        _ digest: Digest, from source: String, _ reference: Reference, at endpoint: Endpoint
    ) async throws -> MountAnswer {
        let query = "mount=\(digest)&from=\(PercentEncoding.encode(source))"
        var request = HTTPRequest(.post, endpoint.url("\(reference.repository)/blobs/uploads/?\(query)"))
        request.isRepeatable = true
        let response: HTTPResponse
        do {
            response = try await send(
                request, to: endpoint, repository: reference.repository, access: .mount(from: source))
        } catch RegistryError.unauthorized(.token, _, _) {
            // No token for both; the one for the target alone may do for an upload.
            return .refused
        }
        _ = try? await response.body.collect(limit: 64 << 10)
        switch response.status {
        case 201: return .mounted
        case 202: return UploadPlace(response).map(MountAnswer.opened) ?? .refused
        default: return .refused
        }
    }

    /// Tells the registry that an upload won't go on. It would find out by itself.
    func cancelUpload(at place: UploadPlace, _ reference: Reference, _ endpoint: Endpoint) async {
        var request = HTTPRequest(.delete, place.url)
        request.isRepeatable = false
        _ = try? await sendUpload(request, reference, endpoint)
    }

    /// Sends a request of an upload: with credentials to the registry, without to any other server that it named.
    func sendUpload(_ request: HTTPRequest, _ reference: Reference, _ endpoint: Endpoint) async throws -> HTTPResponse {
        var request = request
        request.redirectsBody = true
        guard request.url.hasSameOrigin(as: endpoint.base) else {
            if endpoint.base.scheme == .https, request.url.scheme == .http,
                !transport.configuration.isInsecure(request.url)
            {
                throw HTTPTransportError.insecureRedirect(from: endpoint.base.redacted, to: request.url.redacted)
            }
            return try await transport.send(request)
        }
        return try await send(request, to: endpoint, repository: reference.repository, access: .push)
    }
}

/// How a registry answered the wish to take a blob from another repository.
private enum MountAnswer {
    case mounted
    /// It began an upload instead.
    case opened(UploadPlace)
    case refused
}

/// Where the next request of an upload goes, and what the registry said about it.
struct UploadPlace: Sendable {
    var url: HTTPURL
    /// The smallest part that the registry takes, in bytes (`OCI-Chunk-Min-Length`); the last may be smaller.
    var leastChunk: Int64 = 0

    init(url: HTTPURL, leastChunk: Int64) {
        self.url = url
        self.leastChunk = leastChunk
    }

    /// Nil when the response names no usable place.
    init?(_ response: HTTPResponse) {
        guard let location = response.headers["Location"], !location.isEmpty,
            let url = try? response.url.resolving(location)
        else { return nil }
        self.url = url
        if let text = response.headers["OCI-Chunk-Min-Length"], let length = Int64(text), length > 0 {
            leastChunk = length
        }
    }

    /// The address that completes the upload.
    func completion(_ digest: Digest) -> HTTPURL {
        var url = url
        url.target += (url.target.contains("?") ? "&" : "?") + "digest=" + PercentEncoding.encode(digest.description)
        return url
    }
}
