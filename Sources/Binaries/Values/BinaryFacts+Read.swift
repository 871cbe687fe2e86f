extension BinaryFacts {
    /// Reads what a file says of itself: headers, tables and the sections that hold records of builds; the rest of the file
    /// is left alone. Parts that are damaged are left out.
    /// - Returns: nil when it is no ELF file.
    /// - Throws: ``BinaryError`` when its headers make no sense, and what reading throws.
    package static func read(_ bytes: some BinaryBytes) throws -> BinaryFacts? {
        guard let file = try ELFFile(bytes) else { return nil }
        let dynamic = try ELFDynamic(file)
        var facts = BinaryFacts(
            kind: try kind(of: file, dynamic), bits: file.bits, isLittleEndian: file.isLittleEndian,
            architecture: file.architecture, isDynamic: false)
        facts.isCutOff = file.isCutOff
        facts.interpreter = try interpreter(of: file)
        if let dynamic {
            facts.needed = try dynamic.needed()
            facts.soname = try dynamic.soname()
            facts.rpath = try dynamic.rpath()
            facts.runpath = try dynamic.runpath()
            facts.versionNeeds = try dynamic.versionNeeds()
            facts.versionDefinitions = try dynamic.versionDefinitions()
        }
        facts.isDynamic =
            facts.interpreter != nil || !facts.needed.isEmpty || (facts.kind == .sharedLibrary && dynamic != nil)
        facts.readHardening(file, dynamic)
        facts.readSymbolSizes(file)
        if facts.kind != .core {
            facts.buildID = try file.notes().first { $0.owner == "GNU" && $0.type == 3 }.map { hexadecimal($0.content) }
        }
        let compilers = try CompilerComments(file)
        facts.go = try GoBuildInfo.read(file)
        facts.rust = try RustBuild.read(file, compilers)
        facts.swift = SwiftBuild.read(file, needed: facts.needed, compilers)
        try facts.readNeeds(file, dynamic)
        return facts
    }

    private static func kind(of file: ELFFile, _ dynamic: ELFDynamic?) throws -> Kind {
        switch file.type {
        case ELFFile.objectFile: return .object
        case ELFFile.executableFile: return .executable
        case ELFFile.coreFile: return .core
        default:
            if dynamic?.isPositionIndependentProgram == true { return .positionIndependent }
            // Before linkers marked programs; the C library too names a loader, so that it can be run.
            let namesLoader = file.segments.contains { $0.type == ELFFile.interpreter }
            let isNamed = try dynamic?.soname() != nil
            return namesLoader && !isNamed ? .positionIndependent : .sharedLibrary
        }
    }

    private static func interpreter(of file: ELFFile) throws -> String? {
        guard let segment = file.segments.first(where: { $0.type == ELFFile.interpreter }), !segment.fileRange.isEmpty
        else { return nil }
        return file.fields(try file.bytes(in: segment.fileRange, limit: 4096)).text(at: 0)
    }

    private mutating func readHardening(_ file: ELFFile, _ dynamic: ELFDynamic?) {
        if file.segments.contains(where: { $0.type == ELFFile.gnuRelro }) {
            relro = dynamic?.bindsAtStart == true ? .full : .partial
        }
        if kind != .object, kind != .core {
            hasExecutableStack = file.segments.first { $0.type == ELFFile.gnuStack }?.isExecutable ?? true
        }
    }

    private mutating func readSymbolSizes(_ file: ELFFile) {
        var counted: Set<Int> = []
        for section in file.sections where !section.isLoaded {
            if section.type == ELFFile.symbolTable {
                symbols = max(symbols, .symbols)
                // Objects and kernel modules can't be linked without.
                guard kind != .object else { continue }
                symbolBytes += Int64(section.fileRange.count)
                if file.sections.indices.contains(section.link), counted.insert(section.link).inserted,
                    file.sections[section.link].type == ELFFile.stringTable
                {
                    symbolBytes += Int64(file.sections[section.link].fileRange.count)
                }
            } else if Self.isDebug(section.name) {
                // The small table of symbols that some distributions leave for traces isn't what a debugger works with.
                if section.name != ".gnu_debugdata" { symbols = .debugInfo }
                debugBytes += Int64(section.fileRange.count)
            }
        }
    }

    private static func isDebug(_ name: String) -> Bool {
        [".debug_", ".zdebug_", ".stab", ".gdb_index", ".gnu_debugdata"].contains { name.hasPrefix($0) }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension BinaryFacts.Symbols: Comparable {
    /// More is larger.
    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .stripped: 0
        case .symbols: 1
        case .debugInfo: 2
        }
    }
}
