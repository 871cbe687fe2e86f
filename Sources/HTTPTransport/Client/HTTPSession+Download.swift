/// What a server said about a file that was downloaded.
package struct Download: Sendable, Hashable {
    /// Where it came from, after redirects; without credentials.
    package var url: String
    /// In bytes.
    package var size: Int
    package var etag: String?
    /// As the server wrote it.
    package var lastModified: String?
    /// The same in seconds since 1970, when it can be read.
    package var modified: Int64?
    package var contentType: String?
    /// The name in `Content-Disposition`, reduced to one safe component.
    package var fileName: String?

    package init(
        url: String, size: Int, etag: String? = nil, lastModified: String? = nil, modified: Int64? = nil,
        contentType: String? = nil, fileName: String? = nil
    ) {
        self.url = url
        self.size = size
        self.etag = etag
        self.lastModified = lastModified
        self.modified = modified
        self.contentType = contentType
        self.fileName = fileName
    }
}

extension HTTPSession {
    /// Downloads a file, handing its bytes on as they come.
    ///
    /// A transfer that breaks off is continued where it stopped when the server gave a strong validator and honours
    /// ranges; otherwise the error says so, since what was handed on can't be taken back.
    /// - Parameters:
    ///   - limit: more bytes than that are refused.
    ///   - etag: of a copy at hand; the result is nil when the server says it is still good.
    ///   - sink: takes the bytes in order; the pointer is good for the call only.
    /// - Throws: ``HTTPTransportError``, `CancellationError` and what `sink` throws.
    package nonisolated(nonsending) func download(
        _ url: HTTPURL, limit: Int, etag: String? = nil, headers: HeaderFields = HeaderFields(),
        to sink: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> Download? {
        var request = HTTPRequest(.get, url, headers: headers)
        request.headers["If-None-Match"] = etag
        var response = try await send(request)
        if response.status == 304, etag != nil { return nil }
        guard response.status == 200 else {
            throw HTTPTransportError.status(response.status, url: response.url.redacted)
        }
        let total = response.contentLength
        var download = Self.describe(response)
        if let total, total > limit {
            throw HTTPTransportError.bodyTooLarge(limit: limit, host: response.url.authority)
        }
        var failures = 0
        while true {
            let before = download.size
            do {
                try await response.body.forEachChunk { chunk in
                    guard chunk.count <= min(limit, total ?? limit) - download.size else {
                        throw HTTPTransportError.bodyTooLarge(limit: total ?? limit, host: response.url.authority)
                    }
                    try sink(chunk)
                    download.size += chunk.count
                }
                if total == nil || download.size == total { return download }
            } catch let error as HTTPTransportError where error.isTransient {
                guard download.etag.map(Self.isStrong) ?? false else {
                    throw HTTPTransportError.incomplete(url: url.redacted, received: download.size, expected: total)
                }
            }
            failures = download.size > before ? 1 : failures + 1
            guard let validator = download.etag, Self.isStrong(validator), failures < configuration.retry.attempts
            else {
                throw HTTPTransportError.incomplete(url: url.redacted, received: download.size, expected: total)
            }
            request.headers["If-None-Match"] = nil
            request.headers["If-Range"] = validator
            request.headers["Range"] = "bytes=\(download.size)-"
            response = try await send(request)
            guard response.status == 206, ContentRange(response.headers["Content-Range"])?.start == download.size else {
                throw HTTPTransportError.incomplete(url: url.redacted, received: download.size, expected: total)
            }
        }
    }

    private static func describe(_ response: HTTPResponse) -> Download {
        let modified = response.headers["Last-Modified"]
        return Download(
            url: response.url.description, size: 0, etag: response.headers["ETag"], lastModified: modified,
            modified: modified.flatMap(HTTPDate.seconds), contentType: response.headers["Content-Type"],
            fileName: response.headers["Content-Disposition"].flatMap(FileName.contentDisposition))
    }

    private static func isStrong(_ etag: String) -> Bool { etag.hasPrefix("\"") && etag.utf8.count > 2 }
}
