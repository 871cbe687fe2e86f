internal import ContentStore
internal import Core
internal import HostOS
internal import Layers

extension CacheMountArchive {
    /// What a snapshot may rely on.
    package struct Previous: Sendable {
        package var index: CacheMountIndex
        /// Whether a pack can still be had; the contents of one that can't be are packed again.
        package var isUsable: @Sendable (CacheMountIndex.Pack) -> Bool

        package init(
            _ index: CacheMountIndex, isUsable: @escaping @Sendable (CacheMountIndex.Pack) -> Bool = { _ in true }
        ) {
            self.index = index
            self.isUsable = isUsable
        }
    }

    /// Archives a directory; what packs of an earlier index hold is not packed again.
    ///
    /// Files are read unless the store remembers the digest of just this file: a path says nothing, because a directory
    /// that is renamed takes files along whose own status stays as it was.
    ///
    /// Others may work in the directory meanwhile: a file that changes while it is read is left out, and no file is
    /// ever archived half. The caller holds the cache, so that it isn't pruned.
    package func snapshot(_ directory: String, previous: Previous? = nil) throws -> CacheMountSnapshot {
        let observed = FileTime.now()
        let root = try HostDirectory.open(directory)
        try checkCancelled()
        var scan = try CacheMountScan(root, limits)
        let read = try addDigests(&scan, observed: observed)
        let plan = PackPlan(scan.contents, previous: previous)
        let written = try Parallel.map(plan.new.count, threads: threads) { number in
            try checkCancelled()
            return try PackWriter.write(plan.new[number], into: store)
        }
        let index = scan.index(plan, written)
        try index.check(limits)
        return CacheMountSnapshot(
            index: index, newPacks: written.compactMap(\.pack).filter { index.packs.contains($0) },
            leftOut: scan.leftOut + scan.entries.count - index.entries.count, read: read)
    }

    /// Finds out what the files hold, from what the store remembers of them or by reading them.
    /// - Parameter observed: the clock before the scan.
    /// - Returns: how many were read.
    private func addDigests(_ scan: inout CacheMountScan, observed: FileTime) throws -> Int {
        let files = scan.files.sorted { $0.key < $1.key }
        var unknown: [(entry: Int, file: HostFile)] = []
        for ((number, file), digest) in zip(files, try store.fileDigests(files.map { FileStamp($0.value.info) })) {
            if let digest {
                scan.digests[number] = digest
            } else {
                unknown.append((number, file))
            }
        }
        let chunk = 64
        let wanted = unknown
        let digests = try Parallel.map((wanted.count + chunk - 1) / chunk, threads: threads) { number in
            try checkCancelled()
            return try wanted[number * chunk..<min(wanted.count, (number + 1) * chunk)].map { try Self.digest($0.file) }
        }
        var learned: [(stamp: FileStamp, digest: Digest)] = []
        for (item, digest) in zip(wanted, digests.joined()) {
            scan.digests[item.entry] = digest
            if let digest { learned.append((FileStamp(item.file.info), digest)) }
        }
        try store.recordFileDigests(learned, observed: observed)
        return wanted.count
    }

    /// Nil for a file that is no longer what it was.
    private static func digest(_ file: HostFile) throws -> Digest? {
        do {
            return try FileContent.file(file).digest()
        } catch LayerError.changed {
            return nil
        }
    }
}
