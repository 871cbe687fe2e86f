// https://wiki.debian.org/DebianRepository/Format
import Archive
import Core
import HostOS

/// Suites of an archive whose releases were verified, and their package indexes.
package struct DebianArchive: Sendable {
    /// In the order of the sources.
    package let releases: [Release]
    private let fetcher: any ArchiveFetcher

    /// A `Release` file that is larger is refused, in bytes.
    private static let releaseLimit = 16 << 20
    /// An index that is larger is refused, in bytes.
    private static let indexLimit: Int64 = 2 << 30

    /// Fetches and verifies the release of every source, all at once.
    /// - Parameter now: seconds since 1970.
    /// - Throws: ``DebianArchiveError`` and what the fetcher throws.
    package static func open(
        _ sources: [ArchiveSource], fetcher: any ArchiveFetcher, verifier: SignatureVerifier = SignatureVerifier(),
        now: Int64
    ) async throws -> DebianArchive {
        let releases = try await inOrder(sources) { source in
            try await release(source, fetcher, verifier, now: now)
        }
        return DebianArchive(releases: releases, fetcher: fetcher)
    }

    private static func release(
        _ source: ArchiveSource, _ fetcher: any ArchiveFetcher, _ verifier: SignatureVerifier, now: Int64
    ) async throws -> Release {
        var failure: (any Error)?
        for uri in source.uris {
            let url = "\(uri)/\(source.directory)/InRelease"
            do {
                let shown = Redaction.url(url)
                guard let message = try await fetcher.fetch(url, limit: releaseLimit) else {
                    throw DebianArchiveError.noSuite(source.suite, url: shown)
                }
                return try await BlockingPool.waiting.run {
                    let text = try verifier.signedText(of: message, keyring: source.keyring, name: shown)
                    let release = try Release(parsing: text, source: source)
                    try release.check(now: now)
                    return release
                }
            } catch {
                try Task.checkCancellation()
                // The first address is the one that the user thinks of.
                failure = failure ?? error
            }
        }
        throw failure ?? DebianArchiveError.noSource(suite: source.suite)
    }

    /// The package indexes of all suites and components for an architecture, in the order of the sources. What changed
    /// since the last time is fetched, several at once.
    /// - Parameters:
    ///   - architecture: Debian's name, such as `amd64`.
    ///   - progress: told the address of an index and how many bytes of it are there; must return at once.
    /// - Throws: ``DebianArchiveError``, what the fetcher throws and errors of ``PackageIndex``.
    package func indexes(
        architecture: String, progress: @escaping @Sendable (String, Int64) -> Void = { _, _ in }
    ) async throws -> [PackageIndex] {
        var wanted: [(release: Release, path: String)] = []
        for release in releases {
            for component in release.source.components {
                for path in try release.indexes(component: component, architecture: architecture) {
                    wanted.append((release, path))
                }
            }
        }
        return try await Self.inOrder(wanted) { release, path in
            let file = try await index(path, of: release, progress)
            return try await BlockingPool.compute.run {
                try PackageIndex(
                    MappedFile(file), suite: release.source.suite, architecture: architecture,
                    priority: release.isNotAutomatic ? .manual : .normal)
            }
        }
    }

    /// The unpacked index, which is kept: the digest of the signed release says what it must be.
    private func index(
        _ path: String, of release: Release, _ progress: @escaping @Sendable (String, Int64) -> Void
    ) async throws -> FileDescriptor {
        guard let plain = release.files[path] else {
            throw DebianArchiveError.noIndex(path, suite: release.source.suite)
        }
        guard plain.size <= Self.indexLimit else { throw DebianArchiveError.indexTooLarge(path, size: plain.size) }
        if let file = try await fetcher.stored(plain.digest, size: plain.size) { return file }
        let name = "\(release.source.suite)/\(path)"
        if plain.size == 0 { return try await fetcher.derived(name, digest: plain.digest, size: 0) { _ in } }
        var missing = DebianArchiveError.noIndex(path, suite: release.source.suite)
        for (suffix, compression) in [(".xz", Compression.xz), (".gz", .gzip), ("", .none)] {
            guard let file = release.files[path + suffix] else { continue }
            let urls = release.urls(of: path + suffix, file)
            let report = { @Sendable (count: Int64) in progress(Redaction.url(urls.last ?? name), count) }
            let packed: FileDescriptor
            do {
                packed = try await fetcher.fetch(urls, digest: file.digest, size: file.size, progress: report)
            } catch let error as DebianArchiveError {
                // An archive may list forms of an index that it does not keep; then the next one does as well.
                guard case .noFile = error else { throw error }
                missing = error
                continue
            }
            if compression == .none { return packed }
            return try await fetcher.derived(name, digest: plain.digest, size: plain.size) { sink in
                let source = try compression.decompressing(SpanSource(packed, offset: 0, length: file.size))
                try LimitedSource(source, limit: plain.size, what: name).copy(to: sink)
            }
        }
        throw missing
    }

    /// The addresses of a package's file.
    /// - Parameters:
    ///   - path: as the index of the suite names it.
    ///   - suite: a source's.
    package func urls(of path: String, suite: String) -> [String] {
        releases.first { $0.source.suite == suite }.map { $0.source.urls(of: path) } ?? []
    }

    /// Does work on all items at once; results come in the items' order. An error ends the rest as soon as all items before
    /// it are done, so that of several the first item's is told, whichever came first.
    private static func inOrder<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
            for (number, item) in items.enumerated() {
                group.addTask {
                    do {
                        return (number, .success(try await work(item)))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            var waiting: [Int: Result<Value, any Error>] = [:]
            var results: [Value] = []
            for try await (number, result) in group {
                waiting[number] = result
                while let next = waiting.removeValue(forKey: results.count) { results.append(try next.get()) }
            }
            return results
        }
    }
}

extension Release {
    /// Where a file of the suite can be had: under its digest first, since that is still the right one when the archive
    /// has changed meanwhile.
    fileprivate func urls(of path: String, _ file: File) -> [String] {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let names = (hasByHash ? ["\(path[..<slash])/by-hash/SHA256/\(file.digest.hex)"] : []) + [path]
        return names.flatMap { source.urls(of: "\(source.directory)/\($0)") }
    }
}
