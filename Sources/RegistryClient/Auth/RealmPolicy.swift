import HTTPTransport

/// Decides whether a registry's login may be sent to the token server that the registry names.
///
/// A registry that has proved who it is could ask for the login itself, so this is no wall against it; it keeps a header
/// that someone else got into an answer from sending logins anywhere. Common installations need no setting, all others
/// need one.
struct RealmPolicy: Sendable {
    /// Token servers that the user named, by registry: `host[:port]`.
    var tokenServers: [String: [String]] = [:]

    /// - Parameters:
    ///   - registry: the name that the login is stored under.
    ///   - server: what answers for it.
    ///   - isInsecure: whether anyone on the way could have answered in its place.
    ///   - realm: the token server.
    func allows(_ registry: String, at server: HTTPURL, isInsecure: Bool, realm: HTTPURL) -> Bool {
        if realm.hasSameOrigin(as: server) { return true }
        if tokenServers[registry]?.contains(where: { Self.names($0, realm) }) ?? false { return true }
        guard realm.scheme == .https, realm.port == nil, !isInsecure else { return false }
        if registry == "docker.io" { return realm.host == "auth.docker.io" }
        return Self.isRelated(server.host, realm.host)
    }

    /// `host` means the ordinary port.
    private static func names(_ text: String, _ url: HTTPURL) -> Bool {
        text == url.authority || text == "\(url.host):\(url.port ?? url.scheme.port)"
    }

    /// Whether one domain's owner has a say in both names: they are the same, one is a parent of the other, or they
    /// are sisters below a domain that is somebody's own.
    static func isRelated(_ registry: String, _ realm: String) -> Bool {
        if registry == realm { return true }
        let (ours, theirs) = (labels(registry), labels(realm))
        guard ours.count >= 2, theirs.count >= 2 else { return false }
        if ours.suffix(theirs.count) == theirs || theirs.suffix(ours.count) == ours[...] { return true }
        let parent = ours.dropFirst()
        return ours.count == theirs.count && parent == theirs.dropFirst() && isOwned(parent)
    }

    /// The parts of a host name; none for an address.
    private static func labels(_ host: String) -> [Substring] {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isName = !host.hasPrefix("[") && !labels.contains("") && labels.last.map { UInt8($0) == nil } ?? false
        return isName ? labels : []
    }

    /// Words that stand below a country's domain for a kind of owner: names below them belong to different people.
    private static let kinds: Set<Substring> = [
        "ac", "asn", "co", "com", "ed", "edu", "ernet", "firm", "gen", "go", "gob", "gouv", "gov", "govt", "gv", "id",
        "in", "ind", "info", "lg", "ltd", "me", "mil", "ne", "net", "nhs", "nic", "nom", "or", "org", "plc", "res",
        "sch", "web",
    ]

    /// Whether a domain can be one owner's: not `com`, not `co.uk`.
    private static func isOwned(_ domain: ArraySlice<Substring>) -> Bool {
        guard domain.count >= 2, let last = domain.last, let first = domain.first else { return false }
        return domain.count > 2 || last.utf8.count > 2 || !kinds.contains(first)
    }
}
