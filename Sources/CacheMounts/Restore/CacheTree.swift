internal import Core
internal import Glibc
internal import HostOS
internal import Layers

/// Makes the files of a cache mount below its root, which is left through no link and no name.
///
/// Every path is opened from the root with links refused. What an index names was checked before, so that the parents
/// of a file are directories made here.
final class CacheTree: Sendable {
    private let root: HostDirectory

    init(_ root: HostDirectory) { self.root = root }

    /// Makes the directories, open to this process alone until ``finish(_:)``.
    func makeDirectories(_ index: CacheMountIndex) throws {
        for entry in index.entries where entry.kind == .directory {
            try withParent(of: entry.path) { parent, name in
                _ = try check("create directory", show(entry.path)) { mkdirat(parent.raw, name, 0o700) }
            }
        }
    }

    /// Makes all files that have one content.
    func makeFiles(_ entries: [CacheMountIndex.Entry], from content: PackContent) throws {
        guard let first = entries.first else { return try content.forEachPiece { _ in } }
        let original = try create(first.path)
        try content.forEachPiece { try original.write($0) }
        for entry in entries.dropFirst() {
            try check("seek", show(first.path)) { lseek(original.raw, 0, SEEK_SET) }
            let copy = try create(entry.path)
            try copy.copyContents(of: original)
            try finish(copy, entry)
        }
        // Last, as a read-only file could still be written to, but its time would change.
        try finish(original, first)
    }

    /// Makes what has no content of its own, and gives directories their metadata.
    func finish(_ index: CacheMountIndex) throws {
        for entry in index.entries {
            switch entry.kind {
            case .file(nil): try finish(create(entry.path), entry)
            case .symlink(let target): try makeLink(entry, to: target)
            case .hardlink(let target): try makeName(entry.path, for: target)
            case .file, .directory: break
            }
        }
        // From below, as making things in a directory changes its time.
        for entry in index.entries.reversed() where entry.kind == .directory {
            try finish(open(entry.path), entry)
        }
        try finish(root.descriptor, .init(BytePath(), .directory, index.root))
    }

    private func makeLink(_ entry: CacheMountIndex.Entry, to target: [UInt8]) throws {
        try withParent(of: entry.path) { parent, name in
            _ = try BytePath(normalized: target).withCString { target in
                try check("create link", show(entry.path)) { symlinkat(target, parent.raw, name) }
            }
            let owner = entry.metadata
            try giveAway(entry.path) { fchownat(parent.raw, name, owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) }
            let times = Self.times(owner.modified)
            _ = try check("set time of", show(entry.path)) {
                utimensat(parent.raw, name, times, AT_SYMLINK_NOFOLLOW)
            }
        }
    }

    private func makeName(_ path: BytePath, for target: BytePath) throws {
        try withParent(of: target) { from, old in
            try withParent(of: path) { to, name in
                _ = try check("link", show(path)) { linkat(from.raw, old, to.raw, name, 0) }
            }
        }
    }

    // MARK: - One at a time

    private func create(_ path: BytePath) throws -> FileDescriptor {
        try naming(path) { () throws(SystemError) in
            try FileDescriptor.open(
                beneath: root.descriptor, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600, links: .refused)
        }
    }

    private func open(_ path: BytePath) throws -> FileDescriptor {
        if path.isRoot { return root.descriptor }
        return try naming(path) { () throws(SystemError) in
            try FileDescriptor.open(
                beneath: root.descriptor, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, links: .refused)
        }
    }

    private func withParent(
        of path: BytePath, _ body: (FileDescriptor, UnsafePointer<CChar>) throws -> Void
    ) throws {
        let parent = try open(path.parent)
        try BytePath(normalized: Array(path.name)).withCString { try body(parent, $0) }
    }

    private func finish(_ file: FileDescriptor, _ entry: CacheMountIndex.Entry) throws {
        let metadata = entry.metadata
        try giveAway(entry.path) { fchown(file.raw, metadata.uid, metadata.gid) }
        // After the owner: changing that takes bits away.
        try check("change mode of", show(entry.path)) { fchmod(file.raw, metadata.mode) }
        let times = Self.times(metadata.modified)
        try check("set time of", show(entry.path)) { futimens(file.raw, times) }
    }

    /// Changes an owner where this process may. Where it may not, or the user namespace has no such owner, no program
    /// could run as that owner either.
    private func giveAway(_ path: BytePath, _ call: () -> Int32) throws {
        do throws(SystemError) {
            try check("change owner of", show(path), call)
        } catch {
            guard error.errno == EPERM || error.errno == EINVAL else { throw error }
        }
    }

    private func naming<Value>(_ path: BytePath, _ body: () throws(SystemError) -> Value) throws(SystemError) -> Value {
        do { return try body() } catch { throw SystemError(error.errno, error.operation, show(path)) }
    }

    private func show(_ path: BytePath) -> String { path.isRoot ? root.path : "\(root.path)/\(path)" }

    private static func times(_ modified: FileTime) -> [timespec] {
        let time = timespec(tv_sec: Int(modified.seconds), tv_nsec: Int(modified.nanoseconds))
        return [time, time]
    }
}
