import Archive
import BuildGraph
import ContentStore
import Core
import DockerfileSyntax
import Glibc
import HostOS
import Layers

/// The Dockerfile and the place of the context, read as far as they must be before the build begins.
struct BuildInput {
    enum Place {
        case directory(String)
        /// A file with a tar archive.
        case archive(FileDescriptor)
        /// A git or archive URL that has not been fetched yet.
        case remote(String)
        /// The files themselves.
        case files(LayerContents)
    }

    var dockerfile: SourceFile
    var place: Place
    private var ignorePaths: [String]
    /// The Dockerfile inside a remote context; nil when it came from elsewhere.
    private var wantedName: String?
    /// What came by standard input, to be read again after a re-execution.
    private var standardInput: FileDescriptor?

    private static let dockerfileLimit = 32 << 20

    static func read(context: String, dockerfile: String?) throws -> BuildInput {
        var input = BuildInput(
            dockerfile: SourceFile(name: "Dockerfile", text: ""), place: .files(.empty), ignorePaths: [],
            standardInput: nil)
        if context == "-" {
            guard dockerfile != "-" else {
                throw Diagnostic(
                    code: "context.stdin", "standard input cannot be both the context and the Dockerfile", exitCode: 64)
            }
            try input.readStandardContext(dockerfile)
            return input
        }
        if dockerfile == "-" {
            let file = try spool()
            input.standardInput = file
            input.dockerfile = SourceFile(name: "<stdin>", bytes: try WholeFile.read(file, limit: dockerfileLimit))
        }
        if RemoteFetcher.isGit(context) || context.hasPrefix("http://") || context.hasPrefix("https://") {
            input.place = .remote(context)
            input.wantedName = dockerfile == "-" ? nil : dockerfile ?? "Dockerfile"
            return input
        }
        guard let info = try FileInfo.of(context, followLinks: true) else {
            throw Diagnostic(code: "context.missing", "there is no context directory '\(context)'")
        }
        guard info.kind == .directory else {
            throw Diagnostic(
                code: "context.not-directory", "the context '\(context)' is not a directory",
                hint: "give the directory that holds the files, and the Dockerfile with --file")
        }
        input.place = .directory(context)
        if dockerfile != "-" {
            let path = dockerfile ?? context + "/Dockerfile"
            input.dockerfile = try readDockerfile(path, given: dockerfile != nil, context: context)
            input.ignorePaths = [path + ".dockerignore"]
        }
        input.ignorePaths.append(context + "/.dockerignore")
        return input
    }

    private static func readDockerfile(_ path: String, given: Bool, context: String) throws -> SourceFile {
        do {
            return SourceFile(name: path, bytes: try WholeFile.read(path, limit: dockerfileLimit))
        } catch {
            var hint: String? = given ? nil : "name another file with --file"
            if !given, let names = try? Directory.names(FileDescriptor.open(context, O_RDONLY | O_DIRECTORY)) {
                let texts = names.map { String(decoding: $0, as: UTF8.self) }
                if let near = texts.first(where: {
                    $0.lowercased().contains("dockerfile") || $0.lowercased().contains("containerfile")
                }) {
                    hint = "there is '\(near)': sampan build --file \(context)/\(near) \(context)"
                }
            }
            throw Diagnostic(code: "dockerfile.read", "cannot read '\(path)'", causes: [error.reason], hint: hint)
        }
    }

    /// Standard input as a file that can be read again: itself when it is one, else a copy without a name.
    private static func spool() throws -> FileDescriptor {
        let copy = FileDescriptor(owning: try check("read standard input") { dup(0) })
        if try copy.info().kind == .file { return copy }
        let place = Console.environment("TMPDIR") ?? "/tmp"
        let file = try FileDescriptor.open(place, O_RDWR | 0o20200000)
        try file.copyContents(of: copy)
        lseek(file.raw, 0, SEEK_SET)
        return file
    }

    /// A context on standard input: a tar archive, or a Dockerfile alone.
    private mutating func readStandardContext(_ name: String?) throws {
        let file = try Self.spool()
        standardInput = file
        let start = lseek(file.raw, 0, SEEK_CUR)
        var block = [UInt8](repeating: 0, count: 512)
        let count = try block.withUnsafeMutableBytes { try file.read(into: $0, at: Int64(start)) }
        let isCompressed = block.withUnsafeBytes {
            Compression.detect(UnsafeRawBufferPointer(rebasing: $0[..<count])) != .none
        }
        let isTar = count == 512 && block.withUnsafeBytes { TarReader.looksLikeTar($0) }
        guard isTar || isCompressed else {
            dockerfile = SourceFile(name: "<stdin>", bytes: try WholeFile.read(file, limit: Self.dockerfileLimit))
            return
        }
        place = .archive(file)
        let wanted = BytePath(cleaning: name ?? "Dockerfile")
        guard let bytes = try Self.file(wanted, in: file, at: start) else {
            throw Diagnostic(
                code: "dockerfile.read", "the archive on standard input has no '\(wanted)'",
                hint: "name the Dockerfile inside the archive with --file")
        }
        dockerfile = SourceFile(name: wanted.description, bytes: bytes)
        ignorePaths = [wanted.description + ".dockerignore", ".dockerignore"]
    }

