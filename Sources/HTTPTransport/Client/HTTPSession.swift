import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Sends HTTP requests, retries and redirects included. One serves a whole command; it must be shut down at the end.
///
/// Connections speak HTTP/1.1: one stream of HTTP/2 is held back by its window, while blobs want a connection each.
package final class HTTPSession: Sendable {
    package let configuration: TransportConfiguration
    private let tls: TLSConfigurations
    private let clients = Mutex(Clients())

    /// One client for direct connections and one for each proxy.
    private struct Clients {
        var byProxy: [ProxySettings.Proxy?: HTTPClient] = [:]
        var isShutDown = false
    }

    /// - Throws: ``HTTPTransportError/certificateFile(_:)`` when the file of certificates can't be read.
    package init(_ configuration: TransportConfiguration = TransportConfiguration()) throws(HTTPTransportError) {
        self.configuration = configuration
        tls = try TLSConfigurations(configuration)
    }

    /// Makes a transport for the duration of `body` and shuts it down whatever happens.
    package nonisolated(nonsending) static func with<Result>(
        _ configuration: TransportConfiguration,
        _ body: nonisolated(nonsending) (HTTPSession) async throws -> Result
    ) async throws -> Result {
        let transport = try HTTPSession(configuration)
        do {
            let result = try await body(transport)
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// Closes all connections; requests under way fail. Nothing can be sent afterwards.
    package func shutdown() async {
        let all = clients.withLock { state in
            defer { state.byProxy = [:] }
            state.isShutDown = true
            return Array(state.byProxy.values)
        }
        for client in all {
            // The only error is that someone shut it down before, which is what we want.
            try? await client.shutdown()
        }
    }

    /// Sends a request and returns once the head of the final response is there.
    ///
    /// Transient failures and statuses (408, 425, 429, 500, 502, 503, 504) of repeatable requests are tried again as
    /// the policy says; what the last try brought is returned, so a status is never an error here. Redirects of GET
    /// and HEAD are followed, of other methods as the request says; `Authorization` never goes to another scheme, host
    /// or port.
    /// - Throws: ``HTTPTransportError``, `CancellationError`, and what the content of a body throws.
    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        var request = request
        let origin = request.url
        for _ in 0...max(configuration.redirectLimit, 0) {
            let response = try await sendRepeating(request)
            guard request.followsRedirects, Self.isRedirect(response.status, of: request),
                let location = response.headers["Location"]
            else { return response }
            let target = try request.url.resolving(location)
            if request.url.scheme == .https, target.scheme == .http, !configuration.isInsecure(target) {
                throw HTTPTransportError.insecureRedirect(from: request.url.redacted, to: target.redacted)
            }
            if !request.url.hasSameOrigin(as: target) {
                request.authorization = nil
                request.headers["Authorization"] = nil
                request.headers["Cookie"] = nil
                request.acceptsAnyCertificate = false
                request.namedBy = origin
            }
            request.url = target
            // Reading the few bytes of a redirect's body keeps the connection; a long one isn't worth it.
            if (response.contentLength ?? Int.max) <= 16 << 10 { _ = try? await response.body.collect(limit: 16 << 10) }
        }
        throw HTTPTransportError.tooManyRedirects(url: origin.redacted)
    }

    private static func isRedirect(_ status: Int, of request: HTTPRequest) -> Bool {
        let reads = request.method == .get || request.method == .head
        return switch status {
        case 301, 302, 303: reads
        case 307, 308: reads || request.redirectsBody
        default: false
        }
    }

    /// Sends to one URL until it succeeds or the policy says enough.
    private func sendRepeating(_ request: HTTPRequest) async throws -> HTTPResponse {
        let policy = configuration.retry
        var attempt = 1
        while true {
            try Task.checkCancellation()
            let pause: Duration?
            let reason: RetryNotice.Reason
            do {
                let response = try await sendOnce(request)
                guard RetryPolicy.isTransient(status: response.status), request.isRepeatable else { return response }
                let retryAfter = retryAfter(response)
                pause = policy.pause(
                    afterAttempt: attempt, limit: policy.attempts, retryAfter: retryAfter,
                    jitter: Double.random(in: 0...1))
                if pause == nil { return response }
                reason = .status(response.status)
                _ = try? await response.body.collect(limit: 16 << 10)
            } catch let error as HTTPTransportError where error.isTransient && request.isRepeatable {
                pause = policy.pause(
                    afterAttempt: attempt, limit: error.isConnectFailure ? policy.connectAttempts : policy.attempts,
                    retryAfter: nil, jitter: Double.random(in: 0...1))
                if pause == nil { throw error }
                reason = .failure(error)
            }
            attempt += 1
            if let pause {
                configuration.onRetry?(
                    RetryNotice(host: request.url.authority, attempt: attempt, pause: pause, reason: reason))
                try await Task.sleep(for: pause)
            }
        }
    }

    private func sendOnce(_ request: HTTPRequest) async throws -> HTTPResponse {
        let url = request.url
        var outgoing = HTTPClientRequest(url: url.description)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers.fields { outgoing.headers.add(name: field.name, value: field.value) }
        if outgoing.headers["User-Agent"].isEmpty {
            outgoing.headers.add(name: "User-Agent", value: configuration.userAgent)
        }
        if let authorization = request.authorization {
            outgoing.headers.replaceOrAdd(name: "Authorization", value: authorization.reveal())
        } else if let credentials = url.credentials {
            outgoing.setBasicAuth(credentials)
        }
        var monitor: BodyMonitor?
        switch request.body {
        case .none: break
        case .bytes(let bytes): outgoing.body = .bytes(ByteBuffer(bytes: bytes))
        case .file(let content, let range):
            let stream = BodyStream(content: content, range: range, sent: request.onSent)
            monitor = stream.monitor
            outgoing.body = .stream(stream, length: .known(range.upperBound - range.lowerBound))
        }
        if url.scheme == .https {
            outgoing.tlsConfiguration = try tls.configuration(
                for: url, namedBy: request.namedBy,
                verifies: !request.acceptsAnyCertificate && !configuration.isInsecure(url))
        }
        let client = try client(for: configuration.proxies.proxy(for: url))
        do {
            let response = try await execute(outgoing, client, monitor)
            var headers = HeaderFields()
            for field in response.headers { headers.append(field.name, field.value) }
            return HTTPResponse(
                status: Int(response.status.code), headers: headers, url: url,
                body: HTTPBody(source: response.body, host: url.authority, slowest: configuration.slowest))
        } catch {
            // A cancelled task may see its own cancelling as any error of the connection.
            try Task.checkCancellation()
            if monitor?.isStalled ?? false {
                throw HTTPTransportError.connection(.readTimeout, host: url.authority)
            }
            throw FailureClassifier.classify(error, host: url.authority)
        }
    }

    private func execute(
        _ request: HTTPClientRequest, _ client: HTTPClient, _ monitor: BodyMonitor?
    ) async throws -> HTTPClientResponse {
        guard let monitor else { return try await client.execute(request, deadline: .distantFuture) }
        return try await monitor.guarding(configuration.idleTimeout) {
            try await client.execute(request, deadline: .distantFuture)
        }
    }

    private func client(for proxy: ProxySettings.Proxy?) throws(HTTPTransportError) -> HTTPClient {
        let client: HTTPClient? = clients.withLock { state in
            if state.isShutDown { return nil }
            if let client = state.byProxy[proxy] { return client }
            let client = HTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: clientConfiguration(proxy))
            state.byProxy[proxy] = client
            return client
        }
        guard let client else { throw .shutDown }
        return client
    }

    private func clientConfiguration(_ proxy: ProxySettings.Proxy?) -> HTTPClient.Configuration {
        var settings = HTTPClient.Configuration(
            tlsConfiguration: tls.general, redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(configuration.connectTimeout), read: TimeAmount(configuration.idleTimeout)))
        settings.httpVersion = .http1Only
        settings.connectionPool.retryConnectionEstablishment = false
        if let proxy {
            let authorization = proxy.credentials.map { secret -> HTTPClient.Authorization in
                let (user, password) = secret.split()
                return .basic(username: user, password: password)
            }
            settings.proxy = .server(host: proxy.host, port: proxy.port, authorization: authorization)
        }
        return settings
    }

    /// The pause that a response asks for, if any.
    package func retryAfter(_ response: HTTPResponse) -> Duration? {
        RetryPolicy.retryAfter(response.headers["Retry-After"], now: Int64(time(nil)))
    }
}

extension Secret {
    /// The parts before and after the first colon.
    fileprivate func split() -> (String, String) {
        let text = reveal()
        guard let colon = text.firstIndex(of: ":") else { return (text, "") }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}

extension HTTPClientRequest {
    fileprivate mutating func setBasicAuth(_ credentials: Secret) {
        let (user, password) = credentials.split()
        setBasicAuth(username: user, password: password)
    }
}
