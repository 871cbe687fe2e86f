// https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html#note_section

extension ELFFile {
    package struct Note: Sendable, Hashable {
        /// Such as `GNU`.
        package var owner: String
        package var type: UInt32
        package var content: [UInt8]
    }

    private static let notesLimit = 64 << 10

    /// The notes that loaders see, else those of sections, in the order of the file; a bounded part of very long ones.
    package func notes() throws -> [Note] {
        var areas = segments.filter { $0.type == Self.note }.map { ($0.fileRange, $0.alignment) }
        if areas.isEmpty {
            areas = sections.filter { $0.type == Self.noteSection }.map { ($0.fileRange, $0.alignment) }
        }
        var notes: [Note] = []
        for (range, alignment) in areas.prefix(64) {
            let fields = try fields(in: range, limit: Self.notesLimit)
            notes += Self.notes(in: fields, alignment: alignment == 8 ? 8 : 4)
        }
        return notes
    }

    private static func notes(in fields: Fields, alignment: Int) -> [Note] {
        var notes: [Note] = []
        var offset = 0
        func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }
        while let nameSize = fields.int(at: offset), let size = fields.int(at: offset + 4),
            let type = fields.int(at: offset + 8)
        {
            let name = offset + 12
            let content = aligned(name + Int(nameSize))
            guard content <= fields.count, Int(size) <= fields.count - content else { break }
            let owner = fields.text(at: UInt64(name), limit: Int(nameSize)) ?? ""
            notes.append(Note(owner: owner, type: type, content: Array(fields.bytes[content..<content + Int(size)])))
            offset = aligned(content + Int(size))
        }
        return notes
    }
}
