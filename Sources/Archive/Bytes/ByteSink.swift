package import HostOS

/// Where bytes go, one buffer at a time. Not safe to share between threads.
package protocol ByteSink: AnyObject {
    /// Takes all the bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// Writes to a descriptor at its current position.
package final class DescriptorSink: ByteSink {
    private let file: FileDescriptor

    package init(_ file: FileDescriptor) { self.file = file }

    package func write(_ bytes: UnsafeRawBufferPointer) throws { try file.write(bytes) }
}

/// Keeps the bytes in memory.
package final class BytesSink: ByteSink {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
}
