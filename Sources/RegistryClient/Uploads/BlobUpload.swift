// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
import Core
import HTTPTransport
import OCI

/// One blob on its way to a registry, through any number of broken connections, expired tokens and lost uploads.
///
/// Small blobs are one PUT. Large ones are one streamed PATCH, which a PUT completes: what arrived of it survives a
/// broken connection. A registry that can't tell what arrived gets the blob in parts from then on, each on a connection
/// of its own and small enough to have got through before.
struct BlobUpload {
    let session: RegistrySession
    let reference: Reference
    let endpoint: Endpoint
    let descriptor: Descriptor
    let content: HashingContent
    let progress: @Sendable (Int64) -> Void

    /// Where the registry wants the next request; nil before an upload is begun.
    var place: UploadPlace?
    /// Bytes that the registry has, as far as it said.
    var offset: Int64 = 0
    /// The most bytes that a request may carry; nil is all of them.
    var part: Int64?
    /// Failures since the last progress.
    var failures = 0
    /// Uploads that were begun anew since the last time that one got further than those before.
    var restarts = 0
    /// The most that a registry ever had of the blob.
    var furthest: Int64 = 0
    /// Whether what the registry has came over several connections, one of which broke off.
    var isPatched = false
    let sent = SentBytes()

    /// In bytes; up to here sending all again costs less than asking what arrived.
    static let smallSize: Int64 = 4 << 20
    /// The smallest part that is tried, in bytes.
    static let smallestPart: Int64 = 256 << 10

    init(
        session: RegistrySession, reference: Reference, endpoint: Endpoint, descriptor: Descriptor,
        content: HashingContent, progress: @escaping @Sendable (Int64) -> Void, place: UploadPlace?
    ) {
        self.session = session
        self.reference = reference
        self.endpoint = endpoint
        self.descriptor = descriptor
        self.content = content
        self.progress = progress
        self.place = place
    }

    var size: Int64 { content.size }

    var lost: RegistryError { .uploadLost(descriptor.digest, registry: endpoint.registry) }

    /// Uploads until the registry has confirmed the digest.
    mutating func run() async throws {
        while true {
            try Task.checkCancellation()
            guard let place else {
                try await begin()
                continue
            }
            if offset == 0, size <= min(Self.smallSize, part ?? Self.smallSize) {
                if try await finish(at: place, with: 0..<size) { return }
            } else if offset < size {
                try await sendPart(to: place)
            } else if try await finish(at: place, with: size..<size) {
                return
            }
        }
    }

    /// Begins an upload, a new one if there was one before.
    private mutating func begin() async throws {
        var request = HTTPRequest(.post, endpoint.url("\(reference.repository)/blobs/uploads/"))
        // An upload that was begun and whose answer got lost costs nobody anything.
        request.isRepeatable = true
        let response = try await session.sendUpload(request, reference, endpoint)
        guard response.status == 202 else { throw await rejection(response) }
        await drain(response)
        guard let begun = UploadPlace(response) else {
            throw RegistryError.uploadLocation(descriptor.digest, registry: endpoint.registry)
        }
        place = begun
        offset = 0
        isPatched = false
    }

    /// Sends what the registry lacks, or the next part of it.
    private mutating func sendPart(to place: UploadPlace) async throws {
        let start = offset
        let end = start + min(max(part ?? Int64.max, place.leastChunk), size - start)
        var request = HTTPRequest(
            .patch, place.url, headers: ["Content-Type": "application/octet-stream"],
            body: .file(content, range: start..<end))
        // The first and whole one is a plain stream, which the oldest registries take.
        if start > 0 || end < size { request.headers["Content-Range"] = "\(start)-\(end - 1)" }
        if part != nil { request.headers["Connection"] = "close" }
        let response: HTTPResponse
        do {
            response = try await send(request, from: start)
        } catch let error as HTTPTransportError where error.isTransient {
            isPatched = true
            try await pause(after: error)
            return try await askWhatArrived(because: error)
        }
        switch response.status {
        case 200..<300:
            await drain(response)
            try await goOn(from: response, otherwise: end)
        case 416:
            isPatched = true
            try await goOn(from: response, otherwise: nil)
        case 404, 410: try await startOver(because: lost)
        case 413 where end - start > Self.smallestPart:
            try await startOver(because: await rejection(response), part: (end - start) / 2)
        case let status where RetryPolicy.isTransient(status: status):
            isPatched = true
            let error = await rejection(response)
            try await pause(after: error, response)
            try await askWhatArrived(because: error)
        default: throw await rejection(response)
        }
    }

    /// Completes the upload, with all bytes or with none if they are there.
    /// - Returns: false when it has to go on.
    private mutating func finish(at place: UploadPlace, with range: Range<Int64>) async throws -> Bool {
        var request = HTTPRequest(
            .put, place.completion(descriptor.digest), headers: ["Content-Type": "application/octet-stream"])
        request.isRepeatable = false
        if !range.isEmpty { request.body = .bytes(try await whole()) }
        try await checkContent(place)
        let response: HTTPResponse
        do {
            response = try await send(request, from: range.lowerBound)
        } catch let error as HTTPTransportError where error.isTransient {
            try await pause(after: error)
            // What came of a body is unknown; an empty one may just be sent again.
            if !range.isEmpty { self.place = nil }
            return false
        }
        switch response.status {
        case 200..<300:
            await drain(response)
            progress(size)
            return true
        case 404, 410:
            // An answer that got lost may have been the good one.
            if failures > 0, try await session.hasBlob(descriptor.digest, in: reference, at: endpoint) { return true }
            try await startOver(because: lost)
        case 416 where range.isEmpty: try await goOn(from: response, otherwise: nil)
        case 413 where Int64(range.count) > Self.smallestPart:
            try await startOver(because: await rejection(response), part: Int64(range.count) / 2)
        case 400 where isPatched, 416 where isPatched:
            // Pieces of several connections need not fit together; then the whole is sent once more.
            try await startOver(because: await rejection(response))
        case let status where RetryPolicy.isTransient(status: status):
            try await pause(after: await rejection(response), response)
            if !range.isEmpty, status != 429 { self.place = nil }
        default: throw await rejection(response)
        }
        return false
    }
}
