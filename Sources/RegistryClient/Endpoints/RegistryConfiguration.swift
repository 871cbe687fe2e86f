/// Where registries are and who the client is. Which of them may be insecure is said by the transport's configuration.
package struct RegistryConfiguration: Sendable {
    /// For a registry's name the servers to ask before it, in order: `host[:port]` or a URL, which may have a path.
    package var mirrors: [String: [String]]
    package var credentials: any CredentialSource
    /// Hosts that may see a registry's login because they issue its tokens, by registry's name: `host[:port]`.
    package var tokenServers: [String: [String]] = [:]
    /// What of all this, and of the transport's configuration, the user says; nil when it is everything. Logins are sent
    /// to no server that only others vouch for.
    package var own: OwnSettings?
    /// Blobs fetched at a time by ``RegistrySession/fetchBlobs(_:of:progress:open:finish:)``.
    package var parallelBlobs = 4

    package init(mirrors: [String: [String]] = [:], credentials: any CredentialSource = AnonymousCredentials()) {
        self.mirrors = mirrors
        self.credentials = credentials
    }
}
