package import Core
package import HTTPTransport
package import OCI

extension RegistrySession {
    /// Fetches a blob, verifying size and digest while it streams. When the call returns, the sink holds exactly the
    /// descriptor's content; when it throws, what the sink holds is unverified but may be continued from.
    ///
    /// A connection that breaks is resumed where it stopped; a server that ignores the range is read past what is
    /// there. More than the descriptor's size is never taken.
    /// - Parameters:
    ///   - sink: may hold the bytes of an earlier run.
    ///   - progress: told the position after each piece; must return at once. The position falls back when a transfer
    ///     starts over.
    /// - Throws: ``RegistryError``, ``CredentialError``, `HTTPTransportError`, `CancellationError` and what the sink
    ///   throws.
    package nonisolated(nonsending) func fetchBlob(
        _ descriptor: Descriptor, of reference: Reference, into sink: inout some BlobSink,
        progress: (Int) -> Void = { _ in }
    ) async throws {
        var transfer = VerifiedTransfer(digest: descriptor.digest, size: descriptor.size, into: sink)
        if transfer.received > 0, try transfer.isDone(checking: &sink) { return }
        if let data = descriptor.data, data.count == descriptor.size, SHA256.digest(of: data) == descriptor.digest {
            try transfer.restart(&sink)
            try data.withUnsafeBytes { try transfer.take($0, &sink) }
            progress(transfer.received)
            return
        }
        for mirror in try await endpoints.mirrors(of: reference.registry) {
            if try await succeeds(&transfer, from: .endpoint(mirror), reference, &sink, progress) { return }
        }
        let origin = BlobPlace.endpoint(try await endpoints.origin(of: reference.registry))
        let urls = descriptor.mediaType.isForeignLayer ? descriptor.urls.prefix(8) : []
        for url in urls.compactMap({ try? HTTPURL(parsing: $0) }) {
            if try await succeeds(&transfer, from: .url(url), reference, &sink, progress) { return }
        }
        try await fetch(&transfer, from: origin, reference, &sink, progress)
    }

    /// Tries a place that isn't the last one.
    /// - Throws: only what no other place can mend: cancellation and errors of the sink.
    private nonisolated(nonsending) func succeeds(
        _ transfer: inout VerifiedTransfer, from place: BlobPlace, _ reference: Reference, _ sink: inout some BlobSink,
        _ progress: (Int) -> Void
    ) async throws -> Bool {
        do {
            try await fetch(&transfer, from: place, reference, &sink, progress)
            return true
        } catch let error where error is RegistryError || error is HTTPTransportError || error is CredentialError {
            try Task.checkCancellation()
            return false
        }
    }

    /// Fetches a small blob, such as a configuration, into memory.
    /// - Parameter limit: a descriptor with a larger size is refused before anything is asked for.
    /// - Throws: as ``fetchBlob(_:of:into:progress:)``, and `OCIError.tooLarge`.
    package func readBlob(
        _ descriptor: Descriptor, of reference: Reference, limit: Int = ImageConfig.byteLimit
    ) async throws -> [UInt8] {
        guard descriptor.size <= limit else { throw OCIError.tooLarge(.config, limit: limit) }
        var sink = MemorySink()
        try await fetchBlob(descriptor, of: reference, into: &sink)
        return sink.bytes
    }

    /// Fetches several blobs, a bounded number at a time; equal ones once. The first error cancels the others.
    /// - Parameters:
    ///   - progress: told a blob and its position.
    ///   - open: makes the sink of a blob, which may hold the bytes of an earlier run.
    ///   - finish: takes a sink that holds verified content.
    package func fetchBlobs<Sink: BlobSink & Sendable>(
        _ descriptors: [Descriptor], of reference: Reference,
        progress: @escaping @Sendable (Descriptor, Int) -> Void = { _, _ in },
        open: @escaping @Sendable (Descriptor) throws -> Sink,
        finish: @escaping @Sendable (Descriptor, Sink) throws -> Void
    ) async throws {
        var seen: Set<Digest> = []
        // Large blobs first: the last one to finish is then a short one.
        let wanted = descriptors.filter { seen.insert($0.digest).inserted }.sorted { $0.size > $1.size }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, descriptor) in wanted.enumerated() {
                if index >= max(1, configuration.parallelBlobs) { try await group.next() }
                group.addTask {
                    var sink = try open(descriptor)
                    try await self.fetchBlob(descriptor, of: reference, into: &sink) {
                        progress(descriptor, $0)
                    }
                    try finish(descriptor, sink)
                }
            }
            try await group.waitForAll()
        }
    }

    private nonisolated(nonsending) func fetch(
        _ transfer: inout VerifiedTransfer, from place: BlobPlace, _ reference: Reference, _ sink: inout some BlobSink,
        _ progress: (Int) -> Void
    ) async throws {
        let digest = transfer.digest
        do {
            let settings = transport.configuration
            try await transfer.fetch(
                into: &sink, policy: settings.retry, slowest: settings.slowest, progress: progress
            ) { (headers) async throws -> HTTPResponse in
                try await request(digest, headers, from: place, reference)
            }
        } catch let error as TransferError {
            throw RegistryError(error, of: digest, size: transfer.size, registry: reference.registry)
        }
    }

    private func request(
        _ digest: Digest, _ headers: HeaderFields, from place: BlobPlace, _ reference: Reference
    ) async throws -> HTTPResponse {
        let response: HTTPResponse
        switch place {
        case .endpoint(let endpoint):
            let url = endpoint.url("\(reference.repository)/blobs/\(digest)")
            response = try await send(
                HTTPRequest(.get, url, headers: headers), to: endpoint, repository: reference.repository)
        case .url(let url): response = try await transport.send(HTTPRequest(.get, url, headers: headers))
        }
        let isPart = response.status == 206 || response.status == 416
        guard response.status == 200 || (isPart && headers["Range"] != nil) else {
            throw await RegistryError.reject(response, registry: reference.registry, subject: .blob(digest))
        }
        return response
    }
}

extension RegistryError {
    fileprivate init(_ error: TransferError, of digest: Digest, size: Int, registry: String) {
        switch error {
        case .size(let actual): self = .blobSize(digest, expected: size, actual: actual, registry: registry)
        case .digest(let actual): self = .blobDigest(digest, actual: actual, registry: registry)
        case .range: self = .wrongRange(digest, registry: registry)
        }
    }
}

/// A server that may have a blob.
private enum BlobPlace: Sendable {
    case endpoint(Endpoint)
    case url(HTTPURL)
}
