import Core
import DockerfileLint
import DockerfileSyntax

/// A build context on disk, read only where a rule asks; no link leads out of it.
struct DirectoryProject: LintProject {
    private let context: ContextDirectory
    /// The Dockerfile's name, whose own ignore file goes before the context's.
    private let dockerfile: String

    init(_ context: ContextDirectory, dockerfile: String) {
        self.context = context
        self.dockerfile = dockerfile
    }

    init(directory: String, dockerfile: String) {
        self.init(ContextDirectory(directory), dockerfile: dockerfile)
    }

    func contents(of path: String) -> [UInt8]? { context.contents(of: path) }

    func names(in directory: String) -> [String]? { context.names(in: directory) }

    var ignoreFile: (name: String, bytes: [UInt8])? {
        for name in [dockerfile + ".dockerignore", ".dockerignore"] {
            if let bytes = contents(of: name) { return (name, bytes) }
        }
        return nil
    }

    func remembered<Value: Sendable>(_ key: String, _ make: () -> Value) -> Value { context.remembered(key, make) }
}

extension DirectoryProject {
    /// The context of a Dockerfile: the directory that was named; else the Dockerfile's own, unless what it copies is in
    /// the working directory rather than there.
    static func of(_ source: SourceFile, named context: String?, in contexts: ContextDirectories) -> DirectoryProject {
        let slash = source.name.lastIndex(of: "/")
        let name = slash.map { String(source.name[source.name.index(after: $0)...]) } ?? source.name
        if let context { return DirectoryProject(contexts[context], dockerfile: name) }
        guard let slash else { return DirectoryProject(contexts["."], dockerfile: name) }
        let directory = slash == source.name.startIndex ? "/" : String(source.name[..<slash])
        let beside = contexts[directory]
        guard !source.name.hasPrefix("/") else { return DirectoryProject(beside, dockerfile: name) }
        let here = contexts["."]
        let sources = copied(Dockerfile.parse(source).dockerfile)
        return sources.count(where: here.has) > sources.count(where: beside.has)
            ? DirectoryProject(here, dockerfile: source.name) : DirectoryProject(beside, dockerfile: name)
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
