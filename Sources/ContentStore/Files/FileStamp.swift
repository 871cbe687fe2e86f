internal import Core
package import HostOS

/// What tells a file's content apart without reading it: who it is, its size and its stamps.
package struct FileStamp: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64
    /// Bytes.
    package var size: Int64
    package var modified: FileTime
    package var changed: FileTime

    package init(device: UInt64, inode: UInt64, size: Int64, modified: FileTime, changed: FileTime) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
    }

    package init(_ info: FileInfo) {
        self.init(
            device: info.device, inode: info.inode, size: info.size, modified: info.modified, changed: info.changed)
    }

    /// SQLite's integers have a sign; the bits are kept.
    var deviceKey: Int64 { Int64(bitPattern: device) }
    var inodeKey: Int64 { Int64(bitPattern: inode) }
    var modifiedKey: Int64 { Self.nanoseconds(modified) }
    var changedKey: Int64 { Self.nanoseconds(changed) }

    /// Wraps around for stamps centuries away, which still differ from each other.
    private static func nanoseconds(_ time: FileTime) -> Int64 {
        time.seconds &* 1_000_000_000 &+ time.nanoseconds
    }
}
