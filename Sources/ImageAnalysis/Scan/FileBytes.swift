internal import Binaries
package import HostOS

/// The bytes of a program that lie in a part of a file.
package struct FileBytes: BinaryBytes {
    private let file: FileDescriptor
    private let start: Int64
    package let size: Int64

    package init(file: FileDescriptor, start: Int64, size: Int64) {
        self.file = file
        self.start = start
        self.size = size
    }

    package func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, offset < size else { return 0 }
        let count = Int(min(Int64(buffer.count), size - offset))
        return try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: start + offset)
    }
}
