package import ContentStore
package import Core
import RegistryClient

/// Takes a registry's blob into the store; what arrived is kept when the transfer is broken off.
package struct StoreSink: BlobSink, Sendable {
    private let store: Store
    private let digest: Digest
    package private(set) var writer: BlobWriter

    package init(_ store: Store, _ digest: Digest) throws {
        self.store = store
        self.digest = digest
        writer = try store.resumeBlob(digest)
    }

    package var position: Int { Int(writer.count) }

    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws { try writer.write(bytes) }

    package mutating func reset() throws {
        writer.discard()
        writer = try store.resumeBlob(digest)
    }
}
