// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#content-discovery
import Core
import OCI

extension TestRegistry {
    /// Takes a manifest whose parts are all there.
    func putManifest(_ request: ServerRequest) -> ServerReply {
        let repository = Self.repository(request)
        let type = MediaType(header: request.headers["content-type"] ?? "")
        guard let manifest = try? Manifest(decoding: request.body, mediaType: type) else {
            return Self.problem(400, "MANIFEST_INVALID", "it can't be read")
        }
        let name = String(request.path.split(separator: "/").last ?? "")
        let digest = SHA256.digest(of: request.body)
        if name.contains(":"), name != digest.description { return Self.problem(400, "DIGEST_INVALID", "another") }
        return state.withLock { state in
            guard state.isComplete(manifest, repository) else {
                return Self.problem(400, "MANIFEST_BLOB_UNKNOWN", "a part is missing")
            }
            state.manifests["\(repository)@\(digest)"] = (type, request.body)
            if !name.contains(":") { state.manifests["\(repository):\(name)"] = (type, request.body) }
            var headers = [
                ("Location", "/v2/\(repository)/manifests/\(digest)"), ("Docker-Content-Digest", digest.description),
            ]
            if state.rules.referrers, let subject = manifest.subject {
                headers.append(("OCI-Subject", subject.digest.description))
            }
            return ServerReply(201, headers: headers)
        }
    }

    func tags(_ request: ServerRequest) -> ServerReply {
        let repository = Self.repository(request)
        let (names, rules) = state.withLock { (Array($0.manifests.keys), $0.rules) }
        let mine = names.filter { $0.hasPrefix(repository + ":") || $0.hasPrefix(repository + "@") }
        guard !mine.isEmpty else { return Self.unknown("NAME_UNKNOWN") }
        let tags = mine.filter { $0.hasPrefix(repository + ":") }.map { $0.dropFirst(repository.utf8.count + 1) }
            .sorted().filter { $0 > request.query("last") ?? "" }
        let count = min(request.query("n").flatMap { Int($0) } ?? Int.max, rules.pageSize)
        var reply = Self.json(["name": .text(repository), "tags": .list(tags.prefix(count).map { .text(String($0)) })])
        if tags.count > count, count > 0 {
            reply.headers.append(
                ("Link", "</v2/\(repository)/tags/list?last=\(tags[count - 1])&n=\(count)>; rel=\"next\""))
        }
        return reply
    }

    func referrers(_ request: ServerRequest) -> ServerReply {
        let repository = Self.repository(request)
        let (manifests, rules) = state.withLock { ($0.manifests, $0.rules) }
        guard rules.referrers else { return ServerReply(404, text: "404 page not found") }
        let subject = request.path.split(separator: "/").last.map(String.init) ?? ""
        var found: [Descriptor] = []
        for key in manifests.keys.sorted() where key.hasPrefix(repository + "@") {
            guard let (type, bytes) = manifests[key], let manifest = try? Manifest(decoding: bytes, mediaType: type),
                manifest.subject?.digest.description == subject
            else { continue }
            var entry = Descriptor(mediaType: type, describing: bytes)
            entry.artifactType = manifest.artifactType
            found.append(entry)
        }
        let type = request.query("artifactType")?.replacing("%2F", with: "/").replacing("%2B", with: "+")
        if let type, rules.filters { found = found.filter { $0.artifactType?.rawValue == type } }
        let start = request.query("page").flatMap { Int($0) } ?? 0
        let index = ImageIndex(manifests: Array(found.dropFirst(start).prefix(rules.pageSize)))
        var reply = ServerReply(
            headers: [("Content-Type", MediaType.ociIndex.rawValue)], body: (try? CanonicalJSON.encode(index)) ?? [])
        if type != nil, rules.filters { reply.headers.append(("OCI-Filters-Applied", "artifactType")) }
        let next = start + rules.pageSize
        if found.count > next { reply.headers.append(("Link", "<\(subject)?page=\(next)>; rel=\"next\"")) }
        return reply
    }

    /// Enough of JSON for a list.
    private enum JSON: Encodable {
        case text(String)
        case list([JSON])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .list(let list): try container.encode(list)
            }
        }
    }

    private static func json(_ value: [String: JSON]) -> ServerReply {
        ServerReply(
            headers: [("Content-Type", "application/json")], body: (try? CanonicalJSON.encode(value)) ?? [])
    }
}

extension TestRegistry.State {
    /// Whether a repository has everything that a manifest names. A subject may come later.
    func isComplete(_ manifest: Manifest, _ repository: String) -> Bool {
        switch manifest {
        case .image(let image):
            let blobs = [image.config] + image.layers.filter { !$0.mediaType.isForeignLayer }
            return blobs.allSatisfy { has($0.digest, repository) }
        case .index(let index):
            // Indexes of referrers name what is attached, images of an index have to be there.
            return index.manifests.allSatisfy { manifests["\(repository)@\($0.digest)"] != nil }
        }
    }
}

extension Manifest {
    fileprivate var subject: Descriptor? {
        switch self {
        case .image(let image): image.subject
        case .index(let index): index.subject
        }
    }

    fileprivate var artifactType: MediaType? {
        switch self {
        case .image(let image): image.artifactType ?? image.config.mediaType
        case .index(let index): index.artifactType
        }
    }
}
