package import HTTPTransport

/// What the user says of servers, without what the settings of a project add: a file that was checked out must not decide
/// where this machine's logins go.
package struct OwnSettings: Sendable {
    package var transport: TransportConfiguration
    /// As in ``RegistryConfiguration/mirrors``.
    package var mirrors: [String: [String]]
    /// As in ``RegistryConfiguration/tokenServers``.
    package var tokenServers: [String: [String]]

    package init(
        transport: TransportConfiguration, mirrors: [String: [String]] = [:], tokenServers: [String: [String]] = [:]
    ) {
        self.transport = transport
        self.mirrors = mirrors
        self.tokenServers = tokenServers
    }

    /// Whether the user lets a server do without proof of who it is.
    func letsBeInsecure(_ url: HTTPURL) throws(HTTPTransportError) -> Bool {
        if try transport.needsNoProof(url) { return true }
        // A server that was named with the port of https may have been found to speak in the clear.
        let named = try HTTPURL(scheme: .https, authority: url.authority, target: "/")
        if try transport.needsNoProof(named) { return true }
        guard url.scheme == .http else { return false }
        return mirrors.values.joined().contains { text in
            (try? HTTPURL(parsing: text))?.hasSameOrigin(as: url) ?? false
        }
    }
}
