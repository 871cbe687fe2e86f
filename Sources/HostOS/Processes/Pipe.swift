private import CLinux
internal import Glibc

/// A pipe whose ends close with their last holder.
package struct Pipe: Sendable {
    package let reader: FileDescriptor
    package let writer: FileDescriptor

    package init(reader: FileDescriptor, writer: FileDescriptor) {
        self.reader = reader
        self.writer = writer
    }

    package init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        try check("make a pipe") { sampan_pipe(&ends) }
        reader = FileDescriptor(owning: ends[0])
        writer = FileDescriptor(owning: ends[1])
    }
}

extension FileDescriptor {
    /// The null device, for reading and writing.
    package static func null() throws(SystemError) -> FileDescriptor { try open("/dev/null", O_RDWR) }

    /// A file that has no place on any disk and is gone with its last descriptor, to hand bytes to a program.
    /// - Parameter name: shows in /proc only.
    package static func inMemory(_ name: String) throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try check("make a file in memory") { sampan_memory_file(name) })
    }

    /// A second descriptor of the same open file, to hand over.
    package static func duplicating(_ raw: Int32) throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try check("duplicate a descriptor") { fcntl(raw, F_DUPFD_CLOEXEC, 3) })
    }

    /// Waits until there is something to read or the other end closed.
    /// - Returns: false when the time was up first. Nil waits without end.
    package func waitReadable(milliseconds: Int32? = nil) throws(SystemError) -> Bool {
        var entry = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
        return try check("wait for a descriptor") { poll(&entry, 1, milliseconds ?? -1) } > 0
    }
}

extension FileDescriptor {
    /// Writes all bytes to a pipe or socket; EPIPE rather than a signal when nobody reads any more.
    package func writeQuietly(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try check("write") {
                rest.withUnsafeBytes { sampan_write_pipe(raw, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }
}
