/// Gathers who owns which bytes of a program, the finest first; what nobody claims falls to sections, headers and padding.
struct AttributionBuilder {
    struct Owner: Hashable, Sendable {
        var module: String
        var package: String
        var kind: SizeAttribution.Kind
    }

    let file: ELFFile
    var claims: ByteClaims
    private(set) var owners: [Owner] = []
    private var numbers: [Owner: Int] = [:]
    /// Numbers below it are owners that the caller names.
    private let reserved: Int
    /// Loaded parts that the file holds, by address.
    private let places: [(addresses: Range<UInt64>, offset: Int64)]

    init(_ file: ELFFile, reserved: Int = 0) {
        self.file = file
        self.reserved = reserved
        claims = ByteClaims(size: file.bytes.size)
        var parts = file.sections.filter { $0.isLoaded && !$0.fileRange.isEmpty }.map { ($0.address, $0.fileRange) }
        if parts.isEmpty {
            parts = file.segments.filter { $0.type == ELFFile.load }.map { ($0.address, $0.fileRange) }
        }
        places = parts.compactMap { address, range in
            let (end, overflow) = address.addingReportingOverflow(UInt64(range.count))
            return overflow || range.isEmpty ? nil : (address..<end, range.lowerBound)
        }.sorted { ($0.addresses.lowerBound, $0.offset) < ($1.addresses.lowerBound, $1.offset) }
    }

    /// Owners that are told apart; names may share their bytes, so that a table could stand for more than fit into memory.
    private static let ownerLimit = 100_000

    /// The number of an owner.
    mutating func owner(_ module: String, _ package: String, _ kind: SizeAttribution.Kind) -> Int {
        var owner = Owner(module: module, package: package, kind: kind)
        if let number = numbers[owner] { return number }
        if owners.count >= Self.ownerLimit {
            owner = Owner(module: "", package: "more than are told apart", kind: kind)
            if let number = numbers[owner] { return number }
        }
        let number = reserved + owners.count
        numbers[owner] = number
        owners.append(owner)
        return number
    }

    /// Where in the file a range of addresses starts; as much of it as one section or segment holds.
    func fileRange(_ addresses: Range<UInt64>) -> Range<Int64>? {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].addresses.lowerBound <= addresses.lowerBound { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let place = places[low - 1]
        guard place.addresses.contains(addresses.lowerBound) else { return nil }
        let start = place.offset + Int64(addresses.lowerBound - place.addresses.lowerBound)
        let count = min(addresses.upperBound, place.addresses.upperBound) - addresses.lowerBound
        return start..<start + Int64(count)
    }

    /// Claims sections, headers and what is left, and adds up.
    /// - Parameter renamed: another owner for what is left of a section.
    /// - Returns: the parts of the owners, and the bytes of the reserved numbers.
    mutating func finish(
        renamed: (ELFFile.Section) -> Owner? = { _ in nil }
    ) -> (parts: [SizeAttribution.Part], reserved: [Int64]) {
        let headers = owner("", "headers", .other)
        claims.claim(file.headerRanges.map { .init($0, owner: headers) })
        var spans: [ByteClaims.Span] = []
        for section in file.sections where !section.fileRange.isEmpty && section.type != 0 {
            let other = renamed(section) ?? Owner(module: "", package: section.name, kind: section.sizeKind)
            spans.append(.init(section.fileRange, owner: owner(other.module, other.package, other.kind)))
        }
        if file.sections.isEmpty {
            for segment in file.segments where segment.type == ELFFile.load {
                let kind: SizeAttribution.Kind = segment.isExecutable ? .code : .data
                let name = segment.isExecutable ? "executable segment" : "data segment"
                spans.append(.init(segment.fileRange, owner: owner("", name, kind)))
            }
        }
        claims.claim(spans.sorted { ($0.start, $0.end, $0.owner) < ($1.start, $1.end, $1.owner) })
        let padding = owner("", "padding", .other)
        claims.claim([.init(0..<claims.size, owner: padding)])
        let totals = claims.totals(owners: reserved + owners.count)
        let parts = zip(owners, totals[reserved...]).compactMap { owner, bytes -> SizeAttribution.Part? in
            bytes == 0 ? nil : .init(module: owner.module, package: owner.package, kind: owner.kind, bytes: bytes)
        }
        return (parts, Array(totals[..<reserved]))
    }
}
