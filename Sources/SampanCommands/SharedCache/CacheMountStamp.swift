import Core
import FoundationEssentials
import Glibc
import HostOS
import OCI

/// Remembers beside the directory of a cache mount which index it was last filled from or archived as, so that the next
/// export need not read files that were not touched since.
struct CacheMountStamp: Codable {
    /// The digest of the encoded index.
    var index: Digest
    private var seconds: Int64
    private var nanoseconds: Int64

    /// Files whose status changed earlier than this are what the index says, as far as their size and time are.
    var trusted: FileTime { FileTime(seconds: seconds, nanoseconds: nanoseconds) }

    init(index: Digest, trusted: FileTime) {
        self.index = index
        (seconds, nanoseconds) = (trusted.seconds, trusted.nanoseconds)
    }

    private static let limit = 4096

    private static func path(_ directory: String) -> String {
        String(directory[..<(directory.lastIndex(of: "/") ?? directory.startIndex)]) + "/archived"
    }

    /// Nil when there is none, or none that can be read: then files are read once more.
    static func read(beside directory: String) -> CacheMountStamp? {
        guard let bytes = try? WholeFile.read(path(directory), limit: limit) else { return nil }
        return try? CanonicalJSON.decode(CacheMountStamp.self, from: bytes, kind: .response, limit: limit)
    }

    func write(beside directory: String) throws {
        try AtomicFile.write(CanonicalJSON.encode(self), to: Self.path(directory))
    }

    /// A time that every file made before has, and no file made after.
    static func now() -> FileTime {
        // Files are stamped by a clock that moves every few milliseconds.
        var last = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &last)
        var next = last
        while next.tv_sec == last.tv_sec, next.tv_nsec == last.tv_nsec {
            usleep(500)
            clock_gettime(CLOCK_REALTIME_COARSE, &next)
        }
        return FileTime(seconds: Int64(next.tv_sec), nanoseconds: Int64(next.tv_nsec))
    }
}
