package import Core

/// How an image is copied.
package struct CopyOptions: Sendable, Hashable {
    /// Which images of an index.
    package enum Platforms: Sendable, Hashable {
        /// The index with all that it names.
        case all
        /// The image that serves a platform best.
        case one(Platform)
    }

    /// Whose media types manifests, configurations and layers have.
    package enum Format: String, Sendable, Hashable, CaseIterable {
        case keep, oci, docker
    }

    /// How layers are compressed.
    package enum Compression: String, Sendable, Hashable, CaseIterable {
        case keep, gzip, zstd
    }

    package var platforms: Platforms
    package var format: Format
    package var compression: Compression
    /// Whether signatures, SBOMs and other attachments travel along.
    package var referrers: Bool
    /// Whether what docker's format can't hold (annotations, attestations) is left out instead of refused.
    package var dropsAnnotations = false
    /// What the image is called at the target.
    package var names: [Reference]
    /// Blobs that move at a time.
    package var parallelBlobs = 4

    package init(
        platforms: Platforms = .all, format: Format = .keep, compression: Compression = .keep, referrers: Bool = false,
        names: [Reference] = []
    ) {
        self.platforms = platforms
        self.format = format
        self.compression = compression
        self.referrers = referrers
        self.names = names
    }
}