    private static func file(_ path: BytePath, in archive: FileDescriptor, at start: off_t) throws -> [UInt8]? {
        lseek(archive.raw, start, SEEK_SET)
        defer { lseek(archive.raw, start, SEEK_SET) }
        let reader = TarReader(try Compression.open(DescriptorSource(archive)).source)
        while let header = try reader.next() {
            guard header.kind == .file, try header.checkedPath() == path, header.size <= dockerfileLimit else {
                continue
            }
            var out = [UInt8](repeating: 0, count: Int(header.size))
            var done = 0
            while done < out.count {
                let count = try out.withUnsafeMutableBytes {
                    try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[done...]))
                }
                if count == 0 { break }
                done += count
            }
            return out
        }
        return nil
    }

    /// Puts what was read from standard input there again, for the process that takes over.
    func rewindForReexecution() throws {
        guard let standardInput else { return }
        lseek(standardInput.raw, 0, SEEK_SET)
        try check("pass on standard input") { dup2(standardInput.raw, 0) }
    }

    static func ignoreFile(_ path: String) throws -> IgnoreMatcher? {
        guard try FileInfo.of(path, followLinks: true)?.kind == .file else { return nil }
        return try IgnoreMatcher(
            patternsText: String(decoding: try WholeFile.read(path, limit: 4 << 20), as: UTF8.self))
    }

    func context(store: Store, digests: FileDigests) async throws -> any ContextSource {
        switch place {
        case .files(let contents): return FixedContext(try Self.filtered(contents, ignorePaths))
        case .remote: return FixedContext(.empty)
        case .directory(let path):
            for candidate in ignorePaths {
                if let ignore = try Self.ignoreFile(candidate) {
                    return DirectoryContext(path: path, ignore: ignore, digests: digests)
                }
            }
            return DirectoryContext(path: path, ignore: nil, digests: digests)
        case .archive(let file):
            let ignorePaths = ignorePaths
            return try await BlockingPool.compute.run { try Self.archiveContext(file, ignorePaths, store) }
        }
    }

    /// Whether a fetched context has a file that says what is left out of it.
    func hasFetchedIgnoreFile() throws -> Bool {
        guard case .files(let contents) = place else { return false }
        let tree = StackTree([ListedLayer(contents)])
        return try ignorePaths.contains { try tree.readFile(BytePath(cleaning: $0)) != nil }
    }

    var isRemote: Bool {
        if case .remote = place { true } else { false }
    }

    /// Fetches a remote context and reads the Dockerfile in it. A URL that is no archive is the Dockerfile itself.
    mutating func fetch(_ remote: RemoteFetcher, _ store: Store) async throws {
        guard case .remote(let url) = place else { return }
        var contents: LayerContents
        if let checkout = try await remote.checkout(url, keepGitDir: false, checksum: nil, span: nil) {
            contents = checkout
        } else {
            let entry = try await remote.download(url, checksum: nil, span: nil) { _, _ in }
            if let archive = try LayerArchiveOpener(store: store).open(entry) {
                contents = archive
            } else {
                contents = .empty
                let tree = StackTree([ListedLayer(LayerContents([entry]))])
                if wantedName == "Dockerfile", let bytes = try tree.readFile(entry.path, limit: Self.dockerfileLimit) {
                    dockerfile = SourceFile(name: Redaction.url(url), bytes: bytes)
                    wantedName = nil
                }
            }
        }
        place = .files(contents)
        guard let wantedName else { return }
        let path = BytePath(cleaning: wantedName)
        guard let bytes = try StackTree([ListedLayer(contents)]).readFile(path, limit: Self.dockerfileLimit) else {
            throw Diagnostic(
                code: "dockerfile.read", "'\(Redaction.url(url))' has no '\(path)'",
                hint: "name the Dockerfile inside it with --file")
        }
        dockerfile = SourceFile(name: path.description, bytes: bytes)
        ignorePaths = [path.description + ".dockerignore", ".dockerignore"]
    }

    /// Leaves out what the first ignore file found says, and gives the rest to root.
    private static func filtered(_ contents: LayerContents, _ ignorePaths: [String]) throws -> LayerContents {
        let tree = StackTree([ListedLayer(contents)])
        var ignore: IgnoreMatcher?
        for candidate in ignorePaths where ignore == nil {
            ignore = try tree.readFile(BytePath(cleaning: candidate)).map {
                try IgnoreMatcher(patternsText: String(decoding: $0, as: UTF8.self))
            }
        }
        return LayerContents(
            contents.entries.filter { !(ignore?.excludes($0.path) ?? false) }.map { entry in
                var entry = entry
                (entry.uid, entry.gid) = (0, 0)
                return entry
            })
    }

    private static func archiveContext(_ file: FileDescriptor, _ ignorePaths: [String], _ store: Store) throws
        -> FixedContext
    {
        let tar = try store.scratchFile()
        let contents = try TarIndexer.index(DescriptorSource(file), into: tar, expecting: nil).contents
        return FixedContext(try filtered(contents, ignorePaths))
    }
}
