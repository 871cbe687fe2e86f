internal import Archive
internal import Core
private import Glibc
internal import HostOS

/// Visits everything below a directory in byte order of the paths, one open directory at a time.
struct DirectoryWalk {
    private let root: HostDirectory
    private let start: BytePath
    private let readsAttributes: Bool
    private let skipsVanished: Bool

    /// - Parameter skipsVanished: what is gone by the time it is looked at is passed over; otherwise it is an error.
    init(
        _ root: HostDirectory, start: BytePath = BytePath(), readsAttributes: Bool, skipsVanished: Bool = false
    ) {
        self.root = root
        self.start = start
        self.readsAttributes = readsAttributes
        self.skipsVanished = skipsVanished
    }

    /// What was found under a name.
    struct Found {
        var path: BytePath
        var info: FileInfo
        /// Of a symbolic link.
        var target: [UInt8] = []
        /// In byte order of their names; empty unless asked for.
        var attributes: [ExtendedAttribute] = []
    }

    /// Something still to do. In byte order `a`, `a.b` and `a/c` come in this order: what is in a directory comes
    /// after names that go on with a byte below the slash. So a directory is two things to do.
    private enum Task {
        case visit(Found)
        case descend(BytePath)
    }

    /// - Parameter visit: is asked for everything; what it answers for a directory says whether to go down.
    func run(_ visit: (Found) throws -> LayerScanner.Decision) throws {
        // The next to do is the last.
        var tasks: [Task] = [.descend(start)]
        var skipped: Set<BytePath> = []
        while let task = tasks.popLast() {
            switch task {
            case .visit(let found):
                if try visit(found) == .skip, found.info.kind == .directory { skipped.insert(found.path) }
            case .descend(let path):
                if !skipped.isEmpty, skipped.remove(path) != nil { continue }
                try list(path, &tasks)
            }
        }
    }

    private func list(_ path: BytePath, _ tasks: inout [Task]) throws {
        let directory: FileDescriptor
        do throws(SystemError) {
            directory = try FileDescriptor.open(
                beneath: root.descriptor, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, links: .refused)
        } catch {
            switch error.errno {
            case ENOENT, ENOTDIR, ELOOP:
                if skipsVanished { return }
                throw LayerError.changed(path: root.show(path))
            default: throw SystemError(error.errno, "open directory", root.show(path))
            }
        }
        var found: [(key: [UInt8], task: Task)] = []
        for name in try Directory.names(directory) {
            guard let child = try look(at: name, in: directory, path.appending(name)) else { continue }
            if child.info.kind == .directory { found.append((name + [UInt8(ascii: "/")], .descend(child.path))) }
            found.append((name, .visit(child)))
        }
        found.sort { PathOrder.precedes($1.key, $0.key) }
        tasks.append(contentsOf: found.lazy.map(\.task))
    }

    /// Nil when it is gone and that does not matter.
    private func look(at name: [UInt8], in directory: FileDescriptor, _ path: BytePath) throws -> Found? {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: name.count + 1) { terminated in
            for (index, byte) in name.enumerated() { terminated[index] = CChar(bitPattern: byte) }
            terminated[name.count] = 0
            let pointer = UnsafePointer(terminated.baseAddress!)
            do {
                var found = Found(path: path, info: try FileInfo.of(pointer, at: directory))
                if found.info.kind == .symlink {
                    found.target = try Directory.linkTarget(pointer, at: directory)
                }
                if readsAttributes {
                    for (name, value) in try ExtendedAttributes.read(pointer, at: directory) {
                        found.attributes.append(ExtendedAttribute(name: name, value: value))
                    }
                }
                return found
            } catch let error as SystemError where error.errno == ENOENT {
                if skipsVanished { return nil }
                throw LayerError.changed(path: root.show(path))
            }
        }
    }
}
