private import Archive
// https://docs.kernel.org/filesystems/overlayfs.html
package import Core
private import HostOS

/// Reads directories of this machine into entries, by descriptor and never through a link.
package enum LayerScanner {
    /// Where overlayfs keeps its marks.
    package enum Overlay: Sendable {
        /// `trusted.overlay.*`: mounted with privilege.
        case trusted
        /// `user.overlay.*`: mounted with userxattr in a user namespace.
        case user
        /// No overlay: nothing is a mark.
        case none

        var attributePrefix: String? {
            switch self {
            case .trusted: OverlayMarks.trusted
            case .user: OverlayMarks.user
            case .none: nil
            }
        }
    }

    /// What becomes of a path of a build context.
    package enum Decision: Sendable {
        case include
        /// Not the path itself, but what is below it may be.
        case exclude
        /// Neither the path nor anything below it.
        case skip
    }

    /// Reads a directory as a layer: the upper directory of an overlay, or (with ``Overlay/none``) a root file system.
    ///
    /// Of the names of one file the first in path order is the file, the others are hard links to it. Attributes of
    /// overlayfs itself become marks or are dropped; so are SELinux labels, which belong to this machine. Sockets are
    /// left out.
    /// - Parameter skipsVanished: what is gone by the time it is looked at is left out too; otherwise it is an error.
    /// - Throws: ``LayerError/overlayFeature(path:attribute:)`` for a redirected or metadata-only file.
    package static func scanLayer(
        _ directory: HostDirectory, overlay: Overlay, skipsVanished: Bool = false
    ) throws -> LayerContents {
        var names: [FileName: BytePath] = [:]
        var entries: [Entry] = []
        try DirectoryWalk(directory, readsAttributes: true, skipsVanished: skipsVanished).run { found in
            let info = found.info
            guard info.kind != .socket else { return .skip }
            if overlay != .none, info.kind == .characterDevice, info.representedDevice == 0 {
                entries.append(.whiteout(found.path))
                return .skip
            }
            var entry = entry(found, directory)
            try addAttributes(to: &entry, found, overlay)
            if info.kind != .directory, info.links > 1 {
                let file = FileName(device: info.device, inode: info.inode)
                if let first = names[file] {
                    HardlinkOrder.link(&entry, like: entry, to: first)
                } else {
                    names[file] = found.path
                }
            }
            entries.append(entry)
            return .include
        }
        return LayerContents(sorted: entries)
    }

    /// Reads a directory as a build context: no hard links, no attributes, sockets left out.
    /// - Parameters:
    ///   - start: only what is strictly below this path of the directory.
    ///   - filter: is asked for every path, directories before what is in them. A directory that is left out itself
    ///     while something below it is included is not made up: that is for the caller to decide.
    package static func scanFiles(
        _ directory: HostDirectory, below start: BytePath = BytePath(),
        filter: (BytePath, _ isDirectory: Bool) throws -> Decision = { _, _ in .include }
    ) throws -> LayerContents {
        var entries: [Entry] = []
        try DirectoryWalk(directory, start: start, readsAttributes: false).run { found in
            guard found.info.kind != .socket else { return .skip }
            let decision = try filter(found.path, found.info.kind == .directory)
            if decision == .include { entries.append(entry(found, directory)) }
            return decision
        }
        return LayerContents(sorted: entries)
    }

    private struct FileName: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    private static func entry(_ found: DirectoryWalk.Found, _ root: HostDirectory) -> Entry {
        let info = found.info
        let device = info.representedDevice
        let kind: Entry.Kind
        var mode = info.mode
        switch info.kind {
        case .file: kind = .file
        case .directory: kind = .directory(opaque: false)
        case .symlink:
            kind = .symlink(target: found.target)
            mode = 0o777
        case .characterDevice:
            kind = .characterDevice(major: DeviceNumber.major(device), minor: DeviceNumber.minor(device))
        case .blockDevice: kind = .blockDevice(major: DeviceNumber.major(device), minor: DeviceNumber.minor(device))
        case .fifo, .socket: kind = .fifo
        }
        var entry = Entry(found.path, kind, mode: mode, uid: info.uid, gid: info.gid, modified: info.modified)
        if info.kind == .file, info.size > 0 {
            entry.size = info.size
            entry.content = .file(HostFile(root: root, path: found.path, info: info))
        }
        return entry
    }

    private static func addAttributes(
        to entry: inout Entry, _ found: DirectoryWalk.Found, _ overlay: Overlay
    ) throws {
        for attribute in found.attributes {
            guard OverlayMarks.isPrivate(attribute.name) else {
                if attribute.name != "security.selinux" { entry.attributes.append(attribute) }
                continue
            }
            guard let prefix = overlay.attributePrefix, attribute.name.hasPrefix(prefix) else { continue }
            switch attribute.name.dropFirst(prefix.count) {
            case "opaque":
                if entry.isDirectory, attribute.value == [UInt8(ascii: "y")] {
                    entry.kind = .directory(opaque: true)
                }
            case "redirect", "metacopy":
                throw LayerError.overlayFeature(path: entry.path.description, attribute: attribute.name)
            default: break
            }
        }
    }
}
