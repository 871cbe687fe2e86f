// https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html
// https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html

/// What a file tells the loader: its libraries, search paths and versions of symbols. It is read as loaders do, through
/// segments and addresses, so that files without sections are understood too.
struct ELFDynamic {
    private enum Tag {
        static let needed: UInt64 = 1
        static let hash: UInt64 = 4
        static let stringTable: UInt64 = 5
        static let symbolTable: UInt64 = 6
        static let stringTableSize: UInt64 = 10
        static let soname: UInt64 = 14
        static let rpath: UInt64 = 15
        static let bindNow: UInt64 = 24
        static let runpath: UInt64 = 29
        static let flags: UInt64 = 30
        static let flags1: UInt64 = 0x6fff_fffb
        static let versionDefinitions: UInt64 = 0x6fff_fffc
        static let versionNeeds: UInt64 = 0x6fff_fffe
    }

    private static let entryLimit = 1 << 12
    private static let symbolLimit = 16 << 20
    private static let pathLimit = 4096
    private static let nameLimit = 256
    /// Bytes of names that a list may have beyond those that the file holds: names may share their bytes, but not so
    /// much that a small file fills the memory.
    private static let sharedLimit = 16 << 10
    private static let versionLimit = 128 << 10
    private static let versionSteps = 1 << 14

    private let file: ELFFile
    private let entries: [(tag: UInt64, value: UInt64)]
    /// Where the names are.
    private let strings: Range<Int64>

    /// - Returns: nil when there is nothing of the kind.
    init?(_ file: ELFFile) throws {
        let range =
            file.segments.first { $0.type == ELFFile.dynamic }?.fileRange
            ?? file.section(ofType: ELFFile.dynamicSection)?.fileRange
        guard let range, !range.isEmpty else { return nil }
        self.file = file
        let step = file.bits / 4
        let table = try file.fields(in: range, limit: Self.entryLimit * step)
        var entries: [(tag: UInt64, value: UInt64)] = []
        for start in stride(from: 0, through: table.count - step, by: step) {
            guard let tag = table.word(at: start), let value = table.word(at: start + step / 2), tag != 0 else { break }
            entries.append((tag, value))
        }
        self.entries = entries
        func value(_ tag: UInt64) -> UInt64? { entries.last { $0.tag == tag }?.value }
        if let address = value(Tag.stringTable), let rest = file.fileRange(ofAddress: address) {
            let size = min(value(Tag.stringTableSize) ?? UInt64(rest.count), UInt64(rest.count))
            strings = rest.lowerBound..<rest.lowerBound + Int64(size)
        } else {
            strings = 0..<0
        }
    }

    private func value(_ tag: UInt64) -> UInt64? { entries.last { $0.tag == tag }?.value }

    /// A name; they are few, so that each is read where it is.
    private func text(at offset: UInt64, limit: Int) throws -> String? {
        guard offset < UInt64(strings.count) else { return nil }
        let start = strings.lowerBound + Int64(offset)
        return file.fields(try file.bytes(in: start..<strings.upperBound, limit: limit)).text(at: 0, limit: limit)
    }

    /// Bytes of names that one list may have; what comes behind is left out.
    private var nameBudget: Int { strings.count + Self.sharedLimit }

    private func texts(_ tag: UInt64) throws -> [String] {
        var left = nameBudget
        var texts: [String] = []
        for entry in entries where entry.tag == tag && left > 0 {
            guard let text = try text(at: entry.value, limit: Self.pathLimit) else { continue }
            left -= text.utf8.count
            texts.append(text)
        }
        return texts
    }

