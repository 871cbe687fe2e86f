/// How much a cache mount may hold, for archives that are not trusted and for snapshots alike.
package struct CacheMountLimits: Sendable {
    /// Files, directories and links.
    package var entries = 1_000_000
    /// Of all files together, each counted as often as it has names.
    package var bytes: Int64 = 32 << 30
    /// Bytes of the index before compression.
    package var index = 256 << 20
    /// Packs of one index. Snapshots keep below ``PackPlan/packLimit``.
    package var packs = 256

    package init() {}
}
