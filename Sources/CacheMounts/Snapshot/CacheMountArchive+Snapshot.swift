internal import Core
package import HostOS
internal import Layers

extension CacheMountArchive {
    /// How near to the time of looking a stamp may lie to be trusted, in seconds; as coarse as file systems stamp.
    private static let racyWindow: Int64 = 2
    private static let scanAttempts = 10

    /// What a snapshot may rely on.
    package struct Previous: Sendable {
        package var index: CacheMountIndex
        /// Whether a pack can still be had; the contents of one that can't be are packed again.
        package var isUsable: @Sendable (CacheMountIndex.Pack) -> Bool
        /// Files whose status changed earlier than this need not be read when path, size and time of modification are
        /// those of the index. Nil when the index may be of another directory: then all are read.
        package var trusted: FileTime?

        package init(
            _ index: CacheMountIndex, trusted: FileTime? = nil,
            isUsable: @escaping @Sendable (CacheMountIndex.Pack) -> Bool = { _ in true }
        ) {
            self.index = index
            self.isUsable = isUsable
            self.trusted = trusted
        }
    }

    /// Archives a directory; what packs of an earlier index hold is not packed again.
    ///
    /// Others may work in the directory meanwhile: a file that changes while it is read is left out, and no file is
    /// ever archived half. The caller holds the cache, so that it isn't pruned.
    package func snapshot(_ directory: String, previous: Previous? = nil) throws -> CacheMountSnapshot {
        let now = FileTime.now()
        let trusted = FileTime(seconds: now.seconds - Self.racyWindow, nanoseconds: now.nanoseconds)
        let root = try HostDirectory.open(directory)
        var scan = try scan(root)
        let read = try addDigests(&scan, previous)
        let plan = PackPlan(scan.contents, previous: previous)
        let written = try Parallel.map(plan.new.count, threads: threads) { number in
            try checkCancelled()
            return try PackWriter.write(plan.new[number], into: store)
        }
        let index = scan.index(plan, written)
        try index.check(limits)
        return CacheMountSnapshot(
            index: index, newPacks: written.compactMap(\.pack).filter { index.packs.contains($0) },
            leftOut: scan.leftOut + scan.entries.count - index.entries.count, read: read, trusted: trusted)
    }

    /// Looks at every file, again when files vanish meanwhile.
    private func scan(_ root: HostDirectory) throws -> CacheMountScan {
        for _ in 0..<Self.scanAttempts {
            try checkCancelled()
            do {
                return try CacheMountScan(root, limits)
            } catch LayerError.changed {
                continue
            }
        }
        throw CacheMountError.unstable(path: root.path)
    }

    /// Finds out what the files hold, from the index before or by reading them.
    /// - Returns: how many were read.
    private func addDigests(_ scan: inout CacheMountScan, _ previous: Previous?) throws -> Int {
        let known = KnownFiles(previous)
        var unknown: [(entry: Int, file: HostFile)] = []
        for (number, file) in scan.files.sorted(by: { $0.key < $1.key }) {
            if let digest = known.digest(of: file) {
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
        for (item, digest) in zip(wanted, digests.joined()) { scan.digests[item.entry] = digest }
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

/// The files of an index before that need not be read again.
private struct KnownFiles {
    private let trusted: FileTime
    private var files: [BytePath: (size: Int64, modified: FileTime, digest: Digest)] = [:]

    init(_ previous: CacheMountArchive.Previous?) {
        trusted = previous?.trusted ?? FileTime(seconds: .min)
        guard let previous, previous.trusted != nil else { return }
        for entry in previous.index.entries {
            guard case .file(let number?) = entry.kind else { continue }
            let content = previous.index.contents[number]
            files[entry.path] = (content.size, entry.metadata.modified, content.digest)
        }
    }

    func digest(of file: HostFile) -> Digest? {
        guard file.info.changed < trusted, let known = files[file.path], known.size == file.info.size,
            known.modified == file.info.modified
        else { return nil }
        return known.digest
    }
}
