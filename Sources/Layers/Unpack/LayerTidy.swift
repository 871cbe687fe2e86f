package import Core
private import Glibc
package import HostOS

/// Changes single things in a directory that holds a layer, never following a link out of it.
package struct LayerTidy {
    private let root: HostDirectory
    /// The directory in which the last thing was changed.
    private var parent: (path: BytePath, descriptor: FileDescriptor)?

    package init(_ root: HostDirectory) { self.root = root }

    /// Removes what is no directory.
    package mutating func remove(_ path: BytePath) throws {
        let directory = try open(path.parent)
        _ = try path.withName { name in try check("remove", root.show(path)) { unlinkat(directory.raw, name, 0) } }
    }

    /// Leaves a file there without its content.
    package mutating func empty(_ path: BytePath) throws {
        let directory = try open(path.parent)
        _ = try FileDescriptor.open(
            beneath: directory, BytePath(normalized: Array(path.name)), O_WRONLY | O_TRUNC | O_NOFOLLOW,
            links: .refused)
    }

    /// Sets when something was modified last, of a link itself.
    package mutating func setModified(_ path: BytePath, _ time: FileTime) throws {
        let directory = try open(path.parent)
        let times = TreeBuilder.times(time)
        _ = try path.withName { name in
            try check("set time of", root.show(path)) {
                utimensat(directory.raw, name, times, AT_SYMLINK_NOFOLLOW)
            }
        }
    }

    private mutating func open(_ path: BytePath) throws -> FileDescriptor {
        if path.isRoot { return root.descriptor }
        if let parent, parent.path == path { return parent.descriptor }
        let descriptor = try FileDescriptor.open(
            beneath: root.descriptor, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, links: .refused)
        parent = (path, descriptor)
        return descriptor
    }
}
