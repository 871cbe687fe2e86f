import Glibc
import Testing

/// The apparent size of a tree by its path names, every inode once: another way than the store's own.
func apparentSize(_ path: String) throws -> Int64 {
    struct Identity: Hashable {
        var device: UInt
        var inode: UInt
    }
    var seen: Set<Identity> = []
    var total: Int64 = 0
    var pending = [path]
    while let path = pending.popLast() {
        var record = stat()
        try #require(lstat(path, &record) == 0)
        if seen.insert(Identity(device: UInt(record.st_dev), inode: UInt(record.st_ino))).inserted {
            total += Int64(record.st_size)
        }
        guard record.st_mode & S_IFMT == S_IFDIR else { continue }
        let stream = try #require(opendir(path))
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { pending.append(path + "/" + name) }
        }
    }
    return total
}
