internal import ContentStore
internal import Core
internal import Glibc
internal import HostOS
internal import Layers

extension CacheMountArchive {
    /// Fills an empty directory with what an index describes; the packs are in the store.
    ///
    /// Nothing is ever made outside of the directory, whatever index and packs say; contents are compared with their
    /// digests. Modes and times are kept to the bit, owners as far as this process may give files away. After an error
    /// the directory holds rubbish: ``clear(_:)`` empties it.
    /// - Parameter progress: bytes of packs read so far, added up by the caller; called on several threads.
    package func restore(
        _ index: CacheMountIndex, into directory: String, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) throws {
        try index.check(limits)
        let root = try HostDirectory.open(directory)
        guard try Directory.names(root.descriptor).isEmpty else { throw CacheMountError.notEmpty(path: directory) }
        let tree = CacheTree(root)
        try tree.makeDirectories(index)
        let plan = RestorePlan(index)
        try Parallel.forEach(index.packs.count, threads: threads) { number in
            let reader = try PackReader(index, pack: number, store)
            try reader.forEachContent { content, source in
                try checkCancelled()
                try tree.makeFiles(plan.files(of: content).map { index.entries[$0] }, from: source)
            }
            progress(index.packs[number].size)
        }
        try tree.finish(index)
        try remember(index, in: root)
    }

    /// Tells the store what the files hold, so that the next snapshot need not read them.
    private func remember(_ index: CacheMountIndex, in root: HostDirectory) throws {
        var digests: [BytePath: Digest] = [:]
        for entry in index.entries {
            if case .file(let content?) = entry.kind { digests[entry.path] = index.contents[content].digest }
        }
        var items: [(stamp: FileStamp, digest: Digest)] = []
        for entry in try LayerScanner.scanLayer(root, overlay: .none).entries {
            guard case .file(let file) = entry.content, let digest = digests[entry.path] else { continue }
            items.append((FileStamp(file.info), digest))
        }
        // Nobody else has the directory yet, so what comes later comes after this, and has a later stamp.
        try store.recordFileDigests(items, before: StampClock.next())
    }

    /// Removes everything in a directory of ours, following no link.
    package static func clear(_ directory: String) throws {
        let root = try FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        for name in try Directory.names(root) {
            try Directory.removeTree("\(directory)/\(String(decoding: name, as: UTF8.self))")
        }
    }
}

/// Which files have a content.
private struct RestorePlan: Sendable {
    /// The entries in the order of their contents, and where those of each content begin.
    private let entries: [Int]
    private let starts: [Int]

    init(_ index: CacheMountIndex) {
        var counts = [Int](repeating: 0, count: index.contents.count + 1)
        for entry in index.entries {
            if case .file(let content?) = entry.kind { counts[content + 1] += 1 }
        }
        for number in counts.indices.dropFirst() { counts[number] += counts[number - 1] }
        var next = counts
        var entries = [Int](repeating: 0, count: counts.last ?? 0)
        for (number, entry) in index.entries.enumerated() {
            guard case .file(let content?) = entry.kind else { continue }
            entries[next[content]] = number
            next[content] += 1
        }
        self.entries = entries
        starts = counts
    }

    func files(of content: Int) -> ArraySlice<Int> { entries[starts[content]..<starts[content + 1]] }
}
