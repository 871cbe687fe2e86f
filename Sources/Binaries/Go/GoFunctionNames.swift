/// Asks for functions by name in a Go program's table, stripped or not, without reading the rest of it. Go's linker leaves
/// out what nothing can call, so that a name tells what a program may do.
package struct GoFunctionNames: Sendable {
    private let file: ELFFile
    private let range: Range<Int64>

    private static let chunk = 256 << 10

    /// - Returns: nil when there is no table.
    package init?(_ file: ELFFile) throws {
        guard let range = try GoTablePlace.find(in: file)?.names(in: file) else { return nil }
        self.file = file
        self.range = range
    }

    /// Those of the names that the table has. Functions that are part of others (inlined) count too.
    /// - Parameter names: of eight bytes at least, and as in the table: dots of a path's last element are written `%2e`.
    package func present(of names: Set<String>) throws -> Set<String> {
        // Many names begin alike, so most are ruled out by their last eight bytes.
        var wanted: [UInt64: Set<[UInt8]>] = [:]
        for name in names.map({ Array($0.utf8) }) where name.count >= 8 {
            wanted[Self.tail(name), default: []].insert(name)
        }
        let longest = names.map(\.utf8.count).max() ?? 0
        var found: Set<String> = []
        var offset = range.lowerBound
        while offset < range.upperBound, found.count < names.count {
            let overlap = longest + 2
            // A chunk ends with the beginning of the next, so that no name is cut; it begins at any byte of a name, whose
            // rest is no name that is asked for.
            let bytes = try file.bytes.bytes(
                at: offset, count: Int(min(Int64(Self.chunk + overlap), range.upperBound - offset)))
            guard !bytes.isEmpty else { break }
            search(bytes, startsWithName: offset == range.lowerBound, wanted, &found)
            offset += Int64(Self.chunk)
        }
        return found
    }

    private static func tail(_ name: [UInt8]) -> UInt64 { name.suffix(8).reduce(0) { $0 << 8 | UInt64($1) } }

    private func search(
        _ bytes: [UInt8], startsWithName: Bool, _ wanted: [UInt64: Set<[UInt8]>], _ found: inout Set<String>
    ) {
        bytes.withUnsafeBytes { all in
            var start = 0
            if !startsWithName {
                guard let end = all.firstIndex(of: 0) else { return }
                start = end + 1
            }
            while start < all.count {
                let name = all[start...]
                guard let end = name.firstIndex(of: 0) else { return }
                if end - start >= 8 {
                    let tail = UInt64(bigEndian: all.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self))
                    if let candidates = wanted[tail], candidates.contains([UInt8](all[start..<end])) {
                        found.insert(String(decoding: all[start..<end], as: UTF8.self))
                    }
                }
                start = end + 1
            }
        }
    }
}
