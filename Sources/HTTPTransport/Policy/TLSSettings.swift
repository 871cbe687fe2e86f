/// What one server's certificate is checked against, and how this client shows itself to it.
package struct TLSSettings: Sendable, Hashable {
    /// A certificate of this client with its key; both are files in PEM.
    package struct Identity: Sendable, Hashable {
        /// May hold the chain up to an authority.
        package var certificate: String
        package var key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Files of PEM certificates that are trusted besides the system's.
    package var authorities: [String]
    package var identity: Identity?

    package init(authorities: [String] = [], identity: Identity? = nil) {
        self.authorities = authorities
        self.identity = identity
    }

    package var isEmpty: Bool { authorities.isEmpty && identity == nil }
}

/// TLS settings by server.
package struct TLSPolicy: Sendable {
    /// By `host`, which stands for all its ports, or `host:port`.
    package var servers: [String: TLSSettings]
    /// Directories with one subdirectory a server, as Docker and Podman have them; see ``CertificateDirectory``.
    package var directories: [String]

    package init(servers: [String: TLSSettings] = [:], directories: [String] = []) {
        self.servers = servers
        self.directories = directories
    }

    /// What is set for a server: what was said by name, and from directories what was not.
    ///
    /// Reads directories, a handful of small calls.
    /// - Throws: ``HTTPTransportError``.
    package func settings(for url: HTTPURL) throws(HTTPTransportError) -> TLSSettings {
        var found = servers["\(url.host):\(url.port ?? url.scheme.port)"] ?? servers[url.host] ?? TLSSettings()
        for directory in directories where found.authorities.isEmpty || found.identity == nil {
            for name in Self.names(of: url) {
                let there = try CertificateDirectory.read(directory + "/" + name)
                if found.authorities.isEmpty { found.authorities = there.authorities }
                if found.identity == nil { found.identity = there.identity }
            }
        }
        return found
    }

    /// The names of a server's directory: with the port unless it is the scheme's own, which may be left out.
    private static func names(of url: HTTPURL) -> [String] {
        url.port.map { ["\(url.host):\($0)"] } ?? [url.host, "\(url.host):\(url.scheme.port)"]
    }
}
