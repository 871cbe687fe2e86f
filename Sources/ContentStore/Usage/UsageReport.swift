package import HostOS

/// What a part of the store is there for.
package enum UsageKind: String, Sendable, CaseIterable {
    /// A blob that a named image needs.
    case imageBlob
    /// A blob that build steps need and no named image.
    case cacheBlob
    /// A blob that nothing needs.
    case unreferencedBlob
    /// A materialised layer.
    case layer
    /// The uncompressed archive of a layer.
    case layerTar
    /// The directories of a `RUN --mount=type=cache`.
    case cacheMount
    /// What is remembered of a layer that was looked into; it lies in the index.
    case analysis
    /// An interrupted download.
    case partial
    /// The index without the parts of it that are told apart.
    case index
    /// Unfinished work of a running process.
    case liveTemporary
    /// Unfinished work of a process that died.
    case deadTemporary
    case log
    /// The store's own directories, its locks, and what it does not know.
    case overhead

    /// Whether pruning takes it without being asked for everything.
    var isCache: Bool {
        switch self {
        case .cacheBlob, .unreferencedBlob, .layer, .layerTar, .cacheMount, .analysis, .partial, .deadTemporary, .log:
            true
        case .imageBlob, .index, .liveTemporary, .overhead: false
        }
    }
}

/// One thing that takes room in the store.
package struct UsageItem: Hashable, Sendable {
    package var kind: UsageKind
    /// The hexadecimal digits of a blob or layer, the name of a cache mount, else a path below the store.
    package var id: String
    /// The image, the step or the kind of file, for people.
    package var description: String
    /// Apparent size with the directories inside.
    package var bytes: Int64
    /// Nil for what has no record.
    package var lastUsed: FileTime?
    /// Whether a running process holds it.
    package var isLeased: Bool

    package init(
        kind: UsageKind, id: String, description: String, bytes: Int64, lastUsed: FileTime? = nil,
        isLeased: Bool = false
    ) {
        self.kind = kind
        self.id = id
        self.description = description
        self.bytes = bytes
        self.lastUsed = lastUsed
        self.isLeased = isLeased
    }
}

/// All bytes below the store's home, each in one item.
package struct UsageReport: Hashable, Sendable {
    package var items: [UsageItem]

    package init(items: [UsageItem]) { self.items = items }

    /// In bytes, as `du --apparent-size` counts.
    package var total: Int64 { items.reduce(0) { $0 + $1.bytes } }

    package func bytes(_ kind: UsageKind) -> Int64 {
        items.reduce(0) { $0 + ($1.kind == kind ? $1.bytes : 0) }
    }
}
