/// The names under which files keep logins.
///
/// Docker writes `host[:port]`, older ones and logins to Docker Hub a URL such as `https://index.docker.io/v1/`; Podman
/// writes `host[:port]`, and a path behind it for the login of some repositories.
enum CredentialKey {
    /// What Docker and helpers call docker.io.
    static let hub = "https://index.docker.io/v1/"

    /// The names that a login for a repository may have, the most specific first.
    static func candidates(_ registry: String, _ repository: String?) -> [String] {
        var parts = repository?.split(separator: "/") ?? []
        var out: [String] = []
        while !parts.isEmpty {
            out.append(registry + "/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return out + [registry]
    }

    /// A key in the form that ``candidates(_:_:)`` has: without scheme and version, in lower case before the path.
    static func normalized(_ key: String) -> String {
        var rest = Substring(key)
        var isURL = false
        for scheme in ["https://", "http://"] where key.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            isURL = true
        }
        let name = rest.prefix { $0 != "/" }
        var path = rest[name.endIndex...].split(separator: "/").map(String.init)
        let host = name.lowercased()
        // The path of a URL is the API's; Docker never tells repositories apart.
        if isURL || path == ["v1"] || path == ["v2"] { path = [] }
        let registry = ["index.docker.io", "registry-1.docker.io"].contains(host) ? "docker.io" : host
        return ([registry] + path).joined(separator: "/")
    }

    /// The name that Docker and its helpers know a registry by.
    static func docker(_ registry: String) -> String { registry == "docker.io" ? hub : registry }
}
