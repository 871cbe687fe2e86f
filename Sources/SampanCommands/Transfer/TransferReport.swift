import Core
import Distribution
import OCI

/// What a copy did, for people.
struct TransferReport {
    /// Such as `pushed`.
    let verb: String
    let source: String
    let target: String
    let took: Duration
    let isQuiet: Bool

    func show(_ result: CopyResult) {
        guard !isQuiet else { return }
        for remark in result.remarks { Console.shared.message("note: \(SafeText.text(remark))") }
        if !result.keepsDigest {
            Console.shared.message("digest \(result.source.digest.short) became \(result.written.digest.short):")
            for change in result.changes { Console.shared.message("  \(SafeText.text(change))") }
        }
        let place = source == target ? source : "\(source) to \(target)"
        Console.shared.message("\(verb) \(place): \(Self.summary(result)), in \(Human.seconds(took))")
    }

    /// Such as `12.3 MB moved in 2 blobs, 100 MB mounted, 4.00 kB already there`.
    static func summary(_ result: CopyResult) -> String {
        var parts: [String] = []
        if result.images > 1 { parts.append("\(result.images) images") }
        if result.referrers > 0 { parts.append("\(result.referrers) attached") }
        if result.blobsMoved > 0 {
            let blobs = result.blobsMoved == 1 ? "1 blob" : "\(result.blobsMoved) blobs"
            parts.append("\(Human.bytes(result.bytesMoved)) moved in \(blobs)")
        }
        if result.blobsMounted > 0 { parts.append("\(Human.bytes(result.bytesMounted)) mounted") }
        if result.blobsSkipped > 0 { parts.append("\(Human.bytes(result.bytesSkipped)) already there") }
        return parts.isEmpty ? "all of it already there" : parts.joined(separator: ", ")
    }
}
