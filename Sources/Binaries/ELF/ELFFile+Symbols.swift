// https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.symtab.html

extension ELFFile {
    package struct Symbol: Sendable, Hashable {
        /// Where its name starts in the table of names.
        package var name: UInt32
        package var value: UInt64
        package var size: UInt64
        /// `STT_…`: 1 data, 2 code, 3 a section, 4 a file.
        package var type: UInt8
        /// `STB_…`: 0 local, 1 global, 2 weak.
        package var binding: UInt8
        /// 0 when another file has it; from 0xff00 on no section's number.
        package var section: UInt16

        package var isUndefined: Bool { section == 0 }
    }

    /// A table of symbols with its names.
    package struct Symbols: Sendable {
        package let names: Fields
        private let entries: Fields
        private let entrySize: Int

        init(entries: Fields, names: Fields) {
            self.entries = entries
            self.names = names
            entrySize = entries.wordSize == 8 ? 24 : 16
        }

        package var count: Int { entries.count / entrySize }

        /// - Parameter index: from 0 (which is no symbol) to below ``count``.
        package subscript(index: Int) -> Symbol? {
            guard index >= 0, index < count else { return nil }
            let start = index * entrySize
            let wide = entries.wordSize == 8
            guard let name = entries.int(at: start), let value = entries.word(at: start + (wide ? 8 : 4)),
                let size = entries.word(at: start + (wide ? 16 : 8)),
                let info = entries.byte(at: start + (wide ? 4 : 12)),
                let section = entries.half(at: start + (wide ? 6 : 14))
            else { return nil }
            return Symbol(
                name: name, value: value, size: size, type: info & 15, binding: info >> 4, section: section)
        }

        package func name(of symbol: Symbol, limit: Int = 4096) -> String {
            names.text(at: UInt64(symbol.name), limit: limit) ?? ""
        }
    }

    /// The symbols of a section of type ``symbolTable`` or ``dynamicSymbolTable``.
    /// - Parameter limit: bytes that the table and its names may each take.
    /// - Returns: nil when there are no names to it or it takes more.
    package func symbols(of section: Section, limit: Int) throws -> Symbols? {
        guard sections.indices.contains(section.link) else { return nil }
        let names = sections[section.link]
        guard section.fileRange.count <= limit, names.fileRange.count <= limit else { return nil }
        return Symbols(
            entries: try fields(in: section.fileRange, limit: limit),
            names: try fields(in: names.fileRange, limit: limit))
    }
}
