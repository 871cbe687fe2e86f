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

    /// The repository that the directory is a part of and not the root: its path from here, `..` or above; nil for a root,
    /// and where there is none.
    var repositoryAbove: String? {
        func isRoot(_ path: String) -> Bool {
            guard let kind = (try? FileInfo.of(path + "/.git"))??.kind else { return false }
            return kind == .file || (kind == .directory && access(path + "/.git/HEAD", F_OK) == 0)
        }
        guard !isRoot(path), let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        var parts = String(cString: resolved).split(separator: "/")
        var steps: [String] = []
        while !parts.isEmpty {
            parts.removeLast()
            steps.append("..")
            if isRoot(parts.map { "/" + $0 }.joined()) { return steps.joined(separator: "/") }
        }
        return nil
    }

    /// All files but those of generated directories. Links are not followed.
    func tree() throws -> ProjectTree {
        var paths: [String] = []
        var passedOver: [String] = []
        var links: [String] = []
        var pending: [(prefix: String, directory: FileDescriptor, depth: Int)] = [("", descriptor, 0)]
        while let (prefix, directory, depth) = pending.popLast() {
            for bytes in try Directory.names(directory) {
                guard let name = String(validating: bytes, as: UTF8.self),
                    let info = try? FileInfo.of(name, at: directory)
                else { continue }
                if info.kind == .file {
                    paths.append(prefix + name)
                } else if info.kind == .symlink {
                    if prefix.isEmpty { links.append(name) }
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
        return ProjectTree(paths: paths, passedOver: passedOver, links: links) { text($0) }
    }

    /// The text of a small file; nil when it can't be read or is none.
    func text(_ path: String) -> String? {
        guard
            let file = try? FileDescriptor.open(
                beneath: descriptor, BytePath(cleaning: path), O_RDONLY | O_NONBLOCK, links: .refused),
            let info = try? file.info(), info.kind == .file, info.size <= Self.textLimit,
            let bytes = try? WholeFile.read(file, limit: Self.textLimit), !bytes.contains(0)
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
            if error.errno == ENOENT { return nil }
            // A file where a directory of ours would be is found before anything is written.
            let isLink = (try? FileInfo.of(path + "/" + name))??.kind == .symlink
            let reason =
                switch error.errno {
                case ELOOP: isLink ? "it is a symbolic link" : "a directory of its path is a symbolic link"
                case ENOTDIR: "a part of its path is a file"
                default: error.reason
                }
            throw Diagnostic(
                code: "init.read", "cannot read '\(name)'", causes: [reason],
                hint: "nothing was written; move it away")
        }
    }

    /// Writes all files or none: they get their names when the last of them is there in full.
    func write(_ files: [WrittenFile]) throws {
        let signals = HeldSignals()
        defer { signals.release() }
        var made: [String] = []
        do throws(SystemError) {
            var unfinished: [AtomicFile] = []
            for file in files {
                try makeDirectories(of: file.path, &made)
                let new = try AtomicFile(path + "/" + file.path)
                try new.descriptor.write(Array(file.text.utf8))
                unfinished.append(new)
            }
            for file in unfinished { try file.publish() }
        } catch {
            for directory in made.reversed() { rmdir(path + "/" + directory) }
            throw Diagnostic(
                code: "init.write", "the files can't be written to '\(SafeText.text(path))'",
                causes: [Diagnostic(explaining: error).message],
                hint: error.errno == ENOSPC ? "make room" : "see to it that you may write there")
        }
    }

    private func makeDirectories(of file: String, _ made: inout [String]) throws(SystemError) {
        var directory = ""
        for part in file.split(separator: "/").dropLast() {
            directory += (directory.isEmpty ? "" : "/") + part
            if try FileInfo.of(path + "/" + directory) == nil {
                try Directory.create(path + "/" + directory)
                made.append(directory)
            }
        }
    }
}

/// Keeps signals from ending the process for the moment in which files get their names. All threads ignore them, as any
/// of them may be the one that gets a signal.
private struct HeldSignals {
    private let before: [(signal: Int32, action: sigaction)]

    init() {
        var ignore = sigaction()
        ignore.__sigaction_handler.sa_handler = SIG_IGN
        before = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].map { signal in
            var old = sigaction()
            sigaction(signal, &ignore, &old)
            return (signal, old)
        }
    }

    func release() {
        for (signal, action) in before {
            var action = action
            sigaction(signal, &action, nil)
        }
    }
}
