package import Archive
import BuildGraph
package import ContentStore
package import Core
import Debian
import Distribution
import HTTPTransport
package import HostOS
import Synchronization

/// Fetches files of Debian archives, and keeps in the store what is known by digest.
package struct StoreArchiveFetcher: ArchiveFetcher {
    private let store: Store
    private let network: NetworkAccess

    package init(store: Store, network: NetworkAccess) {
        self.store = store
        self.network = network
    }

    // MARK: - Small files

    package func fetch(_ url: String, limit: Int) async throws -> [UInt8]? {
        let location = try HTTPURL(parsing: url)
        let session = try network.archives()
        let policy = session.configuration.retry
        // A cache on the way may have a release whose indexes the mirror no longer has.
        let request = HTTPRequest(.get, location, headers: ["Cache-Control": "max-age=0"])
        var attempt = 1
        while true {
            // What goes wrong before the body comes is tried again in there.
            let response = try await session.send(request)
            if Self.isMissing(response.status) { return nil }
            guard response.status == 200 else {
                throw HTTPTransportError.status(response.status, url: response.url.redacted)
            }
            do {
                let bytes = try await response.body.collect(limit: limit)
                if let length = response.contentLength, length != bytes.count {
                    throw HTTPTransportError.connection(.closed, host: response.url.authority)
                }
                return bytes
            } catch let error as HTTPTransportError where error.isTransient {
                guard
                    let pause = policy.pause(
                        afterAttempt: attempt, limit: policy.attempts, retryAfter: nil,
                        jitter: Double.random(in: 0...1))
                else { throw error }
                attempt += 1
                try await Task.sleep(for: pause)
            }
        }
    }

    private static func isMissing(_ status: Int) -> Bool { status == 404 || status == 410 }

    // MARK: - Files known by digest

    package func fetch(
        _ urls: [String], digest: Digest, size: Int64, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> FileDescriptor {
        if let file = try await stored(digest, size: size) { return file }
        guard let length = Int(exactly: size), length >= 0, !urls.isEmpty else {
            throw ArchiveFileError.noAddress(digest)
        }
        let places = try urls.map { try HTTPURL(parsing: $0) }
        let session = try network.archives()
        try await StoreSink.fetch(digest, size: size, into: store) { sink in
            var transfer = VerifiedTransfer(digest: digest, size: length, into: sink)
            var failures: [(url: String, error: any Error)] = []
            // A server that can't be reached is not asked for the same thing by another name.
            var unreachable: Set<String> = []
            for place in places where !unreachable.contains(place.authority) {
                if try transfer.isDone(checking: &sink) { return }
                do {
                    try await Self.fetch(&transfer, from: place, into: &sink, session, progress)
                    return
                } catch let error where error is HTTPTransportError || error is TransferError {
                    try Task.checkCancellation()
                    failures.append((place.redacted, error))
                    if (error as? HTTPTransportError)?.isTransient ?? false { unreachable.insert(place.authority) }
                }
            }
            let areMissing = failures.allSatisfy { failure in
                if case .status(let status, _) = failure.error as? HTTPTransportError {
                    Self.isMissing(status)
                } else {
                    false
                }
            }
            if areMissing { throw DebianArchiveError.noFile(places[places.count - 1].redacted) }
            throw ArchiveFileError.failed(failures)
        }
        try await record(digest, "download \(places[places.count - 1].fileName ?? "a file")")
        return try await open(digest)
    }

    private nonisolated(nonsending) static func fetch(
        _ transfer: inout VerifiedTransfer, from url: HTTPURL, into sink: inout StoreSink, _ session: HTTPSession,
        _ progress: (Int64) -> Void
    ) async throws {
        try await transfer.fetch(
            into: &sink, policy: session.configuration.retry, slowest: session.configuration.slowest,
            progress: { progress(Int64($0)) }
        ) { (headers) async throws -> HTTPResponse in
            let response = try await session.send(HTTPRequest(.get, url, headers: headers))
            let isPart = response.status == 206 || response.status == 416
            guard response.status == 200 || (isPart && headers["Range"] != nil) else {
                throw HTTPTransportError.status(response.status, url: response.url.redacted)
            }
            return response
        }
    }

    package func stored(_ digest: Digest, size: Int64) async throws -> FileDescriptor? {
        let store = store
        return try await BlockingPool.waiting.run {
            try store.blobSize(digest) == size ? try store.openBlob(digest) : nil
        }
    }

    package func derived(
        _ name: String, digest: Digest, size: Int64, make: @escaping @Sendable (any ByteSink) throws -> Void
    ) async throws -> FileDescriptor {
        if let file = try await stored(digest, size: size) { return file }
        let store = store
        try await BlockingPool.compute.run {
            // The lock's holder computes, so whoever waits for it has nothing better to do.
            let lock = try store.lockStep(digest)
            defer { lock?.release() }
            if try store.containsBlob(digest) { return }
            let writer = try store.makeBlobWriter()
            try make(StoreBlobSink(writer))
            try writer.commit(expected: digest, size: size)
        }
        try await record(digest, name)
        return try await open(digest)
    }

    private func open(_ digest: Digest) async throws -> FileDescriptor {
        let store = store
        return try await BlockingPool.waiting.run { try store.openBlob(digest) }
    }

    /// A record makes the file a cached thing with a name, which pruning weighs by its last use.
    private func record(_ digest: Digest, _ description: String) async throws {
        var hash = KeyHasher("archive-file/1")
        hash.add(digest)
        let key = hash.finalize()
        let store = store
        try await BlockingPool.waiting.run {
            try store.recordStep(
                NewStep(key: key, shape: key, description: description, result: [], blobs: [digest]))
        }
    }
}

/// Why a file known by digest could not be had.
package enum ArchiveFileError: DiagnosticConvertible {
    case noAddress(Digest)
    /// What each of the addresses brought.
    case failed([(url: String, error: any Error)])

    package var diagnostic: Diagnostic {
        switch self {
        case .noAddress(let digest):
            return Diagnostic(
                code: "archive.no-address", "no mirror is known for the file \(digest), and the store does not have it",
                hint: "set 'mirror:' in the recipe or SAMPAN_DEBIAN_MIRROR")
        case .failed(let failures):
            let known = failures.map { ($0.url, Self.explain($0.error)) }
            // What the last address says counts most: those before it may just not have the file.
            return Diagnostic(
                code: "archive.download", "\(known.last?.0 ?? "a file") can't be downloaded",
                causes: known.map { known.count == 1 ? $1.message : "\($0): \($1.message)" },
                hint: known.last?.1.hint ?? "try again later, or use another mirror")
        }
    }

    private static func explain(_ error: any Error) -> Diagnostic {
        switch error {
        case TransferError.size(let actual):
            Diagnostic(
                code: "archive.size", "it has not the size that the index says (\(actual) bytes)",
                hint: "the mirror is being updated or is broken: try again later, or use another one")
        case TransferError.digest(let actual):
            Diagnostic(
                code: "archive.digest", "it is not the file that the signed index names (it is \(actual))",
                hint: "the mirror is being updated or is broken: try again later, or use another one")
        case TransferError.range:
            Diagnostic(code: "archive.range", "the server sent another part of it than was asked for")
        default: Diagnostic(explaining: error)
        }
    }
}
