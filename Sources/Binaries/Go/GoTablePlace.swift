/// Where a Go program keeps its table of functions, and the module data that point there.
struct GoTablePlace: Sendable, Hashable {
    /// From the table's header to the end of the section or segment that holds it.
    var fileRange: Range<Int64>
    var address: UInt64

    /// Names of the table's section: the second in programs of no fixed address up to Go 1.25.
    private static let sections = [".gopclntab", ".data.rel.ro.gopclntab"]
    private static let chunk = 1 << 20
    /// So much of a program is looked through.
    private static let scanLimit: Int64 = 1 << 30
    /// So many places that begin like a table are looked at more closely.
    private static let candidateLimit = 1000

    /// - Returns: nil when the program is not of Go, or its table is damaged or hidden.
    static func find(in file: ELFFile) throws -> GoTablePlace? {
        for section in file.sections where sections.contains(section.name) {
            let head = file.fields(try file.bytes.bytes(at: section.fileRange.lowerBound, count: 64))
            if GoFunctionTable.isHeader(head, at: 0) {
                return GoTablePlace(fileRange: section.fileRange, address: section.address)
            }
        }
        // Linkers of C merge the section into another one; programs without a table of sections are looked through too.
        guard file.sections.isEmpty || file.sections.contains(where: { isOfGo($0.name) }) else { return nil }
        var looked: Int64 = 0
        var candidates = candidateLimit
        for (range, address) in loadedParts(of: file) {
            guard looked < scanLimit, candidates > 0 else { break }
            looked += Int64(range.count)
            if let place = try scan(file, range, address, &candidates) { return place }
        }
        return nil
    }

    private static func isOfGo(_ name: String) -> Bool { name == ".note.go.buildid" || name.hasPrefix(".go.") }

    /// Sections with read-only data, else segments.
    private static func loadedParts(of file: ELFFile) -> [(Range<Int64>, UInt64)] {
        let sections = file.sections.filter { $0.isLoaded && !$0.isExecutable && $0.type == 1 }
        if !sections.isEmpty { return sections.map { ($0.fileRange, $0.address) } }
        return file.segments.filter { $0.type == ELFFile.load }.map { ($0.fileRange, $0.address) }
    }

    private static func scan(
        _ file: ELFFile, _ range: Range<Int64>, _ address: UInt64, _ candidates: inout Int
    ) throws -> GoTablePlace? {
        let step: UInt64 = 8
        // Tables stand at addresses that are multiples of an address's size.
        var offset = range.lowerBound + Int64((step - address % step) % step)
        while offset < range.upperBound, candidates > 0 {
            let fields = file.fields(
                try file.bytes.bytes(at: offset, count: Int(min(Int64(chunk) + 64, range.upperBound - offset))))
            for position in stride(from: 0, to: min(chunk, fields.count - 8), by: Int(step))
            where candidates > 0 && GoFunctionTable.isHeader(fields, at: position) {
                candidates -= 1
                let start = offset + Int64(position)
                let place = GoTablePlace(
                    fileRange: start..<range.upperBound, address: address &+ UInt64(start - range.lowerBound))
                if try place.names(in: file) != nil { return place }
            }
            offset += Int64(chunk)
        }
        return nil
    }

    /// The part of the file with the names of functions; nil when the header makes no sense.
    func names(in file: ELFFile) throws -> Range<Int64>? {
        let head = try file.bytes.bytes(at: fileRange.lowerBound, count: min(8 + 8 * 8, fileRange.count))
        guard
            let (start, end) = GoFunctionTable.names(
                header: head, isLittleEndian: file.isLittleEndian, size: Int64(fileRange.count))
        else { return nil }
        return fileRange.lowerBound + start..<fileRange.lowerBound + end
    }
}

extension GoFunctionTable {
    /// Where the names lie, as the header alone tells it; the whole table where they aren't kept apart.
    static func names(header: [UInt8], isLittleEndian: Bool, size: Int64) -> (start: Int64, end: Int64)? {
        let narrow = Fields(header, isLittleEndian: isLittleEndian, wordSize: 8)
        guard isHeader(narrow, at: 0), let magic = narrow.int(at: 0), let form = Form(rawValue: magic),
            let wordSize = narrow.byte(at: 7).map(Int.init)
        else { return nil }
        let fields = Fields(header, isLittleEndian: isLittleEndian, wordSize: wordSize)
        func word(_ index: Int) -> Int64? {
            fields.word(at: 8 + index * wordSize).flatMap { $0 <= UInt64(size) ? Int64($0) : nil }
        }
        guard let count = word(0), count > 0 else { return nil }
        guard form != .go2 else { return (0, size) }
        let first = form == .go16 ? 2 : 3
        guard let start = word(first), let end = word(first + 1), start < end else { return nil }
        return (start, end)
    }
}
