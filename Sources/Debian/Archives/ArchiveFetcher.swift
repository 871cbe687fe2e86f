package import Archive
package import Core
package import HostOS

/// Where the files of an archive come from: the network and what is kept of it.
///
/// All of them are safe to call from many tasks at a time; equal files are fetched once.
package protocol ArchiveFetcher: Sendable {
    /// A small file, whole; nil when the server has none.
    /// - Parameter limit: in bytes; a larger file is an error.
    func fetch(_ url: String, limit: Int) async throws -> [UInt8]?

    /// A file known by digest: what is kept of it, or else the first of the URLs that works, verified while it streams
    /// and resumed where an earlier try stopped. The descriptor stands at the file's start.
    /// - Parameter progress: told how many bytes are there; must return at once.
    /// - Throws: ``DebianArchiveError/noFile(_:)`` when all servers say that they have no such file, and other errors.
    func fetch(
        _ urls: [String], digest: Digest, size: Int64, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> FileDescriptor

    /// A file that is kept already; nil when it is not.
    func stored(_ digest: Digest, size: Int64) async throws -> FileDescriptor?

    /// A file that is made of fetched ones, such as an unpacked index, and kept by its own digest. It is made only when
    /// it is not kept yet.
    /// - Parameters:
    ///   - name: for people, in lists of what is kept.
    ///   - make: writes the file; bytes that don't fit the digest are refused.
    func derived(
        _ name: String, digest: Digest, size: Int64, make: @escaping @Sendable (any ByteSink) throws -> Void
    ) async throws -> FileDescriptor
}
