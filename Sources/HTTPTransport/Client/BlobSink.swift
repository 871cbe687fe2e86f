package import Core

/// Takes the bytes of a file of known digest in order, usually into a temporary file, and hashes them: the one place
/// where a download is hashed.
package protocol BlobSink {
    /// Of all bytes taken so far, those of an earlier run included.
    var hash: SHA256 { get }

    /// Appends bytes; the pointer is good for the call only.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws

    /// Forgets everything, because what came turned out wrong.
    mutating func reset() throws
}

extension BlobSink {
    /// Bytes taken so far.
    package var position: Int { Int(clamping: hash.count) }
}

/// Keeps a blob in memory.
package struct MemorySink: BlobSink, Sendable {
    package private(set) var bytes: [UInt8] = []
    package private(set) var hash = SHA256()

    package init() {}

    package mutating func write(_ chunk: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: chunk)
        hash.update(chunk)
    }

    package mutating func reset() { self = MemorySink() }
}
