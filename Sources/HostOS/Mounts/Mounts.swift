private import CLinux
internal import Glibc

/// Mounting and unmounting, in the mount namespace of this process.
package enum Mounts {
    /// Mounts anything that mount(2) knows.
    package static func mount(
        _ source: String, on target: String, type: String? = nil, flags: Flags = [], options: String? = nil
    ) throws(SystemError) {
        try check("mount \(type ?? source) on", target) {
            sampan_mount(source, target, type, UInt(flags.rawValue), options)
        }
    }

    /// Makes a directory or file visible at a second place of the same kind.
    /// - Parameter recursive: with all that is mounted below it.
    package static func bind(
        _ source: String, on target: String, recursive: Bool = false, readOnly: Bool = false
    ) throws(SystemError) {
        try mount(source, on: target, flags: recursive ? [.bind, .recursive] : [.bind])
        guard readOnly else { return }
        // The kernel ignores read-only on the first call; flags that a user namespace has locked must be repeated.
        let locked = Flags(rawValue: UInt64(sampan_locked_mount_flags(target)))
        try mount("none", on: target, flags: [.bind, .remount, .readOnly, locked])
    }

    /// A file system in memory.
    /// - Parameters:
    ///   - size: the most bytes it holds; nil is the kernel's default, half of the memory.
    ///   - mode: permission bits of its root.
    package static func tmpfs(on target: String, size: Int64? = nil, mode: UInt32 = 0o755) throws(SystemError) {
        var options = "mode=" + String(mode, radix: 8)
        if let size { options += ",size=\(size)" }
        try mount("tmpfs", on: target, type: "tmpfs", flags: [.noSetuid, .noDevices], options: options)
    }

    /// The process file system of the PID namespace of this process.
    package static func proc(on target: String) throws(SystemError) {
        try mount("proc", on: target, type: "proc", flags: [.noSetuid, .noDevices, .noExecute])
    }

    /// How mounts below a place travel to other namespaces and from them.
    package static func setPropagation(_ propagation: Propagation, on target: String) throws(SystemError) {
        try check("change the propagation of", target) {
            sampan_mount("none", target, nil, UInt(propagation.rawValue | Flags.recursive.rawValue), nil)
        }
    }

    /// - Parameter detach: take it out of sight at once and let it go when nobody uses it any more.
    package static func unmount(_ target: String, detach: Bool = false) throws(SystemError) {
        try check("unmount", target) { umount2(target, detach ? 2 : 0) }
    }

    /// The restrictions of the mount that holds a path, as options of mount(8); empty when they cannot be read.
    package static func restrictions(of path: String) -> [String] {
        let flags = UInt64(sampan_locked_mount_flags(path))
        let names: [(UInt64, String)] = [
            (Flags.noSetuid.rawValue, "nosuid"), (Flags.noDevices.rawValue, "nodev"),
            (Flags.noExecute.rawValue, "noexec"), (0x400, "noatime"), (0x800, "nodiratime"),
            (0x20_0000, "relatime"),
        ]
        return names.filter { flags & $0.0 != 0 }.map(\.1)
    }

    package enum Propagation: UInt64, Sendable {
        case slave = 0x80000
        case `private` = 0x40000
    }

    /// The kernel's MS_* flags.
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt64
        package init(rawValue: UInt64) { self.rawValue = rawValue }

        package static let readOnly = Flags(rawValue: 0x1)
        package static let noSetuid = Flags(rawValue: 0x2)
        package static let noDevices = Flags(rawValue: 0x4)
        package static let noExecute = Flags(rawValue: 0x8)
        package static let remount = Flags(rawValue: 0x20)
        package static let bind = Flags(rawValue: 0x1000)
        package static let recursive = Flags(rawValue: 0x4000)
    }
}
