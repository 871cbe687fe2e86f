import Core
import Glibc
import HostOS
import Projects

/// A project's directory: looked through once, and written to.
struct ProjectFolder: Sendable {
    let path: String
    private let descriptor: FileDescriptor

    /// Beyond these a directory is no project but a disk.
    private static let fileLimit = 20_000
    private static let depthLimit = 16
    private static let textLimit = 1 << 20

    init(_ path: String) throws {
        self.path = path
        do {
            descriptor = try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)
        } catch {
            throw Diagnostic(
                code: "init.directory", "cannot read the directory '\(SafeText.text(path))'", causes: [error.reason],
                hint: "name the directory of a project")
        }
    }

    /// What the directory is called.
    var name: String {
        guard let resolved = realpath(path, nil) else { return "app" }
        defer { free(resolved) }
        return String(cString: resolved).split(separator: "/").last.map(String.init) ?? "app"
    }

    /// All files but those of generated directories. Links are not followed.
    func tree() throws -> ProjectTree {
        var paths: [String] = []
        var passedOver: [String] = []
        var pending: [(prefix: String, directory: FileDescriptor, depth: Int)] = [("", descriptor, 0)]
        while let (prefix, directory, depth) = pending.popLast() {
            for bytes in try Directory.names(directory) {
                guard let name = String(validating: bytes, as: UTF8.self),
                    let info = try? FileInfo.of(name, at: directory)
                else { continue }
                if info.kind == .file {
                    paths.append(prefix + name)
                } else if info.kind == .directory {
                    if ProjectTree.generated.contains(name) {
                        passedOver.append(prefix + name)
                    } else if depth < Self.depthLimit,
                        let below = try? FileDescriptor.open(at: directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
                    {
                        pending.append((prefix + name + "/", below, depth + 1))
                    }
                }
                guard paths.count <= Self.fileLimit else {
                    throw Diagnostic(
                        code: "init.too-large", "'\(SafeText.text(path))' has more than \(Self.fileLimit) files",
                        hint: "name the directory of one project")
                }
            }
        }
        let root = descriptor
        return ProjectTree(paths: paths, passedOver: passedOver) { Self.text($0, in: root) }
    }

    private static func text(_ path: String, in root: FileDescriptor) -> String? {
        guard
            let file = try? FileDescriptor.open(
                beneath: root, BytePath(cleaning: path), O_RDONLY | O_NONBLOCK, links: .refused),
            let info = try? file.info(), info.kind == .file, info.size <= textLimit,
            let bytes = try? WholeFile.read(file, limit: textLimit), !bytes.contains(0)
        else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.utf8.contains(0x0d) ? text.replacing("\r\n", with: "\n") : text
    }

    /// A file of the project as it is; nil when nothing is there.
    /// - Throws: when something is there that is no file of the project, such as a link.
    func read(_ name: String) throws -> [UInt8]? {
        do throws(SystemError) {
            let file = try FileDescriptor.open(
                beneath: descriptor, BytePath(cleaning: name), O_RDONLY | O_NONBLOCK, links: .refused)
            guard try file.info().kind == .file else { throw SystemError(EISDIR, "read", name) }
            return try WholeFile.read(file, limit: 16 << 20, name: name)
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
            throw Diagnostic(
                code: "init.read", "cannot read '\(name)'",
                causes: [error.errno == ELOOP ? "it is a symbolic link" : error.reason],
                hint: "nothing was written; move it away")
        }
    }

    func write(_ file: WrittenFile) throws {
        let target = path.hasSuffix("/") ? path + file.path : path + "/" + file.path
        if let slash = target.lastIndex(of: "/") { try Directory.create(String(target[..<slash])) }
        try AtomicFile.write(Array(file.text.utf8), to: target)
    }
}
