package import ContentStore
package import Core
import HTTPTransport
import HostOS

/// Takes a file of known digest into the store; what arrived is kept when the transfer is broken off.
package struct StoreSink: BlobSink, Sendable {
    private let store: Store
    private let digest: Digest
    package private(set) var writer: BlobWriter

    package init(_ store: Store, _ digest: Digest) throws {
        self.store = store
        self.digest = digest
        writer = try store.resumeBlob(digest)
    }

    package var hash: SHA256 { writer.hash }

    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws { try writer.write(bytes) }

    package mutating func reset() throws {
        writer.discard()
        writer = try store.resumeBlob(digest)
    }
}

extension StoreSink {
    /// Fetches one file into the store unless it is there; two tasks or processes that want the same wait for one
    /// transfer. Who waits can be cancelled.
    /// - Parameter transfer: fills the sink with the file, behind what it holds already, and verifies it.
    package static func fetch(
        _ digest: Digest, size: Int64, into store: Store,
        transfer: nonisolated(nonsending) (inout StoreSink) async throws -> Void
    ) async throws {
        if try await BlockingPool.waiting.run({ try store.containsBlob(digest) }) { return }
        let isCancelled = CancelFlag()
        let lock = try await withTaskCancellationHandler {
            try await BlockingPool.waiting.run { try store.lockStep(digest) { isCancelled.isSet } }
        } onCancel: {
            isCancelled.set()
        }
        guard let lock else { throw CancellationError() }
        defer { lock.release() }
        if try await BlockingPool.waiting.run({ try store.containsBlob(digest) }) { return }
        var sink = try await BlockingPool.waiting.run { try StoreSink(store, digest) }
        do {
            try await transfer(&sink)
        } catch {
            sink.writer.keepPartial(digest)
            throw error
        }
        let writer = sink.writer
        _ = try await BlockingPool.waiting.run { try writer.commit(expected: digest, size: size) }
    }
}
