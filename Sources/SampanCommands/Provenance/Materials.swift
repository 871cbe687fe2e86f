import Core
import Synchronization

/// Something that a build took from elsewhere, with the digest of what it was.
struct Material: Hashable, Sendable, Encodable {
    var uri: String
    /// By the name of the algorithm.
    var digest: [String: String]

    /// An image that a stage stands on or copies from.
    init(image name: String, manifest: Digest, platform: Platform) {
        digest = ["sha256": manifest.hex]
        let location = ImageLocation(name)
        uri = location.packageURL(platform) ?? location.text
    }

    /// A file that ADD downloaded.
    init(download url: String, content: Digest) {
        (uri, digest) = (Self.shown(url), ["sha256": content.hex])
    }

    /// A commit of a git repository.
    init(git url: String, commit: String) {
        let location = Self.shown(url)
        (uri, digest) = (location.hasPrefix("git+") ? location : "git+" + location, ["gitCommit": commit])
    }
}

extension Material {
    /// A URL without what may be a secret: user and password, and the query, which often is a signature. The fragment
    /// names a branch of a repository.
    private static func shown(_ url: String) -> String {
        let url = Redaction.url(url)
        guard let query = url.firstIndex(of: "?") else { return url }
        return String(url[..<query]) + (url[query...].firstIndex(of: "#").map { String(url[$0...]) } ?? "")
    }
}

/// The name of an image as it may be told to others: without paths of this machine.
private struct ImageLocation {
    let text: String
    private let reference: Reference?

    init(_ name: String) {
        switch try? ImageName(parsing: name) {
        case .registry(let reference), .plain(let reference): (text, self.reference) = (name, reference)
        case .store(let inner): (text, reference) = ("store:" + inner, try? Reference(parsing: inner))
        case .base(let recipe): (text, reference) = ("base:" + Self.lastPart(recipe), nil)
        default:
            let transport = name.prefix { $0 != ":" }
            (text, reference) = ("\(transport):\(Self.lastPart(String(name.dropFirst(transport.count + 1))))", nil)
        }
    }

    private static func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

    /// https://github.com/package-url/purl-spec/blob/main/types-doc/docker-definition.md
    func packageURL(_ platform: Platform) -> String? {
        guard let reference else { return nil }
        let hub = reference.registry == "docker.io"
        let version = reference.digest.map(\.description) ?? reference.tag ?? "latest"
        let name = (hub ? "" : reference.registry + "/") + reference.repository
        let place = platform.description.split(separator: "/").joined(separator: "%2F")
        return "pkg:docker/\(name)@\(version)?platform=\(place)"
    }
}

/// Collects what a build takes from elsewhere while it runs.
final class MaterialRecorder: Sendable {
    private let materials = Mutex<Set<Material>>([])

    func add(_ material: Material) { materials.withLock { _ = $0.insert(material) } }

    /// By URI, so that they do not depend on which came first.
    var all: [Material] {
        materials.withLock { $0.sorted { ($0.uri, $0.digest.values.joined()) < ($1.uri, $1.digest.values.joined()) } }
    }
}
