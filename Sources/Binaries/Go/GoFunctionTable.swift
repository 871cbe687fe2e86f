// https://go.dev/s/go12symtab
// https://pkg.go.dev/debug/gosym
// Layout of the later forms: runtime/symtab.go and internal/abi/symtab.go of Go's sources (pcHeader, functab, _func).

/// Go's table of functions, which every Go program carries for tracebacks, however stripped.
struct GoFunctionTable: Sendable {
    /// The forms of the table, by the Go release that began with it.
    enum Form: UInt32, Sendable, CaseIterable {
        case go2 = 0xffff_fffb
        case go16 = 0xffff_fffa
        case go18 = 0xffff_fff0
        case go20 = 0xffff_fff1

        /// Whether functions are told by their distance from the start of the text, not by address.
        var isRelative: Bool { self == .go18 || self == .go20 }
    }

    struct Function: Sendable, Hashable {
        /// An address, or a distance from the start of the text: see ``Form/isRelative``.
        var start: UInt64
        /// Bytes up to the next function.
        var extent: UInt64
        /// Bytes of instructions; what is left of the extent is padding.
        var size: UInt64
        /// Where the name starts in the table.
        var name: Int
        /// Where the function's record goes on behind its address.
        var record: Int
    }

    /// Where lists of files start: numbers by unit of compilation, and the paths.
    struct Files: Sendable {
        var units: Int
        var paths: Int
    }

    let form: Form
    let fields: Fields
    /// Address of the first instruction as the header says it; nil when it doesn't (before 1.18, in programs of no fixed
    /// address, and in late releases).
    let textStart: UInt64?
    /// By start.
    let functions: [Function]
    /// The names, each ended by NUL, and where they lie in the table.
    let names: Range<Int>
    /// Where the tables of positions start.
    let positions: Int
    /// Nil before 1.16.
    let files: Files?
    /// Distance of the names from the start of the table, which the module data repeats as an address; zero before 1.16.
    var nameOffset: Int { names.lowerBound }

    /// - Parameter bytes: from the header on; what follows the table does no harm.
    /// - Returns: nil when the bytes are no table, or one whose parts lie outside of it.
    init?(_ bytes: [UInt8], isLittleEndian: Bool) {
        guard let header = Header(bytes, isLittleEndian: isLittleEndian) else { return nil }
        form = header.form
        fields = header.fields
        textStart = header.textStart
        names = header.names
        positions = header.positions
        files = header.files
        functions = header.functions()
    }

    /// The bytes of a function's name.
    func withName<Result>(at offset: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        fields.bytes.withUnsafeBytes { all in
            let rest = UnsafeRawBufferPointer(rebasing: all[min(max(offset, 0), all.count)...].prefix(Self.nameLimit))
            return body(UnsafeRawBufferPointer(rebasing: rest[..<(rest.firstIndex(of: 0) ?? rest.count)]))
        }
    }

    /// Names of generic functions grow long; no package's path does.
    private static let nameLimit = 4096

    /// Whether bytes may be the start of a table: a magic number, two zeros, and sizes of instructions and addresses that
    /// exist.
    static func isHeader(_ fields: Fields, at offset: Int) -> Bool {
        guard let magic = fields.int(at: offset), Form(rawValue: magic) != nil else { return false }
        guard let quantum = fields.byte(at: offset + 6), let wordSize = fields.byte(at: offset + 7) else {
            return false
        }
        return fields.half(at: offset + 4) == 0 && [1, 2, 4].contains(quantum) && [4, 8].contains(wordSize)
    }
}

/// The table's header, and the positions that it gives.
private struct Header {
    let form: GoFunctionTable.Form
    let fields: Fields
    let textStart: UInt64?
    let names: Range<Int>
    /// The size of the smallest instruction, in which the tables of positions count.
    private let quantum: UInt64
    private let count: Int
    /// Where the table of positions starts.
    let positions: Int
    let files: GoFunctionTable.Files?
    /// Where the list of functions starts, and what its offsets count from.
    private let list: Int
    private let records: Int

    /// Functions of the largest table that is read; programs of hundreds of megabytes have some hundred thousand.
    private static let countLimit = 4 << 20

