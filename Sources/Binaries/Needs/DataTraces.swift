import Glibc

/// Paths in a program's constant data, which tell what it wants where no names of functions do.
enum DataTraces {
    typealias Trace = (text: String, need: BinaryFacts.Need)
    private typealias BytesTrace = (text: [UInt8], need: BinaryFacts.Need)

    /// Where libraries of TLS look that are linked into a program.
    static let ofCertificates: [Trace] = [("/etc/ssl/cert", .certificates), ("/etc/pki/tls/cert", .certificates)]

    /// What the C library leaves in static programs that use it.
    static let ofStaticPrograms: [Trace] = [
        ("/usr/share/zoneinfo", .timeZones), ("/etc/passwd", .users), ("/etc/group", .users),
        ("/etc/resolv.conf", .names), ("/bin/sh", .shell),
    ]

    private static let limit: Int64 = 32 << 20
    private static let chunk = 1 << 20

    static func look(for traces: [Trace], in file: ELFFile) throws -> Set<BinaryFacts.Need> {
        var found: Set<BinaryFacts.Need> = []
        let wanted = traces.map { BytesTrace(text: Array($0.text.utf8), need: $0.need) }
        let overlap = Int64(traces.map(\.text.utf8.count).max() ?? 1) - 1
        var left = limit
        for range in ranges(of: file) {
            var start = range.lowerBound
            while start < range.upperBound, left > 0 {
                let bytes = try file.bytes(in: start..<range.upperBound, limit: chunk)
                found.formUnion(look(for: wanted, in: bytes))
                guard Int64(bytes.count) > overlap else { break }
                start += Int64(bytes.count) - overlap
                left -= Int64(bytes.count)
            }
        }
        return found
    }

    /// Where constants are: sections of their name, else all that is loaded to be read alone.
    private static func ranges(of file: ELFFile) -> [Range<Int64>] {
        let sections = file.sections.filter { $0.isLoaded && ($0.name == ".rodata" || $0.name.hasPrefix(".rodata.")) }
        if !sections.isEmpty { return sections.prefix(16).map(\.fileRange) }
        let constant = file.segments.filter { $0.type == ELFFile.load && !$0.isWritable && !$0.isExecutable }
        return (constant.isEmpty ? file.segments.filter { $0.type == ELFFile.load } : constant).prefix(16).map(
            \.fileRange)
    }

    /// All traces are paths, so that only what begins with a slash is looked at.
    private static func look(for traces: [BytesTrace], in bytes: [UInt8]) -> Set<BinaryFacts.Need> {
        var found: Set<BinaryFacts.Need> = []
        let seconds = Array(Set(traces.map { $0.text[1] }))
        bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return }
            var start = 0
            while start < all.count, let slash = memchr(base + start, Int32(UInt8(ascii: "/")), all.count - start) {
                let place = base.distance(to: UnsafeRawPointer(slash))
                start = place + 1
                guard start < all.count, seconds.contains(all[start]) else { continue }
                for (text, need) in traces
                where all.count - place >= text.count && memcmp(base + place, text, text.count) == 0 {
                    found.insert(need)
                }
            }
        }
        return found
    }
}
