/// What pruning may take. Without any limit, all that is cache goes.
package struct PruneOptions: Sendable {
    /// Stop once the cache has at most this many bytes; the least recently used goes first.
    package var keepBytes: Int64?
    /// Take only what was not used for so long.
    package var olderThan: Duration?
    /// Take only these kinds.
    package var kinds: Set<UsageKind>?
    /// Named images too, not only cache.
    package var all: Bool
    /// Say what would go, and take nothing.
    package var dryRun: Bool

    package init(
        keepBytes: Int64? = nil, olderThan: Duration? = nil, kinds: Set<UsageKind>? = nil, all: Bool = false,
        dryRun: Bool = false
    ) {
        self.keepBytes = keepBytes
        self.olderThan = olderThan
        self.kinds = kinds
        self.all = all
        self.dryRun = dryRun
    }

    func allows(_ kind: UsageKind) -> Bool {
        (kind.isCache || (all && kind == .imageBlob)) && (kinds?.contains(kind) ?? true)
    }
}

package struct PruneReport: Hashable, Sendable {
    /// What went, or would go.
    package var removed: [UsageItem] = []
    /// Bytes of what went.
    package var bytes: Int64 = 0
    /// Bytes of what could have gone by its kind and stays.
    package var kept: Int64 = 0
    /// How many things stay because a running process holds them.
    package var skippedLeased: Int = 0
}