    init?(_ bytes: [UInt8], isLittleEndian: Bool) {
        guard bytes.count >= 8,
            GoFunctionTable.isHeader(Fields(bytes, isLittleEndian: isLittleEndian, wordSize: 8), at: 0)
        else { return nil }
        let wordSize = Int(bytes[7])
        let fields = Fields(bytes, isLittleEndian: isLittleEndian, wordSize: wordSize)
        guard let magic = fields.int(at: 0), let form = GoFunctionTable.Form(rawValue: magic) else { return nil }
        func word(_ index: Int) -> Int? {
            fields.word(at: 8 + index * wordSize).flatMap { $0 <= UInt64(bytes.count) ? Int($0) : nil }
        }
        guard let count = word(0) else { return nil }
        self.form = form
        self.fields = fields
        self.count = count
        quantum = UInt64(bytes[6])
        switch form {
        case .go2:
            (textStart, files) = (nil, nil)
            (names, positions, list, records) = (0..<bytes.count, 0, 8 + wordSize, 0)
        case .go16, .go18, .go20:
            let first = form == .go16 ? 2 : 3
            textStart = form == .go16 ? nil : fields.word(at: 8 + 2 * wordSize).flatMap { $0 == 0 ? nil : $0 }
            guard let names = word(first), let units = word(first + 1), let paths = word(first + 2),
                let positions = word(first + 3), let list = word(first + 4)
            else { return nil }
            self.names = names..<max(names, units)
            files = .init(units: units, paths: paths)
            (self.positions, self.list, records) = (positions, list, list)
        }
        let (size, overflow) = (count * 2 + 1).multipliedReportingOverflow(by: entrySize)
        guard !overflow, size <= bytes.count - min(list, bytes.count), count <= Self.countLimit else { return nil }
    }

    /// Bytes of a field of the list.
    private var entrySize: Int { form.isRelative ? 4 : fields.wordSize }

    private func entry(_ index: Int) -> UInt64? {
        let offset = list + index * entrySize
        return form.isRelative ? fields.int(at: offset).map(UInt64.init) : fields.word(at: offset)
    }

    /// The list ends with the address where the last function does.
    func functions() -> [GoFunctionTable.Function] {
        var functions: [GoFunctionTable.Function] = []
        functions.reserveCapacity(count)
        var budget = 16 * fields.count
        for index in 0..<count {
            guard let start = entry(index * 2), let record = entry(index * 2 + 1), let end = entry(index * 2 + 2),
                end > start, let offset = Int(exactly: record), offset <= fields.count - records
            else { continue }
            let base = records + offset + (form.isRelative ? 4 : fields.wordSize)
            guard let name = fields.int(at: base), let stack = fields.int(at: base + 12),
                Int(name) < names.count
            else { continue }
            functions.append(
                .init(
                    start: start, extent: end - start, size: size(positions: stack, extent: end - start, &budget),
                    name: names.lowerBound + Int(name), record: base))
        }
        return functions
    }

    /// A function's size without the padding that follows it: its table of stack depths covers each instruction. Such a
    /// table is a list of pairs (difference of value, difference of position), each number in as many bytes as it needs.
    /// - Parameter budget: steps that are left for all functions, for tables may share bytes.
    private func size(positions stack: UInt32, extent: UInt64, _ budget: inout Int) -> UInt64 {
        guard stack > 0, Int(stack) < fields.count - positions else { return extent }
        var reader = NumberReader(offset: positions + Int(stack))
        return fields.bytes.withUnsafeBytes { bytes in
            var size: UInt64 = 0
            while size < extent, budget > 0 {
                budget -= 1
                guard let value = reader.next(bytes), value != 0 || size == 0, let distance = reader.next(bytes),
                    distance > 0
                else { break }
                size += UInt64(distance) * quantum
            }
            return size == 0 || budget == 0 ? extent : min(size, extent)
        }
    }
}

/// Numbers in groups of seven bits, lowest first.
struct NumberReader {
    var offset: Int

    mutating func next(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
        var (value, shift): (UInt32, UInt32) = (0, 0)
        while offset < bytes.count, shift < 32 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt32(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
