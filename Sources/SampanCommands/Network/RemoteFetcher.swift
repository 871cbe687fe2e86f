import Archive
import BuildGraph
import ContentStore
package import Core
import FoundationEssentials
import Glibc
import HTTPTransport
import HostOS
package import Layers

/// Fetches what ADD and contexts name by URL.
package struct RemoteFetcher: RemoteSource {
    private let store: Store
    private let network: NetworkAccess
    /// Gets to know what was fetched.
    private let materials: MaterialRecorder

    /// The largest file that is downloaded, in bytes.
    private static let limit = 16 << 30

    init(store: Store, network: NetworkAccess, materials: MaterialRecorder = MaterialRecorder()) {
        self.store = store
        self.network = network
        self.materials = materials
    }

    /// What is remembered of a download, to ask the server whether it changed.
    private struct Remembered: Codable {
        var digest: Digest
        var size: Int64
        var etag: String?
        var name: String
    }

    package func download(
        _ url: String, checksum: Digest?, span: SourceSpan?, progress: @Sendable @escaping (Int64, Int64?) -> Void
    ) async throws -> Entry {
        let known = try await fetch(url, checksum: checksum, span: span, progress: progress)
        materials.add(Material(download: url, content: known.digest))
        return try entry(known)
    }

    private func fetch(
        _ url: String, checksum: Digest?, span: SourceSpan?, progress: @Sendable @escaping (Int64, Int64?) -> Void
    ) async throws -> Remembered {
        let location = try HTTPURL(parsing: url)
        var hash = KeyHasher("download/1")
        hash.add(url)
        let key = hash.finalize()
        let store = store
        let known = try await BlockingPool.waiting.run { () -> Remembered? in
            guard let record = try store.lookupStep(key) else { return nil }
            guard let known = try? JSONDecoder().decode(Remembered.self, from: Data(record.result)),
                try store.containsBlob(known.digest)
            else { return nil }
            return known
        }
        // With a checksum the content is known to be right without asking anyone.
        if let known, let checksum, known.digest == checksum { return known }
        let writer = try await BlockingPool.waiting.run { try store.makeBlobWriter() }
        let found = try await network.transport().download(location, limit: Self.limit, etag: known?.etag) { chunk in
            try writer.write(chunk)
            progress(writer.count, nil)
        }
        guard let found else {
            writer.discard()
            if let known { return known }
            throw Diagnostic(
                code: "add.download",
                "the server says that '\(location.redacted)' has not changed, but no copy is here", at: span)
        }
        let digest = writer.hash.finalize()
        if let checksum, checksum != digest {
            writer.discard()
            throw Diagnostic(
                code: "add.checksum", "'\(location.redacted)' is not what --checksum says", at: span,
                causes: ["expected \(checksum)", "got      \(digest)"],
                hint: "find out why the file changed before the checksum is changed")
        }
        let name = found.fileName ?? location.fileName
        guard let name, !name.isEmpty else {
            throw Diagnostic(
                code: "add.name", "'\(location.redacted)' does not tell a file name", at: span,
                hint: "end the URL with a name, or let the server send Content-Disposition")
        }
        let remembered = Remembered(digest: digest, size: writer.count, etag: found.etag, name: name)
        try await BlockingPool.waiting.run {
            _ = try writer.commit(expected: digest)
            try store.recordStep(
                .init(
                    key: key, shape: key, description: "download \(location.redacted)",
                    result: Array(JSONEncoder().encode(remembered)), layers: [], blobs: [digest]))
        }
        return remembered
    }

    /// A file as BuildKit gives downloads: readable and writable by root alone.
    private func entry(_ known: Remembered) throws -> Entry {
        let path = store.blobPath(known.digest)
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let root = try HostDirectory.open(String(path[..<slash]))
        let name = BytePath(cleaning: String(path[path.index(after: slash)...]))
        guard let info = try FileInfo.of(path) else { throw ContentStoreError.blobMissing(known.digest) }
        let file = HostFile(root: root, path: name, info: info, digest: known.digest)
        return Entry(
            BytePath(normalized: Array(known.name.utf8)), .file, mode: 0o600, size: info.size,
            content: info.size == 0 ? .empty : .file(file))
    }

    package func checkout(_ url: String, keepGitDir: Bool, checksum: String?, span: SourceSpan?) async throws
        -> LayerContents?
    {
        guard let source = GitSource(parsing: url) else { return nil }
        let store = store
        let (files, commit) = try await BlockingPool.waiting.run {
            do {
                let directory = try store.session().makeDirectory("git")
                return try source.checkout(into: directory, keepGitDir: keepGitDir, checksum: checksum)
            } catch {
                throw Diagnostic(explaining: error).within(span)
            }
        }
        materials.add(Material(git: url, commit: commit))
        return files
    }

    static func isGit(_ text: String) -> Bool { GitSource(parsing: text) != nil }
}
