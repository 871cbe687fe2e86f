// https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html
internal import Core
private import Glibc
internal import HostOS

/// What can be seen to be wrong with a program before it is started.
struct ProgramCheck {
    private let request: SandboxRequest
    private let root: FileDescriptor
    /// Mount targets: what lies there is not what the root has.
    private let covered: Set<BytePath>

    /// - Parameters:
    ///   - root: the root file system without the mounts.
    ///   - covered: where something gets mounted.
    /// - Returns: nil when nothing is seen to be wrong, or when what counts is in a mount.
    static func problem(_ request: SandboxRequest, root: String, covered: Set<BytePath>) -> SandboxError? {
        guard let name = request.args.first, let opened = try? FileDescriptor.open(root, OpenFlags.path | O_DIRECTORY)
        else { return nil }
        return ProgramCheck(request: request, root: opened, covered: covered).problem(name)
    }

    private enum Finding {
        case file(RootWalk)
        case nothing
        /// In a mount, or unreadable: not ours to judge.
        case unknown
    }

    private func problem(_ name: String) -> SandboxError? {
        switch find(name) {
        case .unknown: return nil
        case .nothing: return .programNotFound(name)
        case .file(let walk):
            guard isExecutable(walk) else { return .programNotExecutable(walk.path.absolute) }
            guard let interpreter = interpreter(of: walk.descriptor), case .nothing = look(interpreter) else {
                return nil
            }
            return .interpreterNotFound(program: name, interpreter: interpreter)
        }
    }

    private func find(_ name: String) -> Finding {
        if name.utf8.contains(UInt8(ascii: "/")) { return look(name.hasPrefix("/") ? name : request.cwd + "/" + name) }
        let path = request.env.last { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? "/usr/local/bin:/usr/bin:/bin"
        var best = Finding.nothing
        for directory in path.split(separator: ":") {
            switch look("\(directory)/\(name)") {
            case .unknown: return .unknown
            case .nothing: continue
            case .file(let walk):
                if isExecutable(walk) { return .file(walk) }
                if case .nothing = best { best = .file(walk) }
            }
        }
        return best
    }

    private func look(_ path: String) -> Finding {
        guard let walk = try? RootWalk.resolve(path, in: root) else { return .unknown }
        if covered.contains(where: { walk.path.isSameOrBelow($0) }) { return .unknown }
        return walk.missing.isEmpty ? .file(walk) : .nothing
    }

    private func isExecutable(_ walk: RootWalk) -> Bool {
        guard walk.kind == .file, let info = try? walk.descriptor.info() else { return false }
        return info.mode & 0o111 != 0
    }

    /// What the kernel starts in the program's place: the interpreter of a script or the loader of a linked program.
    private func interpreter(of file: FileDescriptor) -> String? {
        guard let opened = try? FileDescriptor.open("/proc/self/fd/\(file.raw)", O_RDONLY) else { return nil }
        let head = Self.read(opened, at: 0, count: 4096)
        if head.starts(with: [0x23, 0x21]) {
            let line = head[2...].prefix { $0 != 0x0a }
            return line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }).first
                .map { String(decoding: $0, as: UTF8.self) }
        }
        return Self.loader(head) { Self.read(opened, at: $0, count: $1) }
    }

    /// Fewer bytes than asked for at the end of the file, none when it cannot be read.
    static func read(_ file: FileDescriptor, at offset: Int64, count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = (try? bytes.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }) ?? 0
        return Array(bytes[..<got])
    }

    /// The loader that a 64-bit ELF file names in its first page, as linkers put it; nil for all others.
    static func loader(_ head: [UInt8], read: (Int64, Int) -> [UInt8]) -> String? {
        func number(_ offset: Int, _ size: Int) -> UInt64? {
            guard offset >= 0, offset + size <= head.count else { return nil }
            return head[offset..<(offset + size)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        // 64-bit, little end first.
        guard head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]), let table = number(32, 8), let size = number(54, 2),
            let count = number(56, 2), table < 4096, size >= 56
        else { return nil }
        for index in 0..<Int(count) {
            let header = Int(table) + index * Int(size)
            guard let kind = number(header, 4) else { return nil }
            guard kind == 3, let offset = number(header + 8, 8), let length = number(header + 32, 8) else { continue }
            guard let place = Int64(exactly: offset), (2...4096).contains(length) else { return nil }
            return String(decoding: read(place, Int(length)).prefix { $0 != 0 }, as: UTF8.self)
        }
        return nil
    }
}
