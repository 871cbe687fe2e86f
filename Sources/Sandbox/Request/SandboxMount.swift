/// Something that the program finds at a place of its root without it being part of a layer.
package struct SandboxMount: Codable, Sendable {
    /// An absolute path; symbolic links in it are resolved inside the root. What is missing there appears for the run
    /// and is not found in the upper directory after it.
    package var target: String
    package var kind: Kind

    package init(target: String, kind: Kind) {
        self.target = target
        self.kind = kind
    }

    package enum Kind: Codable, Sendable {
        /// A file or directory; when writable, what is written is thrown away and the source stays as it is.
        case bind(BindSource, writable: Bool)
        /// A file or directory of the host itself: what is written stays (caches, volumes).
        case directory(path: String, readOnly: Bool)
        /// An empty directory in memory. The size is in bytes; nil is half of the memory.
        case tmpfs(size: Int64?)
        /// A file in memory.
        case secret(content: [UInt8], mode: UInt32, uid: UInt32, gid: UInt32)
        /// A UNIX socket that leads to the host's socket at `path`.
        case socket(path: String, mode: UInt32, uid: UInt32, gid: UInt32)
    }

    package enum BindSource: Codable, Sendable {
        /// A path of the host, its links followed.
        case host(path: String)
        /// A path in the merged view of these directories (bottom first), resolved inside of it.
        case layers([String], path: String)
    }
}
