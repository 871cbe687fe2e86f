import Core
import HTTPTransport
import Synchronization

/// Hashes a content as it is read for an upload, each byte once however often parts are sent again.
final class HashingContent: UploadContent {
    private let content: any UploadContent
    private let hash = Mutex(SHA256())

    init(_ content: any UploadContent) { self.content = content }

    var size: Int64 { content.size }

    func read(at offset: Int64, upTo count: Int) async throws -> [UInt8] {
        let bytes = try await content.read(at: offset, upTo: count)
        hash.withLock { hash in
            let known = Int64(clamping: hash.count)
            guard offset <= known, known - offset < bytes.count else { return }
            bytes.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[Int(known - offset)...])) }
        }
        return bytes
    }

    /// The digest of the whole.
    /// - Precondition: everything has been read; otherwise it is that of the part.
    var digest: Digest { hash.withLock { $0.finalize() } }
}
