internal import Core
private import Glibc
internal import HostOS

/// Where a path of an image leads, its links taken inside the image's root.
struct RootWalk {
    /// The part that exists, without links.
    var existing: BytePath
    /// Its kind, and a descriptor to it (O_PATH).
    var kind: FileInfo.Kind
    var descriptor: FileDescriptor
    /// Names below that do not exist.
    var missing: [[UInt8]]
    /// True when the walk ended at a place where something else gets mounted: what lies below is not this root's.
    var isCovered: Bool

    /// The whole path, without links as far as it exists.
    var path: BytePath { missing.reduce(existing) { $0.appending($1) } }

    /// - Parameter covered: mount targets that come earlier.
    static func resolve(
        _ path: String, in root: FileDescriptor, covered: Set<BytePath> = []
    ) throws(SystemError) -> RootWalk {
        var pending = Array(path.utf8).split(separator: UInt8(ascii: "/")).map(Array.init).reversed() as [[UInt8]]
        var names: [[UInt8]] = []
        var descriptors = [root]
        var links = 0
        while let name = pending.popLast() {
            if name == [0x2e] { continue }
            if name == [0x2e, 0x2e] {
                if !names.isEmpty {
                    names.removeLast()
                    descriptors.removeLast()
                }
                continue
            }
            let directory = descriptors[descriptors.count - 1]
            guard let next = try open(name, in: directory) else {
                let missing = BytePath(cleaning: Array(([name] + pending.reversed()).joined(separator: [0x2f])))
                return try end(names, directory, missing: missing.components.map(Array.init), covered: false)
            }
            if try next.info().kind == .symlink {
                links += 1
                guard links <= 40 else { throw SystemError(ELOOP, "resolve", path) }
                let target = try target(of: name, in: directory)
                if target.first == 0x2f {
                    names = []
                    descriptors = [root]
                }
                pending.append(contentsOf: target.split(separator: 0x2f).map(Array.init).reversed())
                continue
            }
            names.append(name)
            descriptors.append(next)
            if covered.contains(joined(names)), !pending.isEmpty {
                let rest = BytePath(cleaning: Array(pending.reversed().joined(separator: [0x2f])))
                return try end(names, next, missing: rest.components.map(Array.init), covered: true)
            }
        }
        return try end(names, descriptors[descriptors.count - 1], missing: [], covered: false)
    }

    private static func end(
        _ names: [[UInt8]], _ descriptor: FileDescriptor, missing: [[UInt8]], covered: Bool
    ) throws(SystemError) -> RootWalk {
        RootWalk(
            existing: joined(names), kind: try descriptor.info().kind, descriptor: descriptor, missing: missing,
            isCovered: covered)
    }

    private static func joined(_ names: [[UInt8]]) -> BytePath {
        BytePath(normalized: Array(names.joined(separator: [0x2f])))
    }

    /// Nil when there is nothing of that name (or the parent is no directory, which the caller sees by its kind).
    private static func open(_ name: [UInt8], in directory: FileDescriptor) throws(SystemError) -> FileDescriptor? {
        do throws(SystemError) {
            return try FileDescriptor.open(
                at: directory, String(decoding: name, as: UTF8.self), OpenFlags.path | O_NOFOLLOW)
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
            throw error
        }
    }

    private static func target(of name: [UInt8], in directory: FileDescriptor) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let target: [UInt8] = BytePath(normalized: name).withCString { name in
            do throws(SystemError) { return try Directory.linkTarget(name, at: directory) } catch {
                failure = error
                return []
            }
        }
        if let failure { throw failure }
        return target
    }
}

enum OpenFlags {
    /// O_PATH: a descriptor that only names the file. The C library's header hides it from Swift.
    static let path: Int32 = 0x20_0000
}
