internal import Core
private import Glibc
internal import HostOS

/// A lower directory that holds the mount targets which the layers lack.
///
/// A runtime makes missing targets itself, in the upper directory, where they would end up in the image together with
/// copies of their parents. With this directory on top of the layers it finds them all, so that the upper directory
/// gets what the program does and nothing else. Directories that the layers do have are repeated here with all their
/// metadata, as the topmost directory of an overlay gives a merged one its own.
struct MountPointLayer {
    private let directory: String
    private let root: FileDescriptor
    private var repeated: [(path: String, info: FileInfo)] = []
    private var made: Set<String> = []

    /// - Parameters:
    ///   - directory: an existing empty directory.
    ///   - root: the merged view of the layers.
    init(_ directory: String, over root: FileDescriptor) throws(SystemError) {
        self.directory = directory
        self.root = root
        try repeatMetadata(of: root, at: directory)
    }

    /// Sees to it that a mount target exists.
    /// - Returns: the target without links.
    mutating func provide(
        _ target: String, isDirectory: Bool, covered: Set<BytePath>
    ) throws(SandboxError) -> BytePath {
        let walk = try SandboxError.wrap { () throws(SystemError) in
            try RootWalk.resolve(target, in: root, covered: covered)
        }
        if walk.isCovered { return walk.path }
        if walk.missing.isEmpty {
            guard (walk.kind == .directory) == isDirectory else {
                throw .targetMismatch(target: target, needsDirectory: isDirectory)
            }
            return walk.path
        }
        guard walk.kind == .directory else {
            throw .system(operation: "make the mount target", path: target, errno: ENOTDIR)
        }
        try SandboxError.wrap { () throws(SystemError) in try make(walk, isDirectory) }
        return walk.path
    }

    private mutating func make(_ walk: RootWalk, _ isDirectory: Bool) throws(SystemError) {
        var place = directory
        var path = BytePath()
        for name in walk.existing.components {
            path = path.appending(name)
            place += "/" + String(decoding: name, as: UTF8.self)
            guard made.insert(place).inserted else { continue }
            try check("make", place) { mkdir(place, 0o700) }
            try repeatMetadata(of: FileDescriptor.open(beneath: root, path, OpenFlags.path | O_DIRECTORY), at: place)
        }
        for (index, name) in walk.missing.enumerated() {
            place += "/" + String(decoding: name, as: UTF8.self)
            guard made.insert(place).inserted else { continue }
            if isDirectory || index < walk.missing.count - 1 {
                try check("make", place) { mkdir(place, 0o755) }
                try check("chmod", place) { chmod(place, 0o755) }
            } else {
                _ = try FileDescriptor.open(place, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
            }
        }
    }

    private mutating func repeatMetadata(of source: FileDescriptor, at place: String) throws(SystemError) {
        let info = try source.info()
        try MetadataCopy.apply(info, from: "/proc/self/fd/\(source.raw)/.", to: place)
        repeated.append((place, info))
    }

    /// Gives the repeated directories their times; call it when all targets are there.
    func finish() throws(SystemError) {
        for entry in repeated.reversed() { try MetadataCopy.setTimes(entry.info, of: entry.path) }
    }
}

/// Making one directory look like another.
enum MetadataCopy {
    /// Owner, mode and extended attributes.
    static func apply(_ info: FileInfo, from source: String, to place: String) throws(SystemError) {
        do throws(SystemError) {
            try check("chown", place) { lchown(place, info.uid, info.gid) }
        } catch  where error.errno == EINVAL {
            // An owner without an id in this user namespace: the program sees it as nobody either way.
        }
        try check("chmod", place) { chmod(place, info.mode) }
        for (name, value) in try ExtendedAttributes.read(source) {
            // Attributes that say how directories are merged belong to their own layer, labels to the host's policy.
            if name.hasPrefix("trusted.") || name.hasPrefix("user.overlay.") || name.hasPrefix("security.") { continue }
            try ExtendedAttributes.set(place, name, value)
        }
    }

    static func setTimes(_ info: FileInfo, of place: String) throws(SystemError) {
        let times = [
            timespec(tv_sec: Int(info.modified.seconds), tv_nsec: Int(info.modified.nanoseconds)),
            timespec(tv_sec: Int(info.modified.seconds), tv_nsec: Int(info.modified.nanoseconds)),
        ]
        try check("set the times of", place) { utimensat(AT_FDCWD, place, times, AT_SYMLINK_NOFOLLOW) }
    }
}
