import Core
import OCI
import Synchronization

extension TestRegistry {
    /// Answers a request, faults included.
    func answer(_ request: ServerRequest) -> ServerReply {
        let place = place(of: request)
        let faults = state.withLock { state in Self.strike(&state, place) }
        for fault in faults {
            if let reply = Self.replyInstead(fault) { return reply }
        }
        if place != .token, !place.isFile, let refusal = refusal(request) { return refusal }
        var reply = content(request, place, faults)
        for fault in faults { Self.spoil(&reply, fault) }
        return reply
    }

    private func place(of request: ServerRequest) -> Place {
        if request.path == "/token" { return .token }
        guard request.path.hasPrefix("/v2/") else { return .file(request.path) }
        let parts = request.path.split(separator: "/")
        guard parts.count >= 2, let name = parts.last else { return .everything }
        switch parts[parts.count - 2] {
        case "manifests": return .manifests
        case "blobs": return (try? Digest(parsing: name)).map(Place.blob) ?? .blobs
        default: return .everything
        }
    }

    /// The faults that strike now, counted down.
    private static func strike(_ state: inout State, _ place: Place) -> [Fault] {
        var result: [Fault] = []
        for index in state.faults.indices {
            let armed = state.faults[index]
            let isBlob = if case .blob = place { true } else { false }
            guard
                armed.place == place || armed.place == .everything || (armed.place == .blobs && isBlob)
                    || (armed.place == .files && place.isFile),
                armed.times ?? 1 > 0
            else { continue }
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

    private static func replyInstead(_ fault: Fault) -> ServerReply? {
        switch fault {
        case .status(let status, let retryAfter):
            let headers = retryAfter.map { [("Retry-After", $0)] } ?? []
            return ServerReply(
                status, headers: headers + [("Content-Type", "application/json")],
                body: Array(#"{"errors":[{"code":"FAULT","message":"ordered by the test"}]}"#.utf8))
        case .redirect(let url): return ServerReply(307, headers: [("Location", url)])
        case .hangUp: return ServerReply(delivery: .hangUp)
        case .silent: return ServerReply(delivery: .silent)
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
        case .manifests: return manifest(request)
        case .blob(let digest):
            guard let bytes = state.withLock({ $0.blobs[digest] }) else { return Self.unknown("BLOB_UNKNOWN") }
            return Self.part(
                of: bytes, request, faults,
                headers: [
                    ("Docker-Content-Digest", digest.description), ("Content-Type", "application/octet-stream"),
                ])
        case .everything, .blobs: return request.path == "/v2/" ? ServerReply(200) : ServerReply(404)
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

    private static func unknown(_ code: String) -> ServerReply {
        ServerReply(
            404, headers: [("Content-Type", "application/json")],
            body: Array(#"{"errors":[{"code":"\#(code)","message":"it is not here"}]}"#.utf8))
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

    /// The refusal of a request without a valid token; nil lets it pass.
    private func refusal(_ request: ServerRequest) -> ServerReply? {
        state.withLock { state in
            guard let wanted = state.authentication else { return nil }
            let given = request.headers["authorization"]
            if let basic = wanted.basic {
                return given == basic ? nil : ServerReply(401, headers: [("WWW-Authenticate", #"Basic realm="test""#)])
            }
            if let token = given?.dropFirst("Bearer ".count), let uses = state.tokens[String(token)], uses > 0 {
                state.tokens[String(token)] = uses - 1
                return nil
            }
            let repository = request.path.split(separator: "/").dropFirst().dropLast(2).joined(separator: "/")
            let realm = wanted.realm ?? "http://\(request.headers["host"] ?? "")/token"
            let challenge =
                #"Bearer realm="\#(realm)",service="\#(wanted.service)",scope="repository:\#(repository):pull""#
            return ServerReply(401, headers: [("WWW-Authenticate", challenge)])
        }
    }

    private func token(_ request: ServerRequest) -> ServerReply {
        state.withLock { state in
            guard let wanted = state.authentication else { return ServerReply(404) }
            if let credential = wanted.credential, request.headers["authorization"] != credential {
                return ServerReply(401)
            }
            state.tokenCount += 1
            let token = "token-\(state.tokenCount)"
            state.tokens[token] = wanted.uses ?? Int.max
            let lifetime = wanted.lifetime.map { #","expires_in":\#($0)"# } ?? ""
            return ServerReply(
                headers: [("Content-Type", "application/json")], body: Array(#"{"token":"\#(token)"\#(lifetime)}"#.utf8)
            )
        }
    }

    /// Makes a token good without asking the token server, as if another server had given it.
    package func accept(token: String) { state.withLock { $0.tokens[token] = Int.max } }
}

extension TestRegistry.Place {
    fileprivate var isFile: Bool {
        switch self {
        case .files, .file: true
        default: false
        }
    }
}
