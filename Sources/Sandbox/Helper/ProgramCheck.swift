private import Core
private import Glibc
internal import HostOS

/// What is wrong with a program that a runtime could not start.
enum ProgramCheck {
    /// - Parameter root: the mounted root file system.
    /// - Returns: nil when nothing is seen to be wrong with the program.
    static func problem(_ request: SandboxRequest, root: String) -> SandboxError? {
        guard let name = request.args.first, let opened = try? FileDescriptor.open(root, OpenFlags.path | O_DIRECTORY) else {
            return nil
        }
        guard let found = find(name, request, opened) else { return .programNotFound(name) }
        guard found.kind == .file, let info = try? found.descriptor.info(), info.mode & 0o111 != 0 else {
            return .programNotExecutable(found.path.absolute)
        }
        if let interpreter = script(found.descriptor), !exists(interpreter, request, opened) {
            return .interpreterNotFound(program: name, interpreter: interpreter)
        }
        return nil
    }

    private static func find(_ name: String, _ request: SandboxRequest, _ root: FileDescriptor) -> RootWalk? {
        if name.utf8.contains(UInt8(ascii: "/")) {
            return existing(name.hasPrefix("/") ? name : request.cwd + "/" + name, root)
        }
        let path = request.env.last { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? "/usr/local/bin:/usr/bin:/bin"
        var other: RootWalk?
        for directory in path.split(separator: ":") {
            guard let walk = existing("\(directory)/\(name)", root) else { continue }
            if walk.kind == .file, let info = try? walk.descriptor.info(), info.mode & 0o111 != 0 { return walk }
            other = other ?? walk
        }
        return other
    }

    private static func existing(_ path: String, _ root: FileDescriptor) -> RootWalk? {
        guard let walk = try? RootWalk.resolve(path, in: root), walk.missing.isEmpty else { return nil }
        return walk
    }

    private static func exists(_ path: String, _ request: SandboxRequest, _ root: FileDescriptor) -> Bool {
        existing(path, root) != nil
    }

    /// The interpreter that a script names in its first line.
    private static func script(_ file: FileDescriptor) -> String? {
        var bytes = [UInt8](repeating: 0, count: 256)
        guard let opened = try? FileDescriptor.open("/proc/self/fd/\(file.raw)", O_RDONLY),
            let count = try? bytes.withUnsafeMutableBytes({ try opened.read(into: $0, at: 0) })
        else { return nil }
        guard bytes[..<count].starts(with: [0x23, 0x21]) else { return nil }
        let line = bytes[2..<count].prefix { $0 != 0x0a }
        guard let first = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }).first else {
            return nil
        }
        return String(decoding: first, as: UTF8.self)
    }
}
