package import ContentStore
import Core
package import HostOS
package import Layers

/// Gives files their digests: remembered ones by stamp, the others by reading, on all cores.
package struct FileDigests: Sendable {
    private let store: Store

    package init(_ store: Store) { self.store = store }

    /// The same entries with the digest of every file on disk known.
    package func resolve(_ contents: LayerContents, observed: FileTime) async throws -> LayerContents {
        var indices: [Int] = []
        var stamps: [FileStamp] = []
        for (index, entry) in contents.entries.enumerated() {
            guard case .file(let file) = entry.content, file.digest == nil else { continue }
            indices.append(index)
            stamps.append(FileStamp(file.info))
        }
        guard !indices.isEmpty else { return contents }
        let (store, asked) = (store, stamps)
        var digests = try await BlockingPool.compute.run { try store.fileDigests(asked) }
        let missing = digests.indices.filter { digests[$0] == nil }
        if !missing.isEmpty {
            let files = missing.map { contents.entries[indices[$0]].content }
            let computed = try await Self.digests(of: files)
            var learned: [(stamp: FileStamp, digest: Digest)] = []
            for (place, digest) in zip(missing, computed) {
                digests[place] = digest
                learned.append((stamps[place], digest))
            }
            let items = learned
            _ = try await BlockingPool.compute.run { try store.recordFileDigests(items, observed: observed) }
        }
        var entries = contents.entries
        for (place, index) in indices.enumerated() {
            if case .file(let file) = entries[index].content, let digest = digests[place] {
                entries[index].content = .file(file.withDigest(digest))
            }
        }
        return LayerContents(entries)
    }

    /// Reads files in as many parts as there are cores; small parts keep both busy to the end.
    private static func digests(of files: [FileContent]) async throws -> [Digest] {
        let size = max(16, files.count / (BlockingPool.processorCount * 8))
        return try await withThrowingTaskGroup(of: (Int, [Digest]).self) { group in
            for start in stride(from: 0, to: files.count, by: size) {
                let part = Array(files[start..<min(start + size, files.count)])
                group.addTask {
                    (start, try await BlockingPool.compute.run { try part.map { try $0.digest() } })
                }
            }
            var parts: [Int: [Digest]] = [:]
            for try await (start, digests) in group { parts[start] = digests }
            return parts.sorted { $0.key < $1.key }.flatMap(\.value)
        }
    }
}
