internal import Glibc
internal import HostOS

/// Adds up the apparent sizes of trees, as `du --apparent-size` does: every file, link and directory with its own size,
/// a file with several names once. What vanishes meanwhile or can't be read counts nothing.
struct TreeMeasure {
    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    private var seen: Set<Identity> = []

    /// The size of one file or of a directory alone, in bytes; 0 for what was counted before.
    mutating func own(_ info: FileInfo) -> Int64 {
        if info.kind != .directory, info.links > 1 {
            guard seen.insert(Identity(device: info.device, inode: info.inode)).inserted else { return 0 }
        }
        return info.size
    }

    /// A path's size with all below it, in bytes.
    mutating func tree(_ path: String) -> Int64 {
        guard let info = try? FileInfo.of(path) else { return 0 }
        var total = own(info)
        guard info.kind == .directory, let root = try? FileDescriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        else { return total }
        // One open directory, whatever the depth: the way up is `..`.
        var current = root
        var pending: [[[UInt8]]] = [(try? Directory.names(root)) ?? []]
        while let level = pending.indices.last {
            guard let name = pending[level].popLast() else {
                pending.removeLast()
                if pending.isEmpty { break }
                guard let above = try? FileDescriptor.open(at: current, "..", O_RDONLY | O_DIRECTORY) else { break }
                current = above
                continue
            }
            guard let info = Self.info(name, at: current) else { continue }
            total += own(info)
            guard info.kind == .directory, info.device == Self.device(of: current),
                let child = Self.directory(name, at: current)
            else { continue }
            current = child
            pending.append((try? Directory.names(child)) ?? [])
        }
        return total
    }

    private static func device(of directory: FileDescriptor) -> UInt64? { (try? directory.info())?.device }

    private static func info(_ name: [UInt8], at directory: FileDescriptor) -> FileInfo? {
        (name + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { chars in
                chars.baseAddress.flatMap { try? FileInfo.of($0, at: directory) }
            }
        }
    }

    private static func directory(_ name: [UInt8], at parent: FileDescriptor) -> FileDescriptor? {
        (name + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { chars in
                guard let start = chars.baseAddress else { return nil }
                let raw = openat(parent.raw, start, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                return raw < 0 ? nil : FileDescriptor(owning: raw)
            }
        }
    }
}
