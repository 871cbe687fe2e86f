package import Core

/// The digests of an archive and of the contents in it, which are taken while it is read. What is content is hashed for
/// both in one go, which takes little longer than hashing it for one.
package final class TarHashes {
    private var whole = SHA256()
    private var part = SHA256()

    package init() {}

    /// Of what was read so far: of the whole archive when the reader has been drained.
    package var archive: Digest { whole.finalize() }
    /// Bytes of the archive that were read so far.
    package var size: Int64 { Int64(whole.count) }
    /// Of what was read of the current member's content.
    package var content: Digest { part.finalize() }

    func take(_ bytes: UnsafeRawBufferPointer) { whole.update(bytes) }

    func beginContent() { part = SHA256() }

    func take(content bytes: UnsafeRawBufferPointer) { SHA256.update(&whole, &part, bytes) }
}