    func needed() throws -> [String] { try texts(Tag.needed) }
    func soname() throws -> String? { try texts(Tag.soname).last }
    func rpath() throws -> [String] { Self.paths(try texts(Tag.rpath).last) }
    func runpath() throws -> [String] { Self.paths(try texts(Tag.runpath).last) }
    /// Whether all symbols are bound before the program runs.
    var bindsAtStart: Bool {
        value(Tag.bindNow) != nil || (value(Tag.flags) ?? 0) & 8 != 0 || (value(Tag.flags1) ?? 0) & 1 != 0
    }
    /// Whether its linker meant it to be a program.
    var isPositionIndependentProgram: Bool { (value(Tag.flags1) ?? 0) & 0x0800_0000 != 0 }

    private static func paths(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }

    // MARK: - Symbols

    /// The symbols that are resolved while loading; nil when there are none or unreasonably many.
    func symbols() throws -> ELFFile.Symbols? {
        guard let address = value(Tag.symbolTable), let rest = file.fileRange(ofAddress: address) else { return nil }
        var size = Int64(rest.count)
        if let section = file.section(ofType: ELFFile.dynamicSymbolTable), section.address == address {
            size = Int64(section.fileRange.count)
        } else if let hash = value(Tag.hash),
            let count = file.fields(try file.bytes(atAddress: hash, count: 8)).int(at: 4)
        {
            size = Int64(count) * (file.bits == 64 ? 24 : 16)
        } else if let names = value(Tag.stringTable), names > address, names - address < UInt64(size) {
            // Linkers lay the names behind the symbols.
            size = Int64(names - address)
        }
        guard size <= Self.symbolLimit, strings.count <= Self.symbolLimit else { return nil }
        return ELFFile.Symbols(
            entries: try file.fields(in: rest, limit: Int(size)),
            names: try file.fields(in: strings, limit: Self.symbolLimit))
    }

    // MARK: - Versions

    /// The table at an address that a tag holds, as far as its section goes.
    private func versions(_ tag: UInt64) throws -> Fields? {
        guard let address = value(tag), let rest = file.fileRange(ofAddress: address) else { return nil }
        let section = file.sections.first { $0.isLoaded && $0.address == address && UInt64($0.type) == tag }
        return try file.fields(in: rest, limit: min(section?.fileRange.count ?? Self.versionLimit, Self.versionLimit))
    }

    func versionNeeds() throws -> [BinaryFacts.VersionNeed] {
        guard let table = try versions(Tag.versionNeeds) else { return [] }
        var needs: [BinaryFacts.VersionNeed] = []
        var steps = 0
        var offset = 0
        var left = nameBudget
        while left > 0, steps < Self.versionSteps, let library = table.int(at: offset + 4),
            let first = table.int(at: offset + 8),
            let next = table.int(at: offset + 12)
        {
            steps += 1
            var need = BinaryFacts.VersionNeed(
                library: try text(at: UInt64(library), limit: Self.nameLimit) ?? "", versions: [])
            left -= need.library.utf8.count
            var version = offset + Int(first)
            while left > 0, steps < Self.versionSteps, let flags = table.half(at: version + 4),
                let name = table.int(at: version + 8),
                let step = table.int(at: version + 12)
            {
                steps += 1
                if flags & 2 == 0, let name = try text(at: UInt64(name), limit: Self.nameLimit) {
                    left -= name.utf8.count
                    need.versions.append(name)
                }
                guard step > 0 else { break }
                version += Int(step)
            }
            needs.append(need)
            guard next > 0 else { break }
            offset += Int(next)
        }
        return needs
    }

    /// Without the first, which is the file's own name.
    func versionDefinitions() throws -> [String] {
        guard let table = try versions(Tag.versionDefinitions) else { return [] }
        var names: [String] = []
        var offset = 0
        var left = nameBudget
        while left > 0, names.count < Self.versionSteps, let flags = table.half(at: offset + 2),
            let first = table.int(at: offset + 12), let next = table.int(at: offset + 16)
        {
            if flags & 1 == 0, let place = table.int(at: offset + Int(first)),
                let name = try text(at: UInt64(place), limit: Self.nameLimit)
            {
                left -= name.utf8.count
                names.append(name)
            }
            guard next > 0 else { break }
            offset += Int(next)
        }
        return names
    }
}
