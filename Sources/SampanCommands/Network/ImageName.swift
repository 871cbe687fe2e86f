// https://github.com/containers/image/blob/main/docs/containers-transports.5.md (the transports and their forms)
package import Core

/// An image as it is named on the command line: a transport and what it needs.
package enum ImageName: Hashable, Sendable, CustomStringConvertible {
    case registry(Reference)
    case store(String)
    /// A directory, and the name inside it.
    case oci(path: String, name: String?)
    case ociArchive(path: String, name: String?)
    case dockerArchive(path: String, name: String?)
    /// A name or an identifier in Docker or Podman.
    case dockerDaemon(String)
    /// A directory with one image: its manifest, and its blobs by their digests.
    case directory(path: String)
    /// A recipe that is assembled from packages: a built-in one's name or a file.
    case base(String)
    /// A name without a transport: the store's, else a registry's.
    case plain(Reference)

    /// The transports by the words that people write; the first of several is the usual one.
    private enum Transport: String, CaseIterable {
        case docker = "docker://"
        case dockerImage = "docker-image://"
        case store = "store:"
        case oci = "oci:"
        case ociLayout = "oci-layout://"
        case ociArchive = "oci-archive:"
        case dockerArchive = "docker-archive:"
        case dockerDaemon = "docker-daemon:"
        case directory = "dir:"
        case base = "base:"

        var word: String { String(rawValue.prefix { $0 != ":" }) }
    }

    /// Whether a text begins with a transport.
    package static func hasTransport(_ text: String) -> Bool {
        Transport.allCases.contains { text.hasPrefix($0.rawValue) }
    }

    package init(parsing text: String) throws {
        guard let transport = Transport.allCases.first(where: { text.hasPrefix($0.rawValue) }) else {
            self = .plain(try Self.plain(text))
            return
        }
        let rest = String(text.dropFirst(transport.rawValue.count))
        switch transport {
        case .docker, .dockerImage: self = .registry(try Reference(parsing: rest))
        case .store: self = .store(rest)
        case .oci, .ociLayout:
            let (path, name) = try Self.split(rest, text)
            self = .oci(path: path, name: name)
        case .ociArchive:
            let (path, name) = try Self.split(rest, text)
            self = .ociArchive(path: path, name: name)
        case .dockerArchive:
            let (path, name) = try Self.split(rest, text)
            self = .dockerArchive(path: path, name: name)
        case .dockerDaemon: self = .dockerDaemon(try Self.engineName(rest))
        case .directory:
            guard !rest.isEmpty else { throw Self.noPath(text) }
            self = .directory(path: rest)
        case .base:
            guard !rest.isEmpty else { throw Diagnostic(code: "image.base", "'base:' names no recipe") }
            self = .base(rest)
        }
    }

    /// The text that reads back as the same.
    package var description: String {
        switch self {
        case .registry(let reference): Transport.docker.rawValue + reference.description
        case .store(let name): Transport.store.rawValue + name
        case .oci(let path, let name): Self.join(.oci, path, name)
        case .ociArchive(let path, let name): Self.join(.ociArchive, path, name)
        case .dockerArchive(let path, let name): Self.join(.dockerArchive, path, name)
        case .dockerDaemon(let name): Transport.dockerDaemon.rawValue + name
        case .directory(let path): Transport.directory.rawValue + path
        case .base(let recipe): Transport.base.rawValue + recipe
        case .plain(let reference): reference.familiar
        }
    }

    // MARK: - Forms

    /// A path and the name behind its first colon, as skopeo splits them: a name may have slashes.
    private static func split(_ place: String, _ text: String) throws -> (String, String?) {
        guard let colon = place.firstIndex(of: ":") else {
            guard !place.isEmpty else { throw noPath(text) }
            return (place, nil)
        }
        guard colon != place.startIndex else { throw noPath(text) }
        let name = String(place[place.index(after: colon)...])
        return (String(place[..<colon]), name.isEmpty ? nil : name)
    }

    private static func noPath(_ text: String) -> Diagnostic {
        Diagnostic(code: "image.path", "'\(text)' names no file")
    }

    private static func join(_ transport: Transport, _ path: String, _ name: String?) -> String {
        transport.rawValue + path + (name.map { ":" + $0 } ?? "")
    }

    /// A name as the engine shows it, or an identifier.
    private static func engineName(_ text: String) throws -> String {
        if (try? Digest(parsing: text)) != nil { return text }
        guard !text.isEmpty else {
            throw Diagnostic(
                code: "image.engine", "'docker-daemon:' names no image", hint: "write docker-daemon:NAME:TAG")
        }
        return try Reference(parsing: text).familiar
    }

    // MARK: - Names without a transport

    /// Words that other tools have for transports that there are none of here, with what to do instead.
    private static let foreign = [
        "containers-storage": "podman save writes an archive; or set DOCKER_HOST to Podman's socket and write "
            + "docker-daemon:NAME",
        "docker-registry": "write docker://NAME",
        "ostree": nil, "sif": nil, "tarball": "sampan import reads the tar of a root file system", "atomic": nil,
        "containerd": "ctr images export writes an archive",
    ]

    private static func plain(_ text: String) throws -> Reference {
        let word = String(text.prefix { $0 != ":" })
        let rest = text.dropFirst(word.count + 1)
        if let instead = foreign[word], text.count > word.count { throw unknown(word, hint: instead) }
        if text.dropFirst(word.count).hasPrefix("://") { throw unknown(word, hint: nil) }
        do {
            return try Reference(parsing: text)
        } catch {
            if ["/", "./", "../"].contains(where: text.hasPrefix) {
                throw Diagnostic(
                    code: "image.path", "'\(text)' is a path, which does not say what lies there",
                    hint: "write oci:\(text), dir:\(text), oci-archive:\(text) or docker-archive:\(text)")
            }
            // `oci-archiv:/tmp/x` or `docker-deamon:web:1`: no name of an image, but close to a transport.
            guard text.count > word.count, !rest.isEmpty, word.contains(where: \.isLetter),
                Suggestion.nearest(to: word, in: Transport.allCases.map(\.word)) != nil
            else { throw error }
            throw unknown(word, hint: nil)
        }
    }

    private static func unknown(_ word: String, hint: String?) -> Diagnostic {
        let usual = Transport.allCases.filter { $0 != .dockerImage && $0 != .ociLayout }
        return Diagnostic(
            code: "image.transport", "'\(word)' is not a transport that is supported",
            hint: hint ?? Suggestion.nearest(to: word, in: Transport.allCases.map(\.word)).map { near in
                "did you mean '\(Transport.allCases.first { $0.word == near }?.rawValue ?? near)'?"
            } ?? "transports are " + usual.map(\.rawValue).joined(separator: ", "))
    }
}
