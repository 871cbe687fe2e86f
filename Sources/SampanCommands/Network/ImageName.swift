package import Core

/// An image as it is named on the command line: a transport and what it needs.
package enum ImageName: Hashable, Sendable {
    case registry(Reference)
    case store(String)
    /// A directory, and the name inside it.
    case oci(path: String, name: String?)
    case ociArchive(path: String, name: String?)
    case dockerArchive(path: String, name: String?)
    /// A recipe that is assembled from packages: a built-in one's name or a file.
    case base(String)
    /// A name without a transport: the store's, else a registry's.
    case plain(Reference)

    private static let transports = [
        "docker", "docker-image", "store", "oci", "oci-layout", "oci-archive", "docker-archive", "base",
    ]

    /// Whether a text begins with a transport.
    package static func hasTransport(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":") else { return false }
        let word = text[..<colon]
        return transports.contains(String(word))
            && (text.hasPrefix("\(word)://") || !["docker", "docker-image", "oci-layout"].contains(String(word)))
    }

    package init(parsing text: String) throws {
        func after(_ prefix: String) -> String? { text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil }
        if let name = after("docker://") ?? after("docker-image://") {
            self = .registry(try Reference(parsing: name))
        } else if let name = after("store:") {
            self = .store(name)
        } else if let recipe = after("base:") {
            guard !recipe.isEmpty else { throw Diagnostic(code: "image.base", "'base:' names no recipe") }
            self = .base(recipe)
        } else if let place = after("oci-archive:") {
            let (path, name) = try Self.split(place, text)
            self = .ociArchive(path: path, name: name)
        } else if let place = after("docker-archive:") {
            let (path, name) = try Self.split(place, text)
            self = .dockerArchive(path: path, name: name)
        } else if let place = after("oci-layout://") ?? after("oci:") {
            let (path, name) = try Self.split(place, text)
            self = .oci(path: path, name: name)
        } else if let scheme = text.firstIndex(of: ":"), text[scheme...].hasPrefix("://") {
            throw Diagnostic(
                code: "image.transport", "'\(text[..<scheme])' is not a transport that is supported",
                hint: Suggestion.hint(for: String(text[..<scheme]), in: Self.transports)
                    ?? "use docker://, store:, base:, oci:, oci-archive: or docker-archive:")
        } else {
            self = .plain(try Reference(parsing: text))
        }
    }

    private static func split(_ place: String, _ text: String) throws -> (String, String?) {
        guard let slash = place.lastIndex(of: "/") ?? Optional(place.startIndex), !place.isEmpty else {
            throw Diagnostic(code: "image.path", "'\(text)' names no file")
        }
        guard let colon = place[slash...].firstIndex(of: ":") else { return (place, nil) }
        return (String(place[..<colon]), String(place[place.index(after: colon)...]))
    }
}
