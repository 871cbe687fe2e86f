internal import Archive
internal import Binaries
internal import HostOS

/// The bytes of a program that lie in a part of a file.
struct FileBytes: BinaryBytes {
    let file: FileDescriptor
    let start: Int64
    let size: Int64

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, offset < size else { return 0 }
        let count = Int(min(Int64(buffer.count), size - offset))
        return try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: start + offset)
    }
}
