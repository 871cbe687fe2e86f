import Core
import DockerfileLint
import DockerfileSyntax
import Glibc
import HostOS
import Synchronization

/// A build context on disk, read only where a rule asks; no link leads out of it.
final class DirectoryProject: LintProject {
    private let directory: String
    /// The Dockerfile's name, whose own ignore file goes before the context's.
    private let dockerfile: String
    private let root = Mutex<FileDescriptor?>(nil)
    private static let contentLimit = 256 << 10
    private static let nameLimit = 10_000

    init(directory: String, dockerfile: String) {
        self.directory = directory
        self.dockerfile = dockerfile
    }

    /// Whether the context has something there.
    private func has(_ path: String) -> Bool { open(path, O_RDONLY | O_NONBLOCK) != nil }

    func contents(of path: String) -> [UInt8]? {
        guard let file = open(path, O_RDONLY | O_NONBLOCK), (try? file.info())?.kind == .file else { return nil }
        var out: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while out.count < Self.contentLimit {
            guard let count = try? file.read(into: buffer) else { return nil }
            if count == 0 { break }
            out.append(contentsOf: buffer[..<min(count, Self.contentLimit - out.count)])
        }
        return out
    }

    func names(in directory: String) -> [String]? {
        guard let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_NONBLOCK),
            let names = try? Directory.names(descriptor)
        else { return nil }
        return names.prefix(Self.nameLimit).map { String(decoding: $0, as: UTF8.self) }
    }

    var ignoreFile: (name: String, bytes: [UInt8])? {
        for name in [dockerfile + ".dockerignore", ".dockerignore"] {
            if let bytes = contents(of: name) { return (name, bytes) }
        }
        return nil
    }

    private func open(_ path: String, _ flags: Int32) -> FileDescriptor? {
        guard let root = opened() else { return nil }
        return try? FileDescriptor.open(beneath: root, BytePath(cleaning: path), flags)
    }

    private func opened() -> FileDescriptor? {
        root.withLock { root in
            if root == nil { root = try? FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY) }
            return root
        }
    }
}

extension DirectoryProject {
    /// The context of a Dockerfile: the directory that was named; else the Dockerfile's own, unless what it copies is in
    /// the working directory rather than there.
    static func of(_ source: SourceFile, named context: String?) -> DirectoryProject {
        let slash = source.name.lastIndex(of: "/")
        let name = slash.map { String(source.name[source.name.index(after: $0)...]) } ?? source.name
        if let context { return DirectoryProject(directory: context, dockerfile: name) }
        guard let slash else { return DirectoryProject(directory: ".", dockerfile: name) }
        let directory = slash == source.name.startIndex ? "/" : String(source.name[..<slash])
        let beside = DirectoryProject(directory: directory, dockerfile: name)
        guard !source.name.hasPrefix("/") else { return beside }
        let here = DirectoryProject(directory: ".", dockerfile: source.name)
        let sources = copied(Dockerfile.parse(source).dockerfile)
        return sources.count(where: here.has) > sources.count(where: beside.has) ? here : beside
    }

    /// Paths that COPY and ADD take from the context, those without patterns and variables.
    private static func copied(_ dockerfile: Dockerfile) -> [String] {
        dockerfile.commands.flatMap { command -> [String] in
            let transfer: DockerfileSyntax.Transfer
            switch command {
            case .copy(let copy) where copy.from == nil: transfer = copy.transfer
            case .add(let add): transfer = add.transfer
            default: return []
            }
            return transfer.sources.compactMap { source in
                guard case .path(let word) = source, !word.text.isEmpty, word.text != ".", word.text != "./",
                    !word.text.contains(where: { "*?[$:".contains($0) })
                else { return nil }
                return word.text
            }
        }
    }
}
