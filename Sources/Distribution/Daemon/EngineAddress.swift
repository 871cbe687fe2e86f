internal import Glibc
package import HTTPTransport

/// Where the Engine API of Docker or Podman is served.
///
/// https://docs.docker.com/reference/cli/docker/#environment-variables
package enum EngineAddress {
    /// What `DOCKER_HOST` says, else `/var/run/docker.sock`, else a rootless Docker's socket when it is there.
    ///
    /// Over TCP the API has neither encryption nor a password, so only this machine's own addresses are accepted.
    /// - Throws: ``EngineError/unsupportedHost(_:)``.
    package static func find(environment: [String: String]) throws(EngineError) -> SocketSession.Address {
        if let host = environment["DOCKER_HOST"], !host.isEmpty { return try parse(host) }
        let usual = "/var/run/docker.sock"
        if access(usual, F_OK) != 0, let runtime = environment["XDG_RUNTIME_DIR"] {
            let rootless = runtime + "/docker.sock"
            if access(rootless, F_OK) == 0 { return .unix(path: rootless) }
        }
        return .unix(path: usual)
    }

    static func parse(_ text: String) throws(EngineError) -> SocketSession.Address {
        if text.hasPrefix("unix://") {
            let path = String(text.dropFirst("unix://".count))
            // The kernel takes no longer ones.
            guard path.hasPrefix("/"), path.utf8.count <= 107 else { throw .unsupportedHost(text) }
            return .unix(path: path)
        }
        guard text.hasPrefix("tcp://") else { throw .unsupportedHost(text) }
        let url: HTTPURL
        do { url = try HTTPURL(parsing: "http://" + text.dropFirst("tcp://".count)) } catch {
            throw .unsupportedHost(text)
        }
        guard url.isLoopback, url.credentials == nil, url.target == "/" else { throw .unsupportedHost(text) }
        return .tcp(host: url.host, port: url.port ?? (text.hasSuffix(":80") ? 80 : 2375))
    }
}
