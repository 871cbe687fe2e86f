internal import Core

extension CacheMountIndex {
    private static let nameLimit = 255
    /// As the kernel takes them, without the NUL at the end.
    private static let pathLimit = 4095

    /// Checks that an index which came from elsewhere is one that a snapshot could have made.
    /// - Throws: ``CacheMountError``.
    package func check(_ limits: CacheMountLimits = CacheMountLimits()) throws(CacheMountError) {
        guard packs.count <= limits.packs else { throw .tooLarge(what: "packs", limit: Int64(limits.packs)) }
        guard entries.count <= limits.entries else { throw .tooLarge(what: "files", limit: Int64(limits.entries)) }
        guard root.mode & ~0o3777 == 0 else { throw .refused(path: "/", reason: "has the mode of no directory") }
        try checkPacks(limits)
        try checkContents()
        try checkEntries(limits)
    }

    private func checkPacks(_ limits: CacheMountLimits) throws(CacheMountError) {
        var seen: Set<Digest> = []
        for pack in packs {
            guard seen.insert(pack.digest).inserted else {
                throw .malformedIndex("the pack \(pack.digest) is named twice")
            }
            guard pack.size >= 0, pack.unpackedSize >= 0 else {
                throw .malformedIndex("the pack \(pack.digest) has a negative size")
            }
            // Contents are bounded below; what a pack holds besides is what was deleted since, less than as much again.
            guard pack.unpackedSize / 4 <= limits.bytes else { throw .tooLarge(what: "bytes", limit: limits.bytes) }
        }
    }

    private func checkContents() throws(CacheMountError) {
        var last: Digest?
        for content in contents {
            if let last, !(last < content.digest) { throw .malformedIndex("contents are not in order") }
            last = content.digest
            guard content.size > 0, packs.indices.contains(content.pack),
                content.size <= packs[content.pack].unpackedSize
            else { throw .malformedIndex("the content \(content.digest) lies in no pack") }
        }
    }

    private func checkEntries(_ limits: CacheMountLimits) throws(CacheMountError) {
        var directories: Set<BytePath> = [BytePath()]
        var files: Set<BytePath> = []
        var last = BytePath()
        var total: Int64 = 0
        for entry in entries {
            try Self.checkName(entry.path)
            guard last < entry.path else { throw .refused(path: entry.path.description, reason: "is out of order") }
            last = entry.path
            guard directories.contains(entry.path.parent) else {
                throw .refused(path: entry.path.description, reason: "lies in no directory of the index")
            }
            let bits: UInt32 = entry.kind == .directory ? 0o3777 : 0o1777
            guard entry.metadata.mode & ~bits == 0 else {
                throw .refused(
                    path: entry.path.description,
                    reason: "has the mode 0\(String(entry.metadata.mode, radix: 8)), which no cache needs")
            }
            switch entry.kind {
            case .directory: directories.insert(entry.path)
            case .file(let content):
                files.insert(entry.path)
                guard let content else { break }
                guard contents.indices.contains(content) else {
                    throw .malformedIndex("'\(entry.path)' has a content that is not there")
                }
                let (sum, overflow) = total.addingReportingOverflow(contents[content].size)
                guard !overflow, sum <= limits.bytes else { throw .tooLarge(what: "bytes", limit: limits.bytes) }
                total = sum
            case .symlink(let target):
                guard !target.isEmpty, target.count <= Self.pathLimit, !target.contains(0) else {
                    throw .refused(path: entry.path.description, reason: "is a link to nothing that has a name")
                }
            case .hardlink(let target):
                guard files.contains(target) else {
                    throw .refused(
                        path: entry.path.description, reason: "is a name for '\(target)', which is no file before it")
                }
            }
        }
    }

    private static func checkName(_ path: BytePath) throws(CacheMountError) {
        let shown = String(path.description.prefix(300))
        guard !path.isRoot, path.bytes.count <= pathLimit, !path.bytes.contains(0) else {
            throw .refused(path: shown, reason: "is not a path")
        }
        guard path.bytes == BytePath(cleaning: path.bytes).bytes,
            path.components.allSatisfy({ $0.count <= nameLimit })
        else { throw .refused(path: shown, reason: "is not a path inside of the cache") }
    }
}
