package import Core
internal import Glibc
package import HostOS
internal import Synchronization

/// A blob on its way into the store: hashed while it is written, visible only once committed.
///
/// Dropping it without ``commit(expected:size:)`` or ``keepPartial(_:)`` removes what was written.
package final class BlobWriter: Sendable {
    private struct State {
        var hash = SHA256()
        /// Nil once committed, kept or discarded.
        var file: FileDescriptor?
    }

    private let store: Store
    private let path: String
    private let state: Mutex<State>

    /// Unfinished downloads have names from which a sweep can give them back.
    static let partialPrefix = "partial-"

    /// Starts empty, or goes on behind what the file at `path` holds already.
    init(store: Store, path: String, resuming: Bool) throws(ContentStoreError) {
        self.store = store
        self.path = path
        var hash = SHA256()
        let file = try mapping(path) { () throws(SystemError) in
            let file = try FileDescriptor.open(path, O_RDWR | O_CREAT | (resuming ? 0 : O_EXCL), mode: 0o600)
            if resuming { try hash.update(contentsOf: file) }
            return file
        }
        state = Mutex(State(hash: hash, file: file))
    }

    deinit { discard() }

    /// Bytes so far, with those of a resumed download.
    package var count: Int64 { state.withLock { Int64(clamping: $0.hash.count) } }

    /// The hash of the bytes so far, for whoever verifies the same stream.
    package var hash: SHA256 { state.withLock { $0.hash } }

    /// Opens what was written so far for reading; it stays readable when the blob is published or dropped.
    package func openForReading() throws(ContentStoreError) -> FileDescriptor {
        try mapping(path) { () throws(SystemError) in try FileDescriptor.open(path, O_RDONLY) }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(ContentStoreError) {
        try state.withLock { (state) throws(ContentStoreError) in
            guard let file = state.file else { throw .closed }
            try mapping(path) { () throws(SystemError) in try file.write(bytes) }
            state.hash.update(bytes)
        }
    }

    package func write(_ bytes: [UInt8]) throws(ContentStoreError) {
        var failure: ContentStoreError?
        bytes.withUnsafeBytes { buffer in
            do throws(ContentStoreError) { try write(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Publishes the blob under its digest. A blob that is there already stays, and this copy is dropped.
    /// - Parameters:
    ///   - expected: what the content must be; else ``ContentStoreError/digestMismatch(expected:actual:)``.
    ///   - size: its size in bytes; else ``ContentStoreError/sizeMismatch(expected:actual:)``.
    @discardableResult
    package func commit(
        expected: Digest? = nil, size: Int64? = nil
    ) throws(ContentStoreError) -> (digest: Digest, size: Int64) {
        let (file, hash) = state.withLock { state in
            defer { state.file = nil }
            return (state.file, state.hash)
        }
        guard file != nil else { throw .closed }
        let count = Int64(clamping: hash.count)
        let digest = hash.finalize()
        do throws(ContentStoreError) {
            if let size, size != count { throw .sizeMismatch(expected: size, actual: count) }
            if let expected, expected != digest { throw .digestMismatch(expected: expected, actual: digest) }
            try store.adoptBlob(path, digest: digest, size: count)
        } catch {
            unlink(path)
            throw error
        }
        return (digest, count)
    }

    /// Ends an interrupted download so that ``Store/resumeBlob(_:)`` can go on from here.
    /// - Parameter digest: what the whole will be.
    package func keepPartial(_ digest: Digest) {
        if take() { store.returnPartial(path, digest) }
    }

    /// Removes what was written.
    package func discard() {
        if take() { unlink(path) }
    }

    private func take() -> Bool {
        state.withLock { state in
            defer { state.file = nil }
            return state.file != nil
        }
    }
}

extension SHA256 {
    /// Takes all bytes of a file from its current position.
    mutating func update(contentsOf file: FileDescriptor) throws(SystemError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { return }
            update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
