private import Archive
package import Core
private import Glibc
import HostOS
package import Layers

/// A layer that lies unpacked in a directory of the store: nothing is read before someone asks.
package struct DirectoryLayer: TreeLayer {
    private let root: HostDirectory
    private let overlay: LayerScanner.Overlay

    package init(_ root: HostDirectory, overlay: LayerScanner.Overlay) {
        self.root = root
        self.overlay = overlay
    }

    package func entry(at path: BytePath) throws -> Entry? {
        if path.isRoot { return .directory(path) }
        guard let parent = try open(path.parent) else { return nil }
        return try entry(path, in: parent)
    }

    package func children(of directory: BytePath) throws -> [Entry] {
        guard let descriptor = try open(directory) else { return [] }
        var out: [Entry] = []
        for name in try Directory.names(descriptor) {
            if let entry = try entry(directory.appending(name), in: descriptor) { out.append(entry) }
        }
        return out
    }

    package func sharedIdentity(of entry: Entry) -> FileIdentity? {
        guard case .file(let file) = entry.content, file.info.links > 1 else { return nil }
        return .inode(device: file.info.device, inode: file.info.inode)
    }

    /// A directory of the layer; nil when there is none at the path.
    private func open(_ path: BytePath) throws(SystemError) -> FileDescriptor? {
        do throws(SystemError) {
            return try FileDescriptor.open(beneath: root.descriptor, path, O_RDONLY | O_DIRECTORY, links: .refused)
        } catch {
            switch error.errno {
            case ENOENT, ENOTDIR, ELOOP: return nil
            default: throw error
            }
        }
    }

    private func entry(_ path: BytePath, in parent: FileDescriptor) throws -> Entry? {
        let name = BytePath(normalized: Array(path.name))
        let info: FileInfo
        do {
            info = try name.withCString { try FileInfo.of($0, at: parent) }
        } catch let error as SystemError where error.errno == ENOENT {
            return nil
        }
        let attributes = try attributes(of: path)
        let kind: Entry.Kind
        switch info.kind {
        case .directory: kind = .directory(opaque: attributes.opaque)
        case .symlink: kind = .symlink(target: try name.withCString { try Directory.linkTarget($0, at: parent) })
        case .characterDevice where info.representedDevice == 0 && overlay != .none: return .whiteout(path)
        case .characterDevice: kind = .characterDevice(major: Self.major(info), minor: Self.minor(info))
        case .blockDevice: kind = .blockDevice(major: Self.major(info), minor: Self.minor(info))
        case .fifo: kind = .fifo
        case .socket: return nil
        case .file: kind = .file
        }
        let content: FileContent =
            kind == .file && info.size > 0 ? .file(HostFile(root: root, path: path, info: info)) : .empty
        return Entry(
            path, kind, mode: info.mode, uid: info.uid, gid: info.gid, attributes: attributes.kept,
            modified: info.modified, size: kind == .file ? info.size : 0, content: content)
    }

    /// The attributes that belong to the layer, without those that overlayfs keeps its marks in.
    private func attributes(of path: BytePath) throws -> (kept: [ExtendedAttribute], opaque: Bool) {
        let prefix = overlay == .user ? "user.overlay." : "trusted.overlay."
        var kept: [ExtendedAttribute] = []
        var opaque = false
        for (name, value) in try ExtendedAttributes.read(root.path + path.absolute) {
            if overlay != .none, name.hasPrefix(prefix) {
                if name == prefix + "opaque", value == [UInt8(ascii: "y")] { opaque = true }
                continue
            }
            if name.hasPrefix("security.selinux") || name.hasPrefix("trusted.overlay.") { continue }
            kept.append(ExtendedAttribute(name: name, value: value))
        }
        return (kept, opaque)
    }

    // The kernel's encoding of a device number in 64 bits.
    private static func major(_ info: FileInfo) -> UInt32 {
        let device = info.representedDevice
        return UInt32(truncatingIfNeeded: (device >> 8) & 0xfff | (device >> 32) & 0xffff_f000)
    }

    private static func minor(_ info: FileInfo) -> UInt32 {
        let device = info.representedDevice
        return UInt32(truncatingIfNeeded: device & 0xff | (device >> 12) & 0xffff_ff00)
    }
}
