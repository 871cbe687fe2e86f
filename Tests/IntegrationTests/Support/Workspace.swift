import Archive
import Core
import FoundationEssentials
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

/// A home, a build context and room for results, for one test.
final class Workspace: Sendable {
    let place: TemporaryDirectory

    let home: String
    var context: String { place.path("context") }

    /// - Parameter home: one that tests share; by default a home of its own.
    init(_ name: String = "integration", home: String? = nil) throws {
        place = try TemporaryDirectory(name)
        self.home = home ?? place.path("home")
        try place.directory("context")
    }

    deinit {
        // Unpacked layers hold directories that their modes close to all but root; nothing is mounted in them.
        if home.hasPrefix(place.path + "/") { try? Directory.removeTree(home) }
    }

    /// Writes a file of the context.
    func file(_ name: String, _ text: String = "", mode: UInt32 = 0o644) throws {
        try place.file("context/" + name, text, mode: mode)
    }

    func file(_ name: String, _ bytes: [UInt8]) throws { try place.file("context/" + name, bytes) }

    // MARK: - Running

    func run(
        _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [],
        timeout: Duration = .seconds(120)
    ) throws -> Program.Outcome {
        try Program.run(
            arguments, environment: ["SAMPAN_HOME": home].merging(environment) { $1 }, input: input,
            directory: place.path, timeout: timeout)
    }

    func run(_ arguments: String...) throws -> Program.Outcome { try run(arguments) }

    /// Runs it and requires exit code 0.
    @discardableResult
    func succeed(
        _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [],
        _ location: SourceLocation = #_sourceLocation
    ) throws -> Program.Outcome {
        let outcome = try run(arguments, environment: environment, input: input)
        try #require(outcome.code == 0, "\(arguments): \(outcome)", sourceLocation: location)
        return outcome
    }

    /// Builds the context and gives what it said.
    func build(
        _ dockerfile: String, _ arguments: [String] = [], environment: [String: String] = [:],
        timeout: Duration = .seconds(120)
    ) throws -> Program.Outcome {
        try file("Dockerfile", dockerfile)
        return try run(["build"] + arguments + [context], environment: environment, timeout: timeout)
    }

    /// Builds the context, requires success and gives the digest.
    @discardableResult
    func image(
        _ dockerfile: String, _ arguments: [String] = [], environment: [String: String] = [:],
        _ location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let outcome = try build(dockerfile, arguments, environment: environment)
        try #require(outcome.code == 0, "\(outcome)", sourceLocation: location)
        return outcome.result
    }

    /// Makes the image `base` of a static shell and its tools.
    @discardableResult
    func importBase(_ name: String = "base") throws -> String {
        try succeed(["import", BaseRoot.archive(), name]).result
    }

    // MARK: - Results

    /// The file system of an image of the store, by path.
    func files(_ image: String) throws -> [String: FileFact] {
        let archive = place.path("files-\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).tar")
        try succeed(["export", "-o", "type=tar,dest=\(archive)", image])
        defer { unlink(archive) }
        return try FileFact.read(archive)
    }

    /// An image of the store with its config and layers.
    func inspect(_ image: String) throws -> ImageFacts {
        let layout = place.path("layout-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))")
        try succeed(["export", "-o", "type=oci,dest=\(layout)", image])
        defer { try? Directory.removeTree(layout) }
        return try ImageFacts(layout: layout)
    }
}

/// A root file system of busybox, made once for all tests of the process.
enum BaseRoot {
    private static let place: Result<TemporaryDirectory, any Error> = Result {
        let made = try make()
        // It lives as long as the process, and no longer.
        atexit { BaseRoot.remove() }
        return made
    }

    private static func remove() {
        if case .success(let made) = place { try? Directory.removeTree(made.path) }
    }

    static func archive() throws -> String { try place.get().path("root.tar") }

