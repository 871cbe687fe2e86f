import AsyncHTTPClient
import Core
import NIOCore
import NIOHTTP1
import NIOPosix

/// Bytes of unknown length that are made while they are sent; read once.
package protocol UploadStream: Sendable {
    /// The next piece; nil at the end.
    func next() async throws -> [UInt8]?
}

/// Sends HTTP requests to a program on this machine, over a UNIX socket or a port of the loopback.
///
/// Nothing is tried again, no redirect is followed and no proxy is asked: such a program is there or it isn't. It may
/// work for long before it answers. It must be shut down at the end.
package final class SocketSession: Sendable {
    package enum Address: Hashable, Sendable, CustomStringConvertible {
        case unix(path: String)
        case tcp(host: String, port: Int)

        package var description: String {
            switch self {
            case .unix(let path): "unix://" + path
            case .tcp(let host, let port): "tcp://\(host):\(port)"
            }
        }
    }

    package let address: Address
    private let client: HTTPClient

    package init(_ address: Address) {
        self.address = address
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .minutes(30), write: .minutes(30)))
        settings.httpVersion = .http1Only
        settings.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: settings)
    }

    /// Closes all connections; requests under way fail.
    package func shutdown() async {
        // The only error is that someone shut it down before, which is what we want.
        try? await client.shutdown()
    }

    /// Sends a request and returns once the head of the response is there; any status is a response.
    /// - Parameters:
    ///   - target: path and query, encoded.
    ///   - stream: the body, sent in chunks.
    /// - Throws: ``HTTPTransportError``, `CancellationError`, and what the stream throws.
    package func send(
        _ method: HTTPRequest.Method, _ target: String, headers: HeaderFields = HeaderFields(),
        stream: (any UploadStream)? = nil
    ) async throws -> HTTPResponse {
        var outgoing = HTTPClientRequest(url: base + target)
        outgoing.method = HTTPMethod(rawValue: method.rawValue)
        outgoing.headers.add(name: "Host", value: "localhost")
        for field in headers.fields { outgoing.headers.add(name: field.name, value: field.value) }
        if let stream { outgoing.body = .stream(Pieces(stream: stream), length: .unknown) }
        do {
            let response = try await client.execute(outgoing, deadline: .distantFuture)
            var fields = HeaderFields()
            for field in response.headers { fields.append(field.name, field.value) }
            return HTTPResponse(
                status: Int(response.status.code), headers: fields,
                url: try HTTPURL(parsing: "http://localhost" + target),
                body: HTTPBody(
                    source: response.body, host: address.description,
                    slowest: TransportConfiguration.Pace(bytes: 0, window: .seconds(3600))))
        } catch {
            try Task.checkCancellation()
            throw FailureClassifier.classify(error, host: address.description)
        }
    }

    private var base: String {
        switch address {
        case .tcp(let host, let port): return "http://\(host):\(port)"
        case .unix(let path):
            var host: [UInt8] = []
            for byte in path.utf8 { PercentEncoding.append(byte, to: &host) }
            return "http+unix://" + String(decoding: host, as: UTF8.self)
        }
    }

    private struct Pieces: AsyncSequence, Sendable {
        let stream: any UploadStream

        func makeAsyncIterator() -> Iterator { Iterator(stream: stream) }

        struct Iterator: AsyncIteratorProtocol {
            let stream: any UploadStream

            func next() async throws -> ByteBuffer? {
                do {
                    return try await stream.next().map { ByteBuffer(bytes: $0) }
                } catch {
                    throw ContentFailure(cause: error)
                }
            }
        }
    }
}
