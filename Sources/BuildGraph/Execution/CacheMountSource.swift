/// Cache mounts that were exported, for those that are new here.
package protocol CacheMountSource: Sendable {
    /// Hears of every cache mount that a RUN of the build names, whether the RUN has to be run or not.
    func note(id: String)

    /// Fills the directory of a new cache, before the first program sees it. Called once at a time for a cache.
    ///
    /// - Parameters:
    ///   - id: the `id` of the mount.
    ///   - directory: exists and is empty. After an error it is emptied by the caller.
    ///   - progress: receives the bytes done so far.
    /// - Returns: false when nothing is known of the cache; then the directory is as it was.
    /// - Throws: what went wrong; the build goes on with an empty cache and says so.
    func restore(id: String, into directory: String, progress: @Sendable @escaping (Int64) -> Void) async throws -> Bool
}
