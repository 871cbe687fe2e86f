import Core
import HTTPTransport
import OCI
import Synchronization

/// How many bytes of a request have been handed to its connection.
final class SentBytes: Sendable {
    private let count = Atomic<Int64>(0)
    var value: Int64 {
        get { count.load(ordering: .relaxed) }
        set { count.store(newValue, ordering: .relaxed) }
    }
}

extension BlobUpload {
    /// Sends a request of the upload and counts what goes out.
    /// - Parameter start: where its body lies in the blob.
    func send(_ request: HTTPRequest, from start: Int64) async throws -> HTTPResponse {
        var request = request
        let (sent, progress) = (sent, progress)
        sent.value = 0
        request.onSent = { count in
            sent.value = count
            progress(start + count)
        }
        return try await session.sendUpload(request, reference, endpoint)
    }

    /// Asks the registry what it has of the upload, and begins anew when it can't tell.
    mutating func askWhatArrived(because error: any Error) async throws {
        guard let place else { return }
        let response = try await session.sendUpload(HTTPRequest(.get, place.url), reference, endpoint)
        await drain(response)
        guard response.isSuccess, UploadRange.received(response) != nil else {
            // As much as got through before is likely to do so again; half of it leaves room for what was on its way.
            let got = max(sent.value, Self.smallestPart)
            return try await startOver(because: error, part: min(part ?? Int64.max, got) / 2)
        }
        try await goOn(from: response, otherwise: nil, isCounted: true)
    }

    /// Takes over what a response says about the upload: how much there is, and where to go on.
    /// - Parameters:
    ///   - end: what there is if the response doesn't tell; nil asks.
    ///   - isCounted: whether what led here has been counted as a failure.
    mutating func goOn(from response: HTTPResponse, otherwise end: Int64?, isCounted: Bool = false) async throws {
        guard let received = UploadRange.received(response) ?? end else {
            try await pause(after: lost)
            return try await askWhatArrived(because: lost)
        }
        // More than was ever sent is another upload's, or nonsense.
        guard received <= min(size, offset + max(sent.value, 0)) || received == end else {
            return try await startOver(because: lost)
        }
        if let next = UploadPlace(response) {
            place = UploadPlace(url: next.url, leastChunk: max(next.leastChunk, place?.leastChunk ?? 0))
        }
        offset = received
        let gain = received - furthest
        if gain >= Self.progressWorthResuming || (gain > 0 && received == size) {
            furthest = received
            failures = 0
            restarts = 0
        } else if !isCounted, received != end {
            // A registry that takes nothing and says so politely must not be asked for ever.
            try await pause(after: lost)
        }
    }

    /// In bytes.
    private static var progressWorthResuming: Int64 { 16 << 10 }

    /// Forgets the upload and begins another, as often as the policy lets.
    /// - Parameter part: the most bytes that a request shall carry from now on.
    mutating func startOver(because error: any Error, part: Int64? = nil) async throws {
        restarts += 1
        guard restarts < max(session.transport.configuration.retry.attempts, 2) else { throw error }
        if let part { self.part = max(part, Self.smallestPart) }
        place = nil
        offset = 0
    }

    /// Waits after a failure, or gives up.
    mutating func pause(after error: any Error, _ response: HTTPResponse? = nil) async throws {
        failures += 1
        let policy = session.transport.configuration.retry
        let isConnectFailure = (error as? HTTPTransportError)?.isConnectFailure ?? false
        let pause = policy.pause(
            afterAttempt: failures, limit: isConnectFailure ? policy.connectAttempts : policy.attempts,
            retryAfter: response.flatMap { session.transport.retryAfter($0) }, jitter: Double.random(in: 0...1))
        guard let pause else { throw error }
        try await Task.sleep(for: pause)
    }

    /// The content in memory, for a blob that is small.
    func whole() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while Int64(bytes.count) < size {
            let more = try await content.read(at: Int64(bytes.count), upTo: Int(size) - bytes.count)
            guard !more.isEmpty else { throw UploadError.shortContent(expected: size, actual: Int64(bytes.count)) }
            bytes += more
        }
        return bytes
    }

    /// Refuses to complete what isn't the blob.
    func checkContent(_ place: UploadPlace) async throws {
        let actual = content.digest
        guard actual != descriptor.digest else { return }
        await session.cancelUpload(at: place, reference, endpoint)
        throw RegistryError.contentDigest(descriptor.digest, actual: actual)
    }

    /// Reads the few bytes of an answer, which keeps its connection.
    func drain(_ response: HTTPResponse) async { _ = try? await response.body.collect(limit: 64 << 10) }

    func rejection(_ response: HTTPResponse) async -> RegistryError {
        await RegistryError.reject(response, registry: endpoint.registry, subject: .upload(descriptor.digest))
    }
}

/// The `Range` of an answer about an upload: `0-1023`, the last byte included.
enum UploadRange {
    /// How many bytes there are; nil when the answer doesn't tell.
    static func received(_ response: HTTPResponse) -> Int64? {
        guard var text = response.headers["Range"].map({ Substring($0) }) else { return nil }
        for prefix in ["bytes=", "bytes "] where text.hasPrefix(prefix) { text = text.dropFirst(prefix.count) }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "0", !parts[1].isEmpty,
            parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let last = Int64(parts[1]), last < Int64.max
        else { return nil }
        // Nothing at all is told the same way as a single byte, and no part is that small.
        return last == 0 ? 0 : last + 1
    }
}
