import Core

extension ArchiveSource {
    /// The environment's address of the main archive.
    package static let mirrorVariable = "SAMPAN_DEBIAN_MIRROR"
    /// The environment's address of snapshots.
    package static let snapshotVariable = "SAMPAN_DEBIAN_SNAPSHOT_MIRROR"

    /// Decides where each suite comes from: the request's mirror, else the environment's, else the host's apt sources.
    /// - Parameter host: reads the host's apt sources; called only when they are needed.
    /// - Throws: ``DebianArchiveError``, and what `host` throws.
    package static func select(
        _ request: ArchiveRequest, environment: [String: String], host: () throws -> [AptSource]
    ) throws -> [ArchiveSource] {
        for suite in request.suites + request.components where !isName(suite) {
            throw DebianArchiveError.badName(suite)
        }
        if let snapshot = request.snapshot { return try select(request, snapshot: snapshot, environment) }
        if let mirror = request.mirror ?? environment[mirrorVariable].flatMap({ $0.isEmpty ? nil : $0 }) {
            let uri = try address(mirror)
            return request.suites.map { suite in
                ArchiveSource(
                    uri: isSecurity(suite) ? uri + "-security" : uri, suite: suite, components: request.components,
                    keyring: request.keyring ?? .debian)
            }
        }
        let sources = try host()
        return try request.suites.map { suite in
            guard var source = HostArchives(sources).source(of: suite) else {
                throw DebianArchiveError.noSource(suite: suite)
            }
            source.components = request.components
            if let keyring = request.keyring { source.keyring = keyring }
            return source
        }
    }

    private static func select(
        _ request: ArchiveRequest, snapshot: String, _ environment: [String: String]
    ) throws(DebianArchiveError) -> [ArchiveSource] {
        guard let time = ArchiveDate.snapshot(snapshot) else { throw .badSnapshot(snapshot) }
        guard let mirror = request.snapshotMirror ?? environment[snapshotVariable], !mirror.isEmpty else {
            throw .noSnapshotMirror(snapshot)
        }
        let uri = try address(mirror)
        return request.suites.map { suite in
            let archive = isSecurity(suite) ? "debian-security" : "debian"
            return ArchiveSource(
                uri: "\(uri)/archive/\(archive)/\(snapshot)", suite: suite, components: request.components,
                keyring: request.keyring ?? .debian, time: time)
        }
    }

    /// An address without slashes at its end.
    private static func address(_ text: String) throws(DebianArchiveError) -> String {
        var text = text[...]
        while text.hasSuffix("/") { text = text.dropLast() }
        guard HostArchives.isReachable(String(text)) else { throw .badMirror(Redaction.url(String(text))) }
        return String(text)
    }

    static func isSecurity(_ suite: String) -> Bool { suite.hasSuffix("-security") || suite.hasSuffix("/updates") }

    /// Whether a text can be a suite or component: it becomes part of paths.
    private static func isName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            guard let first = part.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
                return false
            }
            return part.utf8.allSatisfy { byte in
                (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || (byte >= 0x30 && byte <= 0x39)
                    || "-._+~".utf8.contains(byte)
            }
        }
    }
}

/// Debian's archives among the host's apt sources.
///
/// Other archives use Debian's names of suites too, signed by other keys; so what speaks for Debian's own is counted, and
/// a source that has too little of it is not taken for Debian's.
private struct HostArchives {
    private static let suiteNames: Set<String> = [
        "stable", "oldstable", "oldoldstable", "testing", "unstable", "experimental", "sid", "stretch", "buster",
        "bullseye", "bookworm", "trixie", "forky", "duke",
    ]

    private let sources: [AptSource]

    init(_ sources: [AptSource]) {
        self.sources = sources.filter { $0.uris.contains(where: Self.isReachable) && Self.evidence($0) >= 2 }
    }

    static func isReachable(_ uri: String) -> Bool {
        let rest = uri.hasPrefix("http://") ? uri.dropFirst(7) : uri.hasPrefix("https://") ? uri.dropFirst(8) : ""
        return !rest.isEmpty && !rest.hasPrefix("/") && rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }

    private static func evidence(_ source: AptSource) -> Int {
        var points = 0
        switch source.signedBy {
        case nil: points += 1
        case .some(let keyring): points += keyring.isDebian ? 2 : -1
        }
        let last = source.uris.first.map { $0.split(separator: "/").last ?? "" } ?? ""
        if last == "debian" || last == "debian-security" { points += 1 }
        let names = source.suites.map { String($0.prefix { $0 != "-" && $0 != "/" }) }
        if names.allSatisfy({ suiteNames.contains($0) }) { points += 1 }
        return source.components.contains("main") ? points : 0
    }

    /// The source that lists a suite; else the one that has every suite of its kind, whichever it lists.
    func source(of suite: String) -> ArchiveSource? {
        let isSecurity = ArchiveSource.isSecurity(suite)
        let listing = sources.filter { $0.suites.contains(suite) }
        if let found = best(listing) { return make([found] + listing, suite) }
        if let found = best(sources.filter { $0.suites.contains(where: ArchiveSource.isSecurity) == isSecurity }) {
            return make([found], suite)
        }
        guard isSecurity, var main = best(sources) else { return nil }
        main.uris = main.uris.map { Self.withoutSlash($0) + "-security" }
        return make([main], suite)
    }

    private func best(_ sources: [AptSource]) -> AptSource? {
        sources.enumerated().max { left, right in
            let (a, b) = (Self.evidence(left.element), Self.evidence(right.element))
            return a == b ? left.offset > right.offset : a < b
        }?.element
    }

    /// All addresses of sources that trust the same keys, each once.
    private func make(_ sources: [AptSource], _ suite: String) -> ArchiveSource {
        let keyring = sources[0].signedBy
        var seen: Set<String> = []
        let uris = sources.filter { $0.signedBy == keyring }.flatMap(\.uris).filter(Self.isReachable)
            .map(Self.withoutSlash).filter { seen.insert($0).inserted }
        return ArchiveSource(uris: uris, suite: suite, components: [], keyring: keyring ?? .debian)
    }

    private static func withoutSlash(_ uri: String) -> String {
        var uri = uri[...]
        while uri.hasSuffix("/") { uri = uri.dropLast() }
        return String(uri)
    }
}
