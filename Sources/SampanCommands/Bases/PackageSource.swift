import Bases
import Core
import Debian
import HostOS
import Layers
import Synchronization

/// Fetches what bases are made of into the store.
struct PackageSource: Sendable {
    let fetcher: any ArchiveFetcher
    let remote: RemoteFetcher
    /// Where files of a suite can be had; nothing where no mirror is known, which is fine while all are in the store.
    /// Asked only when something has to be fetched: it reads the host's apt sources.
    let sources: @Sendable () -> [ArchiveSource]

    /// Packages that are fetched at a time.
    private static let width = 6

    /// - Parameter progress: told how many bytes of how many are there.
    func fetch(_ packages: [LockedPackage], progress: @escaping @Sendable (Int64, Int64) -> Void) async throws {
        let sources = sources()
        let total = packages.reduce(Int64(0)) { $0 + $1.size }
        let done = Mutex([Digest: Int64]())
        let report = { @Sendable (digest: Digest, count: Int64) in
            let sum = done.withLock { done in
                done[digest] = count
                return done.values.reduce(0, +)
            }
            progress(sum, total)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, package) in packages.enumerated() {
                if index >= Self.width { try await group.next() }
                group.addTask {
                    let urls = sources.first { $0.suite == package.suite }?.urls(of: package.path) ?? []
                    if urls.isEmpty, try await fetcher.stored(package.sha256, size: package.size) == nil {
                        throw DebianArchiveError.noSource(suite: package.suite)
                    }
                    _ = try await fetcher.fetch(urls, digest: package.sha256, size: package.size) {
                        report(package.sha256, $0)
                    }
                    report(package.sha256, package.size)
                }
            }
            try await group.waitForAll()
        }
    }

    /// The bytes of an archive, not yet checked.
    func open(_ archive: Recipe.Archive) async throws -> FileDescriptor {
        switch archive.source {
        case .local(let file): return try await BlockingPool.waiting.run { try file.open() }
        case .url(let url):
            let entry = try await remote.download(url, checksum: archive.digest, span: nil) { _, _ in }
            return try await BlockingPool.waiting.run {
                guard case .file(let file) = entry.content else {
                    throw Diagnostic(code: "base.archive", "'\(url)' is empty")
                }
                return try file.open()
            }
        }
    }
}
