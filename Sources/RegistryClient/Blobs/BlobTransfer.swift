import Core
import HTTPTransport
import OCI

/// The state of one blob on its way: what came, and its running hash, which live through any number of connections.
struct BlobTransfer {
    let descriptor: Descriptor
    let registry: String
    private(set) var hash: SHA256
    private(set) var received: Int

    init(descriptor: Descriptor, registry: String, hash: SHA256) {
        self.descriptor = descriptor
        self.registry = registry
        self.hash = hash
        received = Int(exactly: hash.count) ?? Int.max
    }

    /// True when all bytes are there and they are the right ones.
    var isRight: Bool { received == descriptor.size && hash.finalize() == descriptor.digest }

    /// Forgets what came.
    mutating func restart(_ sink: inout some BlobSink) throws {
        if received > 0 { try sink.reset() }
        hash = SHA256()
        received = 0
    }

    /// Takes the next bytes.
    /// - Throws: ``RegistryError/blobSize(_:expected:actual:registry:)`` beyond the end; none is taken then.
    mutating func take(_ chunk: UnsafeRawBufferPointer, _ sink: inout some BlobSink) throws {
        guard chunk.count <= descriptor.size - received else { throw wrongSize(received + chunk.count) }
        try sink.write(chunk)
        hash.update(chunk)
        received += chunk.count
    }

    /// Reads a response: the whole blob, of which the part that is there is passed over, or the part asked for.
    nonisolated(nonsending) mutating func read(
        _ response: HTTPResponse, into sink: inout some BlobSink, _ progress: (Int) -> Void
    ) async throws {
        var skip = 0
        if response.status == 206 {
            guard let range = ContentRange(response.headers["Content-Range"]), range.start == received else {
                throw RegistryError.wrongRange(descriptor.digest, registry: registry)
            }
            if let total = range.total, total != descriptor.size { throw wrongSize(total) }
            guard range.end < descriptor.size else { throw wrongSize(range.end) }
        } else {
            skip = received
            if let length = response.contentLength, length != descriptor.size { throw wrongSize(length) }
        }
        try await response.body.forEachChunk { chunk in
            let passed = min(skip, chunk.count)
            skip -= passed
            if passed < chunk.count {
                try take(UnsafeRawBufferPointer(rebasing: chunk[passed...]), &sink)
                progress(received)
            }
        }
    }

    private func wrongSize(_ actual: Int) -> RegistryError {
        .blobSize(descriptor.digest, expected: descriptor.size, actual: actual, registry: registry)
    }
}
