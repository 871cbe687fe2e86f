package import OCI

/// The cache that another machine exported: what it knows, and where the bytes are.
package protocol CacheSource: Sendable {
    /// As the user named it, for messages.
    var name: String { get }

    var records: CacheRecords { get }

    /// Sees to it that a blob of the records is in the store; what comes is checked against its digest and size.
    ///
    /// Only blobs that something reads are asked for.
    /// - Parameter progress: receives the bytes done so far.
    func fetch(_ blob: Descriptor, progress: @Sendable @escaping (Int64) -> Void) async throws
}

/// How much of a build is exported.
package enum CacheMode: String, Sendable, CaseIterable {
    /// The steps whose layers the result consists of.
    case min
    /// Every step that the build needed.
    case max
}
