import Core
import OCI
import Synchronization

extension TestRegistry {
    /// Answers a request, faults included.
    func answer(_ request: ServerRequest) -> ServerReply {
        let place = place(of: request)
        let faults = state.withLock { state in Self.strike(&state, place) }
        for fault in faults {
            if let reply = Self.replyInstead(fault, request) { return reply }
        }
        if place != .token, !place.isFile, !isStorage, let refusal = refusal(request) { return refusal }
        var reply = content(request, place, faults)
        for fault in faults { Self.spoil(&reply, fault) }
        return reply
    }

    private func place(of request: ServerRequest) -> Place {
        if request.path == "/token" { return .token }
        guard request.path.hasPrefix("/v2/") else { return .file(request.path) }
        let parts = request.path.split(separator: "/")
        guard parts.count >= 2, let name = parts.last else { return .everything }
        if parts.dropFirst().suffix(2).contains("uploads") { return .upload(request.method) }
        switch parts[parts.count - 2] {
        case "manifests": return .manifest(String(name))
        case "blobs": return (try? Digest(parsing: name)).map(Place.blob) ?? .blobs
        case "tags": return .tags
        case "referrers": return .referrers
        default: return .everything
        }
    }

    /// The faults that strike now, counted down.
    private static func strike(_ state: inout State, _ place: Place) -> [Fault] {
        var result: [Fault] = []
        for index in state.faults.indices {
            let armed = state.faults[index]
            guard armed.strikes(place) else { continue }
            if case .sometimes500(let oneIn) = armed.fault {
                // Knuth's generator is random enough for faults and the same everywhere.
                state.random = state.random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                if (state.random >> 33) % UInt64(max(oneIn, 1)) == 0 { result.append(.status(500)) }
            } else {
                result.append(armed.fault)
            }
            state.faults[index].times = armed.times.map { $0 - 1 }
        }
        return result
    }

    /// How much of a request's body is read before a fault that is armed for it takes effect.
    func bodyLimit(_ request: ServerRequest) -> Int? {
        let place = place(of: request)
        return state.withLock { state in
            for armed in state.faults where armed.strikes(place) {
                switch armed.fault {
                case .cutBody(let count): return count
                case .resetEach(let count) where request.method == "PATCH" || request.method == "PUT": return count
                default: continue
                }
            }
            return nil
        }
    }

