import Archive
import CacheMounts
import ContentStore
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport

/// A store and a cache mount's directory, removed at the end of the test.
final class Bench {
    let place: TemporaryDirectory
    let store: Store
    let cache: String

    init() throws {
        place = try TemporaryDirectory("mounts")
        store = try Store.open(StoreLocation(home: place.path("home")))
        cache = try place.directory("cache")
    }

    deinit { store.close() }

    var archive: CacheMountArchive { CacheMountArchive(store: store, threads: 2) }

    func file(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
        try place.file("cache/" + name, text, mode: mode)
    }

    /// Bytes that hardly compress, the same for the same seed.
    func random(_ name: String, count: Int, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        try place.file("cache/" + name, generator.bytes(count))
    }

    /// - Parameter directory: that of the bench when not given.
    func snapshot(_ directory: String? = nil, after previous: CacheMountSnapshot? = nil) throws -> CacheMountSnapshot {
        try archive.snapshot(directory ?? cache, previous: previous.map { CacheMountArchive.Previous($0.index) })
    }

    func restore(_ index: CacheMountIndex, into name: String = "out") throws -> String {
        let path = try place.directory(name)
        try archive.restore(index, into: path)
        return path
    }

    /// What find(1) says of everything in a directory.
    static func listing(_ path: String) throws -> String {
        try Shell.run("cd '\(path)' && find . -printf '%P %y %m %U %G %T@ %l\\n' | LC_ALL=C sort")
    }

    /// A pack with the members of a hand-made tar.
    func pack(_ members: [(header: TarHeader, content: [UInt8])], compressed: Bool = true) throws
        -> CacheMountIndex.Pack
    {
        var tar: [UInt8] = []
        for member in members {
            try TarWriter.append(member.header, to: &tar)
            tar += member.content
            tar += [UInt8](repeating: 0, count: TarWriter.padding(after: Int64(member.content.count)))
        }
        return try pack(tar: tar + TarWriter.end, compressed: compressed)
    }

    func pack(tar: [UInt8], compressed: Bool = true) throws -> CacheMountIndex.Pack {
        let blob =
            compressed ? try tar.withUnsafeBytes { try MemberCompressor(.zstd(level: 3)).compress($0) } : tar
        let digest = try store.putBlob(blob)
        return .init(digest: digest, size: Int64(blob.count), unpackedSize: Int64(tar.count))
    }
}

let plain = CacheMountIndex.Metadata(mode: 0o644, modified: FileTime(seconds: 1_700_000_000, nanoseconds: 5))
let folder = CacheMountIndex.Metadata(mode: 0o755, modified: FileTime(seconds: 1_700_000_000))

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The error that a piece of work ends with.
func failure(_ work: () throws -> Void) -> CacheMountError? {
    do {
        try work()
        return nil
    } catch {
        return error as? CacheMountError
    }
}

/// The member of a pack that holds some bytes.
func member(_ content: [UInt8]) -> (header: TarHeader, content: [UInt8]) {
    (TarHeader(name: bytes(SHA256.digest(of: content).hex), kind: .file, size: Int64(content.count)), content)
}
