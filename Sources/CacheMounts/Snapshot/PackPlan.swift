internal import Core
internal import HostOS
internal import Layers

/// Which packs stay as they are, and what goes into new ones.
struct PackPlan: Sendable {
    /// Content to archive, and a file that has it.
    struct Source: Sendable {
        var digest: Digest
        var file: HostFile
    }

    struct Kept: Sendable {
        var packs: [CacheMountIndex.Pack] = []
        /// The pack of each content, by its place in ``packs``.
        var places: [Digest: Int] = [:]
    }

    /// More packs than this are never left behind: each costs a request to fetch.
    static let packLimit = 32
    /// So many stay when there are too many, so that small exports don't merge packs each time.
    private static let mergedCount = 16
    /// New packs of one snapshot: enough for several threads and connections.
    private static let newLimit = 8
    /// Bytes of content from which on a second new pack is worth it.
    private static let packSize: Int64 = 16 << 20

    private(set) var kept = Kept()
    /// The contents of each new pack.
    private(set) var new: [[Source]] = []

    init(_ contents: [Source], previous: CacheMountArchive.Previous?) {
        var live = previous.map { Self.livePacks($0, contents) } ?? []
        while true {
            let held = Set(live.lazy.flatMap { $0.digests })
            new = Self.cut(contents.filter { !held.contains($0.digest) })
            guard live.count + new.count > Self.packLimit else { break }
            // The smallest are merged: what they hold is packed anew, with what is new anyway.
            live.sort { ($0.bytes, $0.pack.digest) > ($1.bytes, $1.pack.digest) }
            live.removeLast(live.count - min(live.count - 1, Self.mergedCount))
            live.sort { $0.place < $1.place }
        }
        for (number, item) in live.enumerated() {
            kept.packs.append(item.pack)
            for digest in item.digests { kept.places[digest] = number }
        }
    }

    private struct LivePack {
        var place: Int
        var pack: CacheMountIndex.Pack
        var digests: [Digest] = []
        /// What its live contents take in the archive.
        var bytes: Int64 = 0
    }

    /// The packs that can be had and of which half or more is needed.
    private static func livePacks(_ previous: CacheMountArchive.Previous, _ contents: [Source]) -> [LivePack] {
        let wanted = Set(contents.lazy.map(\.digest))
        var packs = previous.index.packs.enumerated().map { LivePack(place: $0.offset, pack: $0.element) }
        for content in previous.index.contents where wanted.contains(content.digest) {
            packs[content.pack].digests.append(content.digest)
            packs[content.pack].bytes += PackWriter.archivedSize(content.size)
        }
        return packs.filter { item in
            !item.digests.isEmpty && item.bytes >= item.pack.unpackedSize / 2 && previous.isUsable(item.pack)
        }
    }

    /// Splits contents into packs of about equal size.
    private static func cut(_ contents: [Source]) -> [[Source]] {
        let total = contents.reduce(Int64(0)) { $0 + PackWriter.archivedSize($1.file.info.size) }
        if total == 0 { return [] }
        let count = min(Int64(newLimit), max(1, total / packSize))
        let size = (total + count - 1) / count
        var out: [[Source]] = [[]]
        var filled: Int64 = 0
        for source in contents {
            if filled >= size * Int64(out.count) { out.append([]) }
            out[out.count - 1].append(source)
            filled += PackWriter.archivedSize(source.file.info.size)
        }
        return out
    }
}
