package import Archive

/// How much is taken from a layer that is not trusted.
package struct LayerLimits: Sendable {
    /// Entries of one layer.
    package var entries = 2_000_000
    /// Bytes of the uncompressed tar archive.
    package var bytes: Int64 = 64 << 30
    package var tar = TarLimits()

    package init() {}
}
