import HTTPTransport

/// A server that answers for a registry.
struct Endpoint: Hashable, Sendable {
    /// The registry whose content is meant, such as `docker.io`.
    var registry: String
    /// Scheme, host, port, and a path before `/v2/` that ends without a slash.
    var base: HTTPURL
    var isMirror: Bool
    /// No TLS, or TLS with any certificate.
    var isInsecure: Bool

    /// The name that a login for it is stored under: a mirror has its own.
    var account: String { isMirror ? base.authority : registry }

    /// A URL below `/v2/`.
    func url(_ path: String) -> HTTPURL {
        var url = base
        url.target = (base.target == "/" ? "" : base.target) + "/v2/" + path
        return url
    }
}

/// Knows the servers of each registry, and finds out once which scheme an insecure one speaks.
actor EndpointStore {
    private let transport: HTTPSession
    private let mirrors: [String: [String]]
    private var schemes: [String: HTTPURL.Scheme] = [:]
    private var probes: [String: SharedTask<HTTPURL.Scheme>] = [:]

    init(transport: HTTPSession, mirrors: [String: [String]]) {
        self.transport = transport
        self.mirrors = mirrors
    }

    /// The mirrors to ask before a registry. One that can't be reached is left out; one that isn't a name at all is a
    /// mistake to report.
    func mirrors(of registry: String) async throws -> [Endpoint] {
        var result: [Endpoint] = []
        for mirror in mirrors[registry] ?? [] {
            let (scheme, authority, path) = try Self.split(mirror: mirror)
            do {
                result.append(try await endpoint(registry, authority, path: path, scheme: scheme, isMirror: true))
            } catch is HTTPTransportError {
                continue
            }
        }
        return result
    }

    /// The registry's own server.
    func origin(of registry: String) async throws -> Endpoint {
        let host = registry == "docker.io" ? "registry-1.docker.io" : registry
        return try await endpoint(registry, host, path: "/", scheme: nil, isMirror: false)
    }

    private static func split(mirror: String) throws -> (HTTPURL.Scheme?, authority: String, path: String) {
        let hasScheme = mirror.contains("://")
        let url = try HTTPURL(parsing: hasScheme ? mirror : "https://" + mirror)
        var path = url.target
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return (hasScheme ? url.scheme : nil, url.authority, path)
    }

    private func endpoint(
        _ registry: String, _ authority: String, path: String, scheme: HTTPURL.Scheme?, isMirror: Bool
    ) async throws -> Endpoint {
        var url = try HTTPURL(scheme: scheme ?? .https, authority: authority, target: path)
        let isInsecure = try transport.configuration.needsNoProof(url)
        if isInsecure, scheme == nil { url.scheme = try await self.scheme(of: authority, isLoopback: url.isLoopback) }
        return Endpoint(
            registry: registry, base: url, isMirror: isMirror, isInsecure: isInsecure || url.scheme == .http)
    }

    private func scheme(of authority: String, isLoopback: Bool) async throws -> HTTPURL.Scheme {
        if let known = schemes[authority] { return known }
        let probe = probes[authority] ?? SharedTask { try await self.probe(authority, isLoopback: isLoopback) }
        probes[authority] = probe
        do {
            let scheme = try await probe.value()
            finish(probe, authority)
            schemes[authority] = scheme
            return scheme
        } catch {
            finish(probe, authority)
            // The others who waited were cancelled, and the work with them; this one still wants to know.
            if error is CancellationError, !Task.isCancelled {
                return try await self.scheme(of: authority, isLoopback: isLoopback)
            }
            throw error
        }
    }

    private func finish(_ probe: SharedTask<HTTPURL.Scheme>, _ authority: String) {
        if probes[authority] === probe { probes[authority] = nil }
    }

    /// Asks `/v2/` with one scheme, then with the other: plain HTTP first on loopback, where it is the rule.
    private func probe(_ authority: String, isLoopback: Bool) async throws -> HTTPURL.Scheme {
        let order: [HTTPURL.Scheme] = isLoopback ? [.http, .https] : [.https, .http]
        var first: HTTPTransportError?
        for scheme in order {
            let url = try HTTPURL(scheme: scheme, authority: authority, target: "/v2/")
            var request = HTTPRequest(.get, url)
            request.isRepeatable = false
            request.followsRedirects = false
            request.acceptsAnyCertificate = true
            do {
                let response = try await transport.send(request)
                _ = try? await response.body.collect(limit: 16 << 10)
                // A TLS server that is spoken to in the clear may answer so.
                if scheme == .http, response.status == 400 { continue }
                return scheme
            } catch let error as HTTPTransportError {
                if first == nil { first = error }
                // One port can't refuse one scheme alone.
                if error.isConnectFailure, url.authority.contains(":"), url.port != nil { break }
            }
        }
        if let first { throw first }
        return order[0]
    }
}
