// https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.reloc.html

/// Addresses that a loader writes into a program of no fixed address: those that only move with it.
struct GoRelocations: Sendable {
    /// Value by place.
    private let values: [UInt64: UInt64]

    /// Bytes of relocations that are read; what is beyond them is taken as it stands in the file.
    private static let limit = 32 << 20
    private static let withAddends: UInt32 = 4

    init(_ file: ELFFile) throws {
        var values: [UInt64: UInt64] = [:]
        var left = Self.limit
        for section in file.sections where section.isLoaded && section.type == Self.withAddends && file.bits == 64 {
            let fields = try file.fields(in: section.fileRange, limit: left)
            left -= fields.count
            for offset in stride(from: 0, to: fields.count, by: 24) {
                // Those without a symbol.
                guard let place = fields.long(at: offset), let info = fields.long(at: offset + 8), info >> 32 == 0,
                    let value = fields.long(at: offset + 16)
                else { continue }
                values[place] = value
            }
        }
        self.values = values
    }

    func value(at place: UInt64) -> UInt64? { values[place] }

    /// In order; of more than a few none is right.
    func places(of value: UInt64) -> [UInt64] {
        Array(values.filter { $0.value == value }.keys.sorted().prefix(64))
    }
}
