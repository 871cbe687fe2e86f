package import Archive

/// How much is taken from a layer that is not trusted.
package struct LayerLimits: Sendable {
    /// Entries of one layer.
    package var entries = 1_000_000
    /// Bytes of all names, link targets and attributes together, which is what is kept in memory.
    package var metadataBytes = 128 << 20
    /// Bytes of the uncompressed tar archive.
    package var bytes: Int64 = 64 << 30
    package var tar = TarLimits()

    package init() {}

    /// For entries of our own making.
    static let none: LayerLimits = {
        var limits = LayerLimits()
        limits.entries = .max
        limits.metadataBytes = .max
        return limits
    }()
}
