internal import Core
internal import Glibc
internal import HostOS

extension Store {
    /// Makes room, the least recently used first. Nothing goes that a running process holds or, unless all is asked
    /// for, a named image needs.
    ///
    /// Rows go first, then files: a kill in between leaves files without rows, which `usage()` shows as unreferenced
    /// and the next pruning takes.
    package func prune(_ options: PruneOptions = PruneOptions()) throws(ContentStoreError) -> PruneReport {
        try withReserve { () throws(ContentStoreError) in try pruneOnce(options) }
    }

    private func pruneOnce(_ options: PruneOptions) throws(ContentStoreError) -> PruneReport {
        if !options.dryRun {
            try sweep(budget: nil)
            try removeDeadStepLocks()
        }
        var report = PruneReport()
        let now = IndexTime.now()
        let age = options.olderThan.map { Self.milliseconds($0) }
        let candidates = try usage().items.filter { options.allows($0.kind) }.sorted(by: Self.goesBefore)
        var rest = candidates.reduce(0) { $0 + $1.bytes }
        var chosen: [UsageItem] = []
        for item in candidates {
            if let keep = options.keepBytes, rest <= keep { break }
            if let age, let used = item.lastUsed, IndexTime.milliseconds(used) > now - age { continue }
            if item.isLeased {
                report.skippedLeased += 1
                continue
            }
            chosen.append(item)
            rest -= item.bytes
        }
        if options.dryRun {
            report.removed = chosen
            report.kept = rest
        } else {
            for start in stride(from: 0, to: chosen.count, by: Self.batch) {
                let part = Array(chosen[start..<min(start + Self.batch, chosen.count)])
                let gone = try remove(part, includingImages: options.all)
                report.removed += gone
                report.skippedLeased += part.count - gone.count
            }
            report.kept = candidates.reduce(0) { $0 + $1.bytes } - report.removed.reduce(0) { $0 + $1.bytes }
            // Records without bytes go when nothing limits by size, so that old ones don't pile up.
            if options.keepBytes == nil, options.kinds == nil { try dropOldRecords(before: now - (age ?? 0)) }
            try tidy()
        }
        report.bytes = report.removed.reduce(0) { $0 + $1.bytes }
        return report
    }

    /// Removes what nothing refers to: blobs that neither an image nor a step nor a layer needs, files without records,
    /// what dead processes left.
    package func collectGarbage(dryRun: Bool = false) throws(ContentStoreError) -> PruneReport {
        try withReserve { () throws(ContentStoreError) in try collectGarbageOnce(dryRun: dryRun) }
    }

    private func collectGarbageOnce(dryRun: Bool) throws(ContentStoreError) -> PruneReport {
        if !dryRun { try sweep(budget: nil) }
        var report = PruneReport()
        var chosen: [UsageItem] = []
        for item in try usage().items {
            switch item.kind {
            case .unreferencedBlob, .deadTemporary: break
            case .layer, .layerTar:
                if item.lastUsed != nil { continue }
            default: continue
            }
            if item.isLeased {
                report.skippedLeased += 1
                report.kept += item.bytes
            } else {
                chosen.append(item)
            }
        }
        report.removed = dryRun ? chosen : try remove(chosen, includingImages: false)
        report.bytes = report.removed.reduce(0) { $0 + $1.bytes }
        return report
    }

