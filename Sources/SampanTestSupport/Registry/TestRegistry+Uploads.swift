// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
import Core
import OCI

extension TestRegistry {
    /// How a registry takes uploads and tells lists.
    package struct Rules: Sendable {
        /// `OCI-Chunk-Min-Length`, in bytes; 0 doesn't tell any.
        package var leastChunk = 0
        /// The largest body of a request, in bytes; larger ones get a 413.
        package var largestBody = Int.max
        package var locations = Locations.relative
        /// Whether what came over a connection that broke can be continued.
        package var keepsBroken = true
        /// Whether blobs can be taken from other repositories.
        package var mounts = true
        /// Whether referrers are listed.
        package var referrers = true
        /// Whether lists of referrers are filtered by type on request.
        package var filters = true
        /// Entries in a page of a list.
        package var pageSize = 100

        /// The form of `Location`.
        package enum Locations: Sendable {
            case relative
            case absolute
            /// Below the URL of another server.
            case elsewhere(String)
        }
    }

    /// A blob that is coming in.
    struct Upload {
        var repository: String
        var bytes: [UInt8] = []
    }

    func upload(_ request: ServerRequest, _ faults: [Fault]) -> ServerReply {
        let repository = Self.repository(request)
        let id = String(request.path.split(separator: "/").last ?? "")
        if request.method == "POST" { return begin(request, repository) }
        if faults.contains(.forgetUpload) { state.withLock { $0.uploads[id] = nil } }
        guard let upload = state.withLock({ $0.uploads[id] }), upload.repository == repository else {
            return Self.unknown("BLOB_UPLOAD_UNKNOWN")
        }
        switch request.method {
        case "GET": return progress(204, id, request)
        case "DELETE":
            state.withLock { $0.uploads[id] = nil }
            return ServerReply(204)
        case "PATCH": return take(request, id, faults) ?? progress(202, id, request)
        case "PUT": return take(request, id, faults) ?? complete(request, id)
        default: return ServerReply(405)
        }
    }

    /// Begins an upload, or takes the blob from another repository.
    private func begin(_ request: ServerRequest, _ repository: String) -> ServerReply {
        let wanted = request.query("mount")?.replacing("%3A", with: ":")
        if let digest = wanted.flatMap({ try? Digest(parsing: $0) }), let source = request.query("from") {
            let isMounted = state.withLock { state in
                guard state.rules.mounts, state.has(digest, source.replacing("%2F", with: "/")) else { return false }
                if state.owners[digest] != nil { state.owners[digest]?.insert(repository) }
                return true
            }
            if isMounted {
                return ServerReply(
                    201,
                    headers: [
                        ("Location", "/v2/\(repository)/blobs/\(digest)"),
                        ("Docker-Content-Digest", digest.description),
                    ])
            }
        }
        let id = state.withLock { state in
            state.uploadCount += 1
            state.uploads["u\(state.uploadCount)"] = Upload(repository: repository)
            return "u\(state.uploadCount)"
        }
        return progress(202, id, request)
    }

    /// Says what there is of an upload and where to go on.
    private func progress(_ status: Int, _ id: String, _ request: ServerRequest) -> ServerReply {
        let (upload, rules) = state.withLock { ($0.uploads[id], $0.rules) }
        guard let upload else { return Self.unknown("BLOB_UPLOAD_UNKNOWN") }
        let path = "/v2/\(upload.repository)/blobs/uploads/\(id)?_state=a%2Bb"
        let location =
            switch rules.locations {
            case .relative: path
            case .absolute: "http://\(request.headers["host"] ?? "")\(path)"
            case .elsewhere(let url): url + path
            }
        var headers = [("Location", location), ("Range", "0-\(max(upload.bytes.count - 1, 0))")]
        if rules.leastChunk > 0, request.method == "POST" {
            headers.append(("OCI-Chunk-Min-Length", "\(rules.leastChunk)"))
        }
        return ServerReply(status, headers: headers)
    }

    /// Appends the body of a request.
    /// - Returns: nil when all is well.
    private func take(_ request: ServerRequest, _ id: String, _ faults: [Fault]) -> ServerReply? {
        let (there, rules) = state.withLock { ($0.uploads[id]?.bytes.count ?? 0, $0.rules) }
        let announced = request.headers["content-length"].flatMap { Int($0) } ?? 0
        if announced > rules.largestBody { return Self.problem(413, "SIZE_INVALID", "it is too large") }
        if let range = request.headers["content-range"] {
            let ends = range.split(separator: "-").compactMap { Int($0) }
            guard ends.count == 2, ends[0] == there, ends[1] - ends[0] + 1 == announced else {
                return progress(416, id, request)
            }
        }
        if request.isCut, !rules.keepsBroken {
            state.withLock { $0.uploads[id] = nil }
        } else {
            state.withLock { $0.uploads[id]?.bytes += request.body }
        }
        return request.isCut ? ServerReply(delivery: .reset) : nil
    }

    private func complete(_ request: ServerRequest, _ id: String) -> ServerReply {
        state.withLock { state in
            guard let upload = state.uploads.removeValue(forKey: id) else {
                return Self.unknown("BLOB_UPLOAD_UNKNOWN")
            }
            let digest = SHA256.digest(of: upload.bytes)
            guard request.query("digest")?.replacing("%3A", with: ":") == digest.description else {
                return Self.problem(400, "DIGEST_INVALID", "it is another digest")
            }
            if state.blobs[digest] == nil || state.owners[digest] != nil {
                state.owners[digest, default: []].insert(upload.repository)
            }
            state.blobs[digest] = upload.bytes
            return ServerReply(
                201,
                headers: [
                    ("Location", "/v2/\(upload.repository)/blobs/\(digest)"),
                    ("Docker-Content-Digest", digest.description),
                ])
        }
    }
}

extension TestRegistry.State {
    /// Whether a repository has a blob.
    func has(_ digest: Digest, _ repository: String) -> Bool {
        blobs[digest] != nil && owners[digest]?.contains(repository) ?? true
    }
}
