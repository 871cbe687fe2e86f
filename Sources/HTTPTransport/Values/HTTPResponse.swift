import AsyncHTTPClient
import NIOCore

/// A response whose body has yet to be read. Dropping it closes the connection.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: HeaderFields
    /// Where the response came from, after redirects.
    package var url: HTTPURL
    package var body: HTTPBody

    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The length of the body as the server announced it.
    package var contentLength: Int? {
        headers["Content-Length"].flatMap { text in text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(text) : nil
        }
    }
}

/// The body of a response, read once, piece by piece.
package struct HTTPBody: Sendable {
    let source: HTTPClientResponse.Body
    let host: String
    let slowest: TransportConfiguration.Pace

    /// Hands every piece of the body on as it comes, without copying it; the pointer is good for that call only.
    ///
    /// - Throws: ``HTTPTransportError`` when the connection fails or the server is too slow, `CancellationError`, and
    ///   whatever `consume` throws, which ends the transfer.
    package nonisolated(nonsending) func forEachChunk(_ consume: (UnsafeRawBufferPointer) throws -> Void) async throws {
        var pace = PaceKeeper(slowest)
        var iterator = source.makeAsyncIterator()
        while true {
            let chunk: ByteBuffer?
            do {
                chunk = try await iterator.next(isolation: #isolation)
            } catch {
                throw FailureClassifier.classify(error, host: host)
            }
            guard let chunk else { break }
            guard pace.accept(chunk.readableBytes) else { throw HTTPTransportError.connection(.tooSlow, host: host) }
            try chunk.withUnsafeReadableBytes { try consume($0) }
        }
        // A cancelled task sees the end of the sequence, not an error.
        try Task.checkCancellation()
    }

    /// The whole body.
    /// - Throws: ``HTTPTransportError/bodyTooLarge(limit:host:)`` beyond `limit` bytes, and as ``forEachChunk(_:)``.
    package nonisolated(nonsending) func collect(limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await forEachChunk { chunk in
            guard chunk.count <= limit - bytes.count else {
                throw HTTPTransportError.bodyTooLarge(limit: limit, host: host)
            }
            bytes.append(contentsOf: chunk)
        }
        return bytes
    }
}

/// Watches that a transfer keeps a least pace over every window, against servers that drip.
struct PaceKeeper {
    private let pace: TransportConfiguration.Pace
    private var start = ContinuousClock.now
    private var bytes = 0

    init(_ pace: TransportConfiguration.Pace) { self.pace = pace }

    /// Counts bytes that came; false when the window that ends with them was too slow.
    mutating func accept(_ count: Int) -> Bool {
        bytes += count
        let now = ContinuousClock.now
        guard now - start >= pace.window else { return true }
        defer {
            start = now
            bytes = 0
        }
        return bytes >= pace.bytes
    }
}