    private static func make() throws -> TemporaryDirectory {
        let place = try TemporaryDirectory("base")
        var root: [(TarHeader, [UInt8])] = []
        func add(_ name: String, _ kind: TarHeader.Kind, _ mode: UInt32, _ bytes: [UInt8] = [], link: String = "") {
            root.append(
                (
                    TarHeader(
                        name: Array(name.utf8), kind: kind, linkName: Array(link.utf8), mode: mode,
                        size: Int64(bytes.count)), bytes
                ))
        }
        for name in ["bin", "etc", "root"] { add(name, .directory, 0o755) }
        add("tmp", .directory, 0o1777)
        add("bin/busybox", .file, 0o755, try WholeFile.read("/bin/busybox"))
        for name in try Shell.run("/bin/busybox --list").split(separator: "\n") where name != "busybox" {
            add("bin/\(name)", .symlink, 0o777, link: "busybox")
        }
        let passwd = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n"
        add("etc/passwd", .file, 0o644, Array(passwd.utf8))
        add("etc/group", .file, 0o644, Array("root:x:0:\napp:x:1001:\nextra:x:77:app\n".utf8))
        try place.file("root.tar", try TarFile.bytes(root))
        return place
    }
}

/// Tar archives for tests.
enum TarFile {
    static func bytes(_ members: [(TarHeader, [UInt8])]) throws -> [UInt8] {
        var out: [UInt8] = []
        for (header, content) in members {
            try TarWriter.append(header, to: &out)
            out += content
            out += [UInt8](repeating: 0, count: TarWriter.padding(after: Int64(content.count)))
        }
        return out + TarWriter.end
    }

    static func file(_ name: String, _ text: String, mode: UInt32 = 0o644) -> (TarHeader, [UInt8]) {
        (
            TarHeader(name: Array(name.utf8), kind: .file, mode: mode, size: Int64(text.utf8.count)),
            Array(text.utf8)
        )
    }

    static func link(_ name: String, _ kind: TarHeader.Kind, to target: String) -> (TarHeader, [UInt8]) {
        (TarHeader(name: Array(name.utf8), kind: kind, linkName: Array(target.utf8), mode: 0o777), [])
    }

    static func directory(_ name: String) -> (TarHeader, [UInt8]) {
        (TarHeader(name: Array(name.utf8), kind: .directory, mode: 0o755), [])
    }
}

extension Workspace {
    /// The files of the home whose name or bytes contain a text, compressed ones unpacked.
    func homeFiles(containing text: String) throws -> [String] {
        let needle = Array(text.utf8)
        return try Tree.files(home).filter { path in
            let bytes = try WholeFile.read(path, limit: 1 << 30)
            if path.contains(text) || bytes.firstRange(of: needle) != nil { return true }
            guard bytes.starts(with: [0x1f, 0x8b]) else { return false }
            return try Compression.open(BytesSource(bytes)).source.readAll(limit: 1 << 30).firstRange(of: needle) != nil
        }
    }
}

/// Directories of the host.
enum Tree {
    /// All files that are neither directories nor links, by path.
    static func files(_ directory: String) throws -> [String] {
        var out: [String] = []
        for name in try Directory.names(FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY)) {
            let path = directory + "/" + String(decoding: name, as: UTF8.self)
            switch try FileInfo.of(path)?.kind {
            case .directory: out += try files(path)
            case .file: out.append(path)
            default: break
            }
        }
        return out
    }

    /// Apparent sizes added up, each inode once, by another way than the program's own.
    static func size(_ directory: String) throws -> Int64 {
        try #require(Int64(try Shell.run("du -sb '\(directory)' | cut -f1").dropLast()))
    }
}

extension Workspace {
    /// What `cache du` accounts for, in bytes.
    func usage() throws -> Int64 {
        struct Row: Decodable {
            var bytes: Int64
        }
        let text = try succeed(["cache", "du", "--format", "json"]).output
        return try JSONDecoder().decode([Row].self, from: Data(text.utf8)).reduce(0) { $0 + $1.bytes }
    }
}
