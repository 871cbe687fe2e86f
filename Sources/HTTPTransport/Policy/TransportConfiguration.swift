/// How an ``HTTPSession`` behaves.
package struct TransportConfiguration: Sendable {
    /// For a TCP connection with its TLS handshake.
    package var connectTimeout: Duration = .seconds(15)
    /// The longest silence of a server.
    package var idleTimeout: Duration = .seconds(60)
    /// The least that a transfer must bring.
    package var slowest = Pace(bytes: 4 << 10, window: .seconds(60))
    package var retry = RetryPolicy()
    package var redirectLimit = 10
    /// A file of PEM certificates that are trusted besides the system's.
    package var certificateFile: String?
    /// Servers whose certificate isn't verified and to which a redirect may lead without TLS: `host` or `host:port`.
    package var insecureHosts: Set<String> = []
    /// Authorities and certificates of single servers.
    package var tls = TLSPolicy()
    package var proxies = ProxySettings()
    package var userAgent = "sampan"
    /// Called before a pause; must return at once.
    package var onRetry: (@Sendable (RetryNotice) -> Void)?

    package init() {}

    /// What the environment asks for: proxies, and `SSL_CERT_FILE` as curl and Go know it.
    /// - Parameter version: of the program, for `User-Agent`.
    /// - Throws: ``HTTPTransportError``.
    package init(environment: [String: String], version: String) throws(HTTPTransportError) {
        proxies = try ProxySettings(environment: environment)
        if let file = environment["SSL_CERT_FILE"], !file.isEmpty { certificateFile = file }
        userAgent = "sampan/\(version)"
    }

    /// Bytes in a span of time.
    package struct Pace: Sendable {
        package var bytes: Int
        package var window: Duration

        package init(bytes: Int, window: Duration) {
            self.bytes = bytes
            self.window = window
        }
    }

    /// Whether a server was named as insecure.
    package func isInsecure(_ url: HTTPURL) -> Bool {
        insecureHosts.contains(url.host) || insecureHosts.contains("\(url.host):\(url.port ?? url.scheme.port)")
    }

    /// Whether a registry may do without TLS, or with any certificate: it was named as insecure, or it is on this machine
    /// and nobody said whose certificate it has to have.
    /// - Throws: ``HTTPTransportError`` for directories of certificates that can't be read.
    package func needsNoProof(_ url: HTTPURL) throws(HTTPTransportError) -> Bool {
        if isInsecure(url) { return true }
        guard url.isLoopback else { return false }
        return try tls.settings(for: url).isEmpty
    }
}
