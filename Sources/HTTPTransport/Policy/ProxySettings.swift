// The variables are a convention of curl: https://curl.se/docs/manpage.html#ENVIRONMENT

/// Which proxy a request goes through.
package struct ProxySettings: Sendable {
    /// A proxy: always an HTTP one, which is asked to `CONNECT`.
    package struct Proxy: Sendable, Hashable {
        package var host: String
        package var port: Int
        package var credentials: Secret?

        /// Reads the URL of an HTTP proxy, or `host:port`.
        /// - Parameter name: of the setting, for the error.
        /// - Throws: ``HTTPTransportError/invalidProxy(variable:)``.
        package init(parsing text: String, name: String) throws(HTTPTransportError) {
            let url: HTTPURL
            do {
                url = try HTTPURL(parsing: text.contains("://") ? text : "http://" + text)
            } catch {
                throw .invalidProxy(variable: name)
            }
            guard url.scheme == .http else { throw .invalidProxy(variable: name) }
            (host, port, credentials) = (url.host, url.port ?? 80, url.credentials)
        }
    }

    package var http: Proxy?
    package var https: Proxy?
    /// Hosts that are reached directly: `*`, a name (with all below it), a name with a port, an address or a
    /// network such as `10.0.0.0/8`.
    package var exceptions: [String]
    /// For single hosts, by `scheme://host`, whatever the exceptions say; nil is a direct connection.
    package var hosts: [String: Proxy?] = [:]

    package init(http: Proxy? = nil, https: Proxy? = nil, exceptions: [String] = []) {
        self.http = http
        self.https = https
        self.exceptions = exceptions
    }

    /// Reads `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`; the lower-case names go before.
    /// - Throws: ``HTTPTransportError/invalidProxy(variable:)`` when one isn't the URL of an HTTP proxy.
    package init(environment: [String: String]) throws(HTTPTransportError) {
        http = try Self.proxy(environment, "http_proxy", "HTTP_PROXY")
        https = try Self.proxy(environment, "https_proxy", "HTTPS_PROXY")
        let list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
        exceptions = list.split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    /// The proxy for a URL; nil is a direct connection. Loopback is always direct.
    package func proxy(for url: HTTPURL) -> Proxy? {
        if url.isLoopback { return nil }
        if let own = hosts["\(url.scheme.rawValue)://\(url.host)"] { return own }
        for exception in exceptions where Self.matches(exception, url) { return nil }
        return url.scheme == .http ? http : https
    }

    private static func proxy(_ environment: [String: String], _ names: String...) throws(HTTPTransportError) -> Proxy?
    {
        guard let name = names.first(where: { !(environment[$0] ?? "").isEmpty }), let text = environment[name] else {
            return nil
        }
        return try Proxy(parsing: text, name: name)
    }

    private static func matches(_ exception: String, _ url: HTTPURL) -> Bool {
        if exception == "*" { return true }
        if let slash = exception.firstIndex(of: "/") {
            guard let network = address(exception[..<slash]),
                let bits = Int(exception[exception.index(after: slash)...]),
                (0...32).contains(bits), let host = address(url.host[...])
            else { return false }
            let mask = bits == 0 ? 0 : UInt32.max << UInt32(32 - bits)
            return network & mask == host & mask
        }
        var name = exception[...]
        if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]"),
            name.firstIndex(of: ":") == colon || name.hasPrefix("[")
        {
            guard Int(name[name.index(after: colon)...]) == url.port ?? url.scheme.port else { return false }
            name = name[..<colon]
        }
        if name.hasPrefix("*.") { name = name.dropFirst(2) }
        if name.hasPrefix(".") { name = name.dropFirst() }
        return !name.isEmpty && (url.host == name || url.host.hasSuffix("." + name))
    }

    /// An IPv4 address as a number.
    private static func address(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard let part else { return nil }
            value = value << 8 | UInt32(part)
        }
        return value
    }
}
