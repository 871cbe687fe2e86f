// https://github.com/opencontainers/image-spec/blob/main/layer.md
package import Archive
package import Core
package import HostOS

/// One file, directory, link or node of a layer: its path, its metadata, and where its content lies.
package struct Entry: Sendable {
    package enum Kind: Hashable, Sendable {
        case file
        /// An opaque directory hides what lower layers have in the directory of that name.
        case directory(opaque: Bool)
        /// The target as it stands in the link.
        case symlink(target: [UInt8])
        /// Another name for a file (or link, or node) of the same layer.
        case hardlink(target: BytePath)
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
        case fifo
        /// Hides the path, and all below it, of lower layers.
        case whiteout
    }

    /// Where it stands in the tree; of a whiteout what it hides.
    package var path: BytePath
    package var kind: Kind
    /// Permission bits with setuid, setgid and sticky: 0o7777.
    package var mode: UInt32
    package var uid: UInt32
    package var gid: UInt32
    /// In byte order of their names.
    package var attributes: [ExtendedAttribute]
    /// For information: what is written into a layer follows the writer's policy.
    package var modified: FileTime
    /// Bytes of content; 0 for all but files.
    package var size: Int64
    package var content: FileContent

    package init(
        _ path: BytePath, _ kind: Kind, mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0,
        attributes: [ExtendedAttribute] = [], modified: FileTime = FileTime(seconds: 0), size: Int64 = 0,
        content: FileContent = .empty
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.attributes = attributes
        self.modified = modified
        self.size = size
        self.content = content
    }

    package static func directory(
        _ path: BytePath, mode: UInt32 = 0o755, uid: UInt32 = 0, gid: UInt32 = 0
    ) -> Entry {
        Entry(path, .directory(opaque: false), mode: mode, uid: uid, gid: gid)
    }

    package static func file(
        _ path: BytePath, bytes: [UInt8], mode: UInt32 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0
    ) -> Entry {
        Entry(
            path, .file, mode: mode, uid: uid, gid: gid, size: Int64(bytes.count),
            content: bytes.isEmpty ? .empty : .bytes(bytes))
    }

    package static func symlink(_ path: BytePath, to target: String, uid: UInt32 = 0, gid: UInt32 = 0) -> Entry {
        Entry(path, .symlink(target: Array(target.utf8)), mode: 0o777, uid: uid, gid: gid)
    }

    package static func whiteout(_ path: BytePath) -> Entry { Entry(path, .whiteout, mode: 0) }

    package var isFile: Bool { if case .file = kind { true } else { false } }
    package var isDirectory: Bool { if case .directory = kind { true } else { false } }
    package var isWhiteout: Bool { if case .whiteout = kind { true } else { false } }
    package var isSymlink: Bool { if case .symlink = kind { true } else { false } }
    package var isHardlink: Bool { if case .hardlink = kind { true } else { false } }
    package var isOpaque: Bool { kind == .directory(opaque: true) }

    /// Whether content or links to content may follow: anything that is neither a directory nor a whiteout.
    var isLeaf: Bool {
        switch kind {
        case .directory, .whiteout: false
        default: true
        }
    }
}
