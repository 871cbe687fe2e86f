// https://man7.org/linux/man-pages/man2/mmap.2.html
internal import Glibc

/// A file's bytes as memory, read from the disk where they are looked at. Meant for files that nobody shortens or
/// rewrites while they are mapped, as those of the store are; a file that shrinks kills the process that looks past its
/// new end.
package final class MappedFile: Sendable {
    private nonisolated(unsafe) let start: UnsafeRawPointer?
    /// Bytes.
    package let count: Int

    /// Maps a whole regular file for reading. The descriptor may be closed afterwards.
    /// - Throws: `SystemError`, also (EFBIG) for a file that no memory could hold.
    package init(_ file: FileDescriptor) throws(SystemError) {
        guard let size = Int(exactly: try file.info().size), size >= 0 else { throw SystemError(EFBIG, "map") }
        count = size
        if size == 0 {
            // mmap refuses an empty range.
            start = nil
            return
        }
        let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.raw, 0)
        guard let address, address != MAP_FAILED else { throw SystemError(errno, "map") }
        start = UnsafeRawPointer(address)
    }

    deinit {
        if let start { munmap(UnsafeMutableRawPointer(mutating: start), count) }
    }

    /// The bytes, good for as long as this object lives: hold it with `withExtendedLifetime`, or use
    /// ``withBytes(_:)``.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// Calls with the bytes; they are good during the call.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(bytes) }
    }

    /// Tells the kernel that the file is about to be read from its start to its end, so that it reads ahead.
    package func willReadOnce() {
        guard let start else { return }
        // Advice only: a kernel that doesn't take it reads as it would anyway.
        _ = madvise(UnsafeMutableRawPointer(mutating: start), count, MADV_SEQUENTIAL)
    }
}
