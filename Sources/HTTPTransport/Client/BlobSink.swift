/// Takes the bytes of a file of known digest in order, usually into a temporary file.
package protocol BlobSink {
    /// Bytes taken so far.
    var position: Int { get }

    /// Appends bytes; the pointer is good for the call only.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws

    /// Forgets everything, because what came turned out wrong.
    mutating func reset() throws
}

/// Keeps a blob in memory.
package struct MemorySink: BlobSink, Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package var position: Int { bytes.count }
    package mutating func write(_ chunk: UnsafeRawBufferPointer) { bytes.append(contentsOf: chunk) }
    package mutating func reset() { bytes.removeAll() }
}
