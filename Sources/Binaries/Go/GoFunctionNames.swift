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
        try forEachName(longest: longest) { name in
            if name.count >= 8 {
                let tail = UInt64(bigEndian: name.loadUnaligned(fromByteOffset: name.count - 8, as: UInt64.self))
                if let candidates = wanted[tail], candidates.contains([UInt8](name)) {
                    found.insert(String(decoding: name, as: UTF8.self))
                }
            }
            return found.count < names.count
        }
        return found
    }

    /// The packages that call C by way of cgo, in order: they have a function for each function of C.
    package func packagesWithC() throws -> [String] {
        var packages: Set<String> = []
        try forEachName(longest: Self.chunk / 4) { name in
            // `os/user._Cfunc_free`; with an error beside the result `net._C2func_getaddrinfo`.
            var index = 0
            while index + 8 < name.count, !Self.isCall(name, index) { index += 1 }
            guard index > 0, index + 8 < name.count else { return true }
            packages.insert(String(decoding: name[..<index], as: UTF8.self))
            return packages.count < Self.packageLimit
        }
        return packages.sorted()
    }

    /// Packages beyond these tell nothing new.
    private static let packageLimit = 64

    /// Whether `._Cfunc_` or `._C2func_` is at a place that has eight bytes behind it.
    private static func isCall(_ name: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        guard name[index] == UInt8(ascii: "."), name[index + 1] == UInt8(ascii: "_") else { return false }
        let rest = name[(index + 2)...]
        return rest.starts(with: "Cfunc_".utf8) || rest.starts(with: "C2func_".utf8)
    }

    /// - Parameters:
    ///   - longest: bytes of the longest name that counts.
    ///   - body: is given the names, some twice and the longest not at all; says whether to go on.
    private func forEachName(longest: Int, _ body: (UnsafeRawBufferPointer) -> Bool) throws {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let overlap = longest + 2
            // A chunk ends with the beginning of the next, so that no name is cut; it begins at any byte of a name, whose
            // rest is no name that is asked for.
            let bytes = try file.bytes.bytes(
                at: offset, count: Int(min(Int64(Self.chunk + overlap), range.upperBound - offset)))
            guard !bytes.isEmpty else { break }
            let isFirst = offset == range.lowerBound
            guard bytes.withUnsafeBytes({ Self.forEachName(in: $0, startsWithName: isFirst, body) }) else { return }
            offset += Int64(Self.chunk)
        }
    }

    private static func tail(_ name: [UInt8]) -> UInt64 { name.suffix(8).reduce(0) { $0 << 8 | UInt64($1) } }

    private static func forEachName(
        in all: UnsafeRawBufferPointer, startsWithName: Bool, _ body: (UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        var start = 0
        if !startsWithName {
            guard let end = all.firstIndex(of: 0) else { return true }
            start = end + 1
        }
        while start < all.count {
            guard let end = all[start...].firstIndex(of: 0) else { return true }
            guard body(UnsafeRawBufferPointer(rebasing: all[start..<end])) else { return false }
            start = end + 1
        }
        return true
    }
}
