package import Core
import HTTPTransport
package import OCI

extension RegistrySession {
    /// Fetches a blob, verifying size and digest while it streams. When the call returns, the sink holds exactly the
    /// descriptor's content; when it throws, what the sink holds is unverified but may be continued from.
    ///
    /// A connection that breaks is resumed where it stopped; a server that ignores the range is read past what is
    /// there. More than the descriptor's size is never taken.
    /// - Parameters:
    ///   - hash: has taken the bytes that the sink already holds; fresh for an empty sink.
    ///   - progress: told the position after each piece; must return at once. The position falls back when a transfer
    ///     starts over.
    /// - Throws: ``RegistryError``, `HTTPTransportError`, `CancellationError` and what the sink throws.
    package nonisolated(nonsending) func fetchBlob(
        _ descriptor: Descriptor, of reference: Reference, into sink: inout some BlobSink,
        continuing hash: SHA256 = SHA256(),
        progress: (Int) -> Void = { _ in }
    ) async throws {
        guard Int(exactly: hash.count) == sink.position else { throw RegistryError.wrongPrefix(descriptor.digest) }
        var transfer = BlobTransfer(descriptor: descriptor, registry: reference.registry, hash: hash)
        if transfer.received > descriptor.size {
            try transfer.restart(&sink)
        } else if transfer.received == descriptor.size, transfer.received > 0 {
            if transfer.isRight { return }
            try transfer.restart(&sink)
        }
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
        _ transfer: inout BlobTransfer, from place: BlobPlace, _ reference: Reference, _ sink: inout some BlobSink,
        _ progress: (Int) -> Void
    ) async throws -> Bool {
        do {
            try await fetch(&transfer, from: place, reference, &sink, progress)
            return true
        } catch let error where error is RegistryError || error is HTTPTransportError {
            try Task.checkCancellation()
            return false
        }
    }

    /// Fetches a small blob, such as a configuration, into memory.
    /// - Parameter limit: a descriptor with a larger size is refused before anything is asked for.
    /// - Throws: as ``fetchBlob(_:of:into:continuing:progress:)``, and `OCIError.tooLarge`.
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
    ///   - open: makes the sink of a blob and the hash of what it already holds.
    ///   - finish: takes a sink that holds verified content.
    package func fetchBlobs<Sink: BlobSink & Sendable>(
        _ descriptors: [Descriptor], of reference: Reference,
        progress: @escaping @Sendable (Descriptor, Int) -> Void = { _, _ in },
        open: @escaping @Sendable (Descriptor) throws -> (Sink, SHA256),
        finish: @escaping @Sendable (Descriptor, Sink) throws -> Void
    ) async throws {
        var seen: Set<Digest> = []
        // Large blobs first: the last one to finish is then a short one.
        let wanted = descriptors.filter { seen.insert($0.digest).inserted }.sorted { $0.size > $1.size }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, descriptor) in wanted.enumerated() {
                if index >= max(1, configuration.parallelBlobs) { try await group.next() }
                group.addTask {
                    var (sink, hash) = try open(descriptor)
                    try await self.fetchBlob(descriptor, of: reference, into: &sink, continuing: hash) {
                        progress(descriptor, $0)
                    }
                    try finish(descriptor, sink)
                }
            }
            try await group.waitForAll()
        }
    }

    /// Reads from one place until the blob is whole, or tries without progress have used up the policy.
    private nonisolated(nonsending) func fetch(
        _ transfer: inout BlobTransfer, from place: BlobPlace, _ reference: Reference, _ sink: inout some BlobSink,
        _ progress: (Int) -> Void
    ) async throws {
        let policy = transport.configuration.retry
        var failures = 0
        // Pieces of several connections or of an earlier run may not fit together; then the whole is read once more.
        var isPatched = transfer.received > 0
        while true {
            let before = transfer.received
            let response = try await request(transfer, from: place, reference)
            if response.status == 416 {
                try transfer.restart(&sink)
                isPatched = false
                continue
            }
            var failure: any Error = RegistryError.blobSize(
                transfer.descriptor.digest, expected: transfer.descriptor.size, actual: before,
                registry: transfer.registry)
            do {
                try await transfer.read(response, into: &sink, progress)
            } catch let error as HTTPTransportError where error.isTransient {
                failure = error
            }
            if transfer.isRight { return }
            if transfer.received == transfer.descriptor.size {
                let wrong = RegistryError.blobDigest(
                    transfer.descriptor.digest, actual: transfer.hash.finalize(), registry: transfer.registry)
                try transfer.restart(&sink)
                guard isPatched else { throw wrong }
                isPatched = false
                continue
            }
            isPatched = isPatched || transfer.received > 0
            // A connection that brought much is simply resumed; ones that bring little or nothing are soon enough.
            if transfer.received - before >= Self.progressWorthResuming {
                failures = 0
                continue
            }
            failures += 1
            guard
                let pause = policy.pause(
                    afterAttempt: failures, limit: policy.attempts, retryAfter: nil, jitter: Double.random(in: 0...1))
            else { throw failure }
            try await Task.sleep(for: pause)
        }
    }

    /// In bytes.
    private static var progressWorthResuming: Int { 16 << 10 }

    private func request(_ transfer: BlobTransfer, from place: BlobPlace, _ reference: Reference) async throws
        -> HTTPResponse
    {
        var headers = HeaderFields()
        if transfer.received > 0 { headers["Range"] = "bytes=\(transfer.received)-" }
        let response: HTTPResponse
        switch place {
        case .endpoint(let endpoint):
            let url = endpoint.url("\(reference.repository)/blobs/\(transfer.descriptor.digest)")
            response = try await send(
                HTTPRequest(.get, url, headers: headers), to: endpoint, repository: reference.repository)
        case .url(let url): response = try await transport.send(HTTPRequest(.get, url, headers: headers))
        }
        let isPart = response.status == 206 || response.status == 416
        guard response.status == 200 || (isPart && transfer.received > 0) else {
            throw await RegistryError.reject(
                response, registry: reference.registry, subject: .blob(transfer.descriptor.digest))
        }
        return response
    }
}

/// A server that may have a blob.
private enum BlobPlace: Sendable {
    case endpoint(Endpoint)
    case url(HTTPURL)
}
