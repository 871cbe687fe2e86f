import HTTPTransport

/// Names of registries as people write them.
enum RegistryName {
    /// `HOST[:PORT]` in the form that references have.
    /// - Returns: nil for anything else.
    static func parse(_ text: String) -> String? {
        guard !text.contains("/"), let url = try? HTTPURL(parsing: "https://" + text), url.credentials == nil,
            url.target == "/"
        else { return nil }
        let name = text.lowercased()
        return ["index.docker.io", "registry-1.docker.io"].contains(name) ? "docker.io" : name
    }

    /// Whether a text is `HOST[:PORT][/PATH]`, or a URL of that.
    static func isMirror(_ text: String) -> Bool {
        guard let url = try? HTTPURL(parsing: text.contains("://") ? text : "https://" + text) else { return false }
        return url.credentials == nil && !url.target.contains("?")
    }
}
