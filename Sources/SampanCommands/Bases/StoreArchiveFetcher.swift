package import Archive
package import ContentStore
package import Core
import Debian
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
            do {
                let response = try await session.send(request)
                if response.status == 404 || response.status == 410 { return nil }
                guard response.status == 200 else {
                    throw HTTPTransportError.status(response.status, url: response.url.redacted)
                }
                let bytes = try await response.body.collect(limit: limit)
                if let length = response.contentLength, length != bytes.count {
                    throw HTTPTransportError.connection(.closed, host: response.url.authority)
                }
                return bytes
            } catch let error as HTTPTransportError where error.isTransient && !error.isConnectFailure {
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

    // MARK: - Files known by digest

    package func fetch(
        _ urls: [String], digest: Digest, size: Int64, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> FileDescriptor {
        if let file = try await stored(digest, size: size) { return file }
        guard let length = Int(exactly: size), length >= 0, !urls.isEmpty else {
            throw ArchiveFileError.noAddress(digest)
        }
        let session = try network.archives()
        try await StoreSink.fetch(digest, size: size, into: store) { sink in
            var transfer = VerifiedTransfer(digest: digest, size: length, continuing: sink.writer.hash)
            var failures: [any Error] = []
            for url in urls {
                if try transfer.isDone(checking: &sink) { return }
                do {
                    try await Self.fetch(&transfer, from: HTTPURL(parsing: url), into: &sink, session, progress)
                    return
                } catch let error where error is HTTPTransportError || error is TransferError {
                    try Task.checkCancellation()
                    failures.append(error)
                }
            }
            throw ArchiveFileError.failed(urls: urls.map(Redaction.url), failures: failures)
        }
        try await record(digest, "download \(Self.name(of: urls.last ?? ""))")
        return try await open(digest)
    }

    private nonisolated(nonsending) static func fetch(
        _ transfer: inout VerifiedTransfer, from url: HTTPURL, into sink: inout StoreSink, _ session: HTTPSession,
        _ progress: (Int64) -> Void
    ) async throws {
        try await transfer.fetch(
            into: &sink, policy: session.configuration.retry, progress: { progress(Int64($0)) }
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
            try make(WriterSink(writer))
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

    private static func name(of url: String) -> String {
        Redaction.url(url).split(separator: "/").last.map(String.init) ?? "a file"
    }
}

/// Writes into a blob.
private final class WriterSink: ByteSink {
    private let writer: BlobWriter

    init(_ writer: BlobWriter) { self.writer = writer }

    func write(_ bytes: UnsafeRawBufferPointer) throws { try writer.write(bytes) }
}

/// Why a file known by digest could not be had.
package enum ArchiveFileError: DiagnosticConvertible {
    case noAddress(Digest)
    /// What each of the addresses brought.
    case failed(urls: [String], failures: [any Error])

    package var diagnostic: Diagnostic {
        switch self {
        case .noAddress(let digest):
            return Diagnostic(
                code: "archive.no-address", "no mirror is known for the file \(digest), and the store does not have it",
                hint: "set 'mirror:' in the recipe or SAMPAN_DEBIAN_MIRROR")
        case .failed(let urls, let failures):
            let known = zip(urls, failures).map { ($0, Self.explain($1)) }
            // What the last address says counts most: those before it may just not have the file.
            let hint = known.last?.1.hint ?? "try again later, or use another mirror"
            return Diagnostic(
                code: "archive.download", "\(urls.last ?? "the file") can't be downloaded",
                causes: known.map { urls.count == 1 ? $1.message : "\($0): \($1.message)" }, hint: hint)
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