    private static func replyInstead(_ fault: Fault, _ request: ServerRequest) -> ServerReply? {
        switch fault {
        case .status(let status, let retryAfter):
            let headers = retryAfter.map { [("Retry-After", $0)] } ?? []
            return ServerReply(
                status, headers: headers + [("Content-Type", "application/json")],
                body: Array(#"{"errors":[{"code":"FAULT","message":"ordered by the test"}]}"#.utf8))
        case .redirect(let url): return ServerReply(307, headers: [("Location", url)])
        case .redirectHost(let url): return ServerReply(307, headers: [("Location", url + request.target)])
        case .hangUp: return ServerReply(delivery: .hangUp)
        case .silent: return ServerReply(delivery: .silent)
        case .deaf: return ServerReply(delivery: .deaf)
        case .garbage: return ServerReply(delivery: .garbage)
        default: return nil
        }
    }

    private static func spoil(_ reply: inout ServerReply, _ fault: Fault) {
        guard reply.status < 300 else { return }
        switch fault {
        case .wrongDigestHeader:
            reply.headers.removeAll { $0.name == "Docker-Content-Digest" }
            reply.headers.append(("Docker-Content-Digest", SHA256.digest(of: "another").description))
        case .wrongBytes: if !reply.body.isEmpty { reply.body[0] ^= 1 }
        case .shortBody(let count): reply.delivery = .closedAfter(count)
        case .truncatedContent(let count): reply.body.removeLast(min(count, reply.body.count))
        case .longContent(let count): reply.body += [UInt8](repeating: 0, count: count)
        case .endless: reply.delivery = .endless
        case .resetEach(let count): if reply.body.count > count { reply.delivery = .resetAfter(count) }
        case .slow(let bytes, let milliseconds): reply.delivery = .slow(bytes: bytes, milliseconds: milliseconds)
        case .loseAnswer: reply.delivery = .hangUp
        case .link(let target): reply.headers.append(("Link", "<\(target)>; rel=\"next\""))
        default: break
        }
    }

    private func content(_ request: ServerRequest, _ place: Place, _ faults: [Fault]) -> ServerReply {
        switch place {
        case .token: return token(request)
        case .files, .file:
            guard let file = state.withLock({ $0.files[request.path] }) else { return ServerReply(404) }
            let etag = file.headers.first { $0.name == "ETag" }?.value
            if let etag, request.headers["if-none-match"] == etag { return ServerReply(304, headers: file.headers) }
            let mayContinue = request.headers["if-range"] == nil || request.headers["if-range"] == etag
            return Self.part(of: file.bytes, mayContinue ? request : nil, faults, headers: file.headers)
        case .manifest: return request.method == "PUT" ? putManifest(request) : manifest(request)
        case .uploads, .upload: return upload(request, faults)
        case .tags: return tags(request)
        case .referrers: return referrers(request)
        case .blob(let digest):
            let repository = Self.repository(request)
            guard let bytes = state.withLock({ $0.has(digest, repository) ? $0.blobs[digest] : nil }) else {
                return Self.unknown("BLOB_UNKNOWN")
            }
            return Self.part(
                of: bytes, request, faults,
                headers: [
                    ("Docker-Content-Digest", digest.description), ("Content-Type", "application/octet-stream"),
                ])
        case .everything, .blobs, .manifests: return request.path == "/v2/" ? ServerReply(200) : ServerReply(404)
        }
    }

    private func manifest(_ request: ServerRequest) -> ServerReply {
        let parts = request.path.dropFirst("/v2/".count).split(separator: "/")
        let repository = parts.dropLast(2).joined(separator: "/")
        let name = String(parts.last ?? "")
        let key = repository + (name.contains(":") ? "@" : ":") + name
        guard let (type, bytes) = state.withLock({ $0.manifests[key] }) else {
            return Self.unknown("MANIFEST_UNKNOWN")
        }
        let digest = SHA256.digest(of: bytes).description
        return ServerReply(
            headers: [("Content-Type", type.rawValue), ("Docker-Content-Digest", digest)], body: bytes)
    }

    static func unknown(_ code: String) -> ServerReply { problem(404, code, "it is not here") }

    static func problem(_ status: Int, _ code: String, _ message: String) -> ServerReply {
        ServerReply(
            status, headers: [("Content-Type", "application/json")],
            body: Array(#"{"errors":[{"code":"\#(code)","message":"\#(message)"}]}"#.utf8))
    }

    /// The name between `/v2/` and the kind of what is asked for.
    static func repository(_ request: ServerRequest) -> String {
        let parts = request.path.dropFirst("/v2/".count).split(separator: "/")
        let kinds: Set<Substring> = ["blobs", "manifests", "tags", "referrers"]
        return parts.prefix(parts.lastIndex { kinds.contains($0) } ?? parts.count).joined(separator: "/")
    }

    /// The whole, or the part that a request asks for.
    private static func part(
        of bytes: [UInt8], _ request: ServerRequest?, _ faults: [Fault], headers: [(name: String, value: String)]
    ) -> ServerReply {
        guard !faults.contains(.rangeIgnored), let range = request?.headers["range"], range.hasPrefix("bytes="),
            var start = Int(range.dropFirst(6).prefix { $0 != "-" })
        else { return ServerReply(headers: headers, body: bytes) }
        var end = bytes.count
        for fault in faults {
            if case .rangeShifted(let count) = fault { start += count }
            if case .rangeClipped(let count) = fault { end = min(end, start + count) }
        }
        guard start < end else { return ServerReply(416) }
        return ServerReply(
            206, headers: headers + [("Content-Range", "bytes \(start)-\(end - 1)/\(bytes.count)")],
            body: Array(bytes[start..<end]))
    }
}

extension TestRegistry.Place {
    fileprivate var isFile: Bool {
        switch self {
        case .files, .file: true
        default: false
        }
    }
}

extension TestRegistry.Armed {
    /// Whether the fault is one for a request to a place, now.
    func strikes(_ place: TestRegistry.Place) -> Bool {
        guard times ?? 1 > 0 else { return false }
        if self.place == place || self.place == .everything { return true }
        return switch place {
        case .manifest: self.place == .manifests
        case .blob: self.place == .blobs
        case .upload: self.place == .uploads
        default: self.place == .files && place.isFile
        }
    }
}
