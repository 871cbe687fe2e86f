internal import Core
internal import Layers

extension KindShare {
    /// The bytes of the tree by kind, largest first. Each file counts once, whatever the number of its names.
    static func shares(_ census: FileCensus) -> [KindShare] {
        var files: [ContentKind: Int] = [:]
        var bytes: [ContentKind: Int64] = [:]
        for record in census.living {
            let facts = census.facts(record)
            let kind = facts.map { $0.kind.refined(by: $0.binary) } ?? .data
            files[kind, default: 0] += 1
            bytes[kind, default: 0] += census.entry(record).size
        }
        return files.map { KindShare(kind: $0.key, files: $0.value, bytes: bytes[$0.key] ?? 0) }
            .sorted { ($1.bytes, $0.kind.rawValue) < ($0.bytes, $1.kind.rawValue) }
    }
}