    /// How many things one hold of the write lock removes; others wait that long.
    private static let batch = 64

    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (product, overflow) = duration.components.seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? Int64.max / 2 : product
    }

    /// What has no record goes first, then by last use; names decide between equals, so that the order is always the
    /// same.
    private static func goesBefore(_ left: UsageItem, _ right: UsageItem) -> Bool {
        switch (left.lastUsed, right.lastUsed) {
        case (nil, nil): break
        case (nil, _): return true
        case (_, nil): return false
        case (let first?, let second?) where first != second: return first < second
        default: break
        }
        return (left.kind.rawValue, left.id) < (right.kind.rawValue, right.id)
    }

    /// Forgets things that are still free to go, then removes their files.
    /// - Returns: those that went.
    private func remove(_ items: [UsageItem], includingImages: Bool) throws(ContentStoreError) -> [UsageItem] {
        let free = try write { (index) throws(ContentStoreError) in
            var free: [UsageItem] = []
            for item in items where try forget(item, includingImages: includingImages, index) { free.append(item) }
            return free
        }
        let trash = try session().makeDirectory("pruned")
        defer { try? options.removeTree(trash) }
        var gone: [UsageItem] = []
        // The write lock keeps others from publishing under the same names meanwhile.
        try write { (index) throws(ContentStoreError) in
            for item in free where try unpublish(item, to: "\(trash)/\(gone.count)", index) { gone.append(item) }
        }
        return gone
    }

    private func forget(
        _ item: UsageItem, includingImages: Bool, _ index: Index
    ) throws(ContentStoreError) -> Bool {
        let database = index.database
        switch item.kind {
        case .imageBlob, .cacheBlob, .unreferencedBlob:
            guard let digest = Digest(hex: item.id) else { return false }
            let isHeld = try database.exists(
                """
                SELECT 1 FROM leases WHERE (kind = 0 AND id = ?1)
                OR (kind = 1 AND id IN (SELECT id FROM layers WHERE blob = ?1))
                """, digest)
            if isHeld { return false }
            if includingImages {
                let images = try database.rows("SELECT manifest FROM image_blobs WHERE blob = ?", digest) {
                    (row) throws(ContentStoreError) in try row.digest(0)
                }
                for manifest in images { try index.forgetImage(manifest) }
            } else {
                let isNamed = try database.exists(
                    "SELECT 1 FROM image_blobs JOIN tags USING (manifest) WHERE blob = ?", digest)
                if isNamed { return false }
                try database.run("DELETE FROM images WHERE manifest = ?", digest)
                try database.run("DELETE FROM image_blobs WHERE manifest = ?", digest)
            }
            try index.forgetBlob(digest)
        case .layer, .layerTar:
            guard let id = Digest(hex: item.id) else { return false }
            if try database.exists("SELECT 1 FROM leases WHERE kind = 1 AND id = ?", id) { return false }
            if item.kind == .layer { try index.forgetDirectory(ofLayer: id) } else { try index.forgetTar(ofLayer: id) }
        case .analysis:
            guard let layer = Digest(hex: item.id) else { return false }
            try database.run("DELETE FROM analyses WHERE layer = ?", layer)
        default: break
        }
        return true
    }

    private func unpublish(_ item: UsageItem, to trash: String, _ index: Index) throws(ContentStoreError) -> Bool {
        switch item.kind {
        case .imageBlob, .cacheBlob, .unreferencedBlob:
            guard let digest = Digest(hex: item.id) else { return false }
            if try index.database.exists("SELECT 1 FROM blobs WHERE digest = ?", digest) { return false }
            return unlink(blobPath(digest)) == 0 || errno == ENOENT
        case .layer, .layerTar:
            guard let id = Digest(hex: item.id) else { return false }
            let (name, column) = item.kind == .layer ? ("fs", "directory") : ("tar", "tar")
            if try index.database.exists("SELECT 1 FROM layers WHERE id = ? AND \(column) = 1", id) { return false }
            let isGone = rename(layerDirectory(id) + "/" + name, trash) == 0 || errno == ENOENT
            rmdir(layerDirectory(id))
            return isGone
        case .analysis:
            guard let layer = Digest(hex: item.id) else { return false }
            return try !index.database.exists("SELECT 1 FROM analyses WHERE layer = ?", layer)
        case .cacheMount: return try removeCache(item.id, to: trash, index)
        case .partial, .log:
            return unlink(location.home + "/" + item.id) == 0 || errno == ENOENT
        case .deadTemporary, .liveTemporary, .index, .overhead: return false
        }
    }

    /// Removes all directories of a cache mount unless one is in use.
    private func removeCache(_ id: String, to trash: String, _ index: Index) throws(ContentStoreError) -> Bool {
        // An unrecorded one is known by the name of its directory.
        let isRecorded = try index.database.exists("SELECT 1 FROM caches WHERE id = ?", id)
        let hex = isRecorded ? SHA256.digest(of: id).hex : id
        let directory = location.caches + "/" + hex
        let slots = try names(in: directory)
        var locks: [LockFile] = []
        defer { for lock in locks { lock.release(removing: true) } }
        for slot in slots {
            guard let lock = try LockFile.tryAcquire(cacheLockPath(hex, slot)) else { return false }
            locks.append(lock)
        }
        // One by one: a new directory of a private user may have come meanwhile.
        for slot in slots where rename("\(directory)/\(slot)", "\(trash)-\(slot)") != 0 { return false }
        rmdir(directory)
        try index.database.run("DELETE FROM caches WHERE id = ?", id)
        return true
    }

    /// Drops steps and layers without bytes, and digests of files, that were not used since a time.
    private func dropOldRecords(before time: Int64) throws(ContentStoreError) {
        try write { (index) throws(ContentStoreError) in
            let database = index.database
            let steps = try database.rows(
                """
                SELECT key FROM steps WHERE used <= ? AND NOT EXISTS
                (SELECT 1 FROM step_needs JOIN leases USING (kind, id) WHERE step = key)
                """, time
            ) { (row) throws(ContentStoreError) in try row.digest(0) }
            for step in steps { try index.forgetStep(step) }
            try database.run(
                """
                DELETE FROM layers WHERE used <= ? AND directory = 0 AND tar = 0
                AND (blob IS NULL OR blob NOT IN (SELECT digest FROM blobs))
                AND id NOT IN (SELECT id FROM step_needs WHERE kind = 1)
                AND id NOT IN (SELECT id FROM leases WHERE kind = 1)
                """, time)
            try database.run("DELETE FROM files WHERE seen <= ?", time)
        }
    }

    /// Gives free pages of the index back to the disk, a few at a time so that the log stays small, and empties the
    /// log. Another process that reads just now keeps some of it, which is fine.
    private func tidy() throws(ContentStoreError) {
        try read { (index) throws(ContentStoreError) in
            var free = Int64.max
            while true {
                try index.emptyLog()
                let left = try index.database.first("PRAGMA freelist_count") { $0.int(0) } ?? 0
                if left == 0 || left >= free { return }
                free = left
                try index.database.execute("PRAGMA incremental_vacuum(256)")
            }
        }
    }
}
