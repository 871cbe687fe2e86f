// https://pkg.go.dev/debug/buildinfo and src/debug/buildinfo/buildinfo.go of Go (where the record lies)

/// Finds the record that Go's linker leaves in every program: the version of Go, and the modules and settings of the build.
enum GoBuildInfo {
    private static let magic = Array("\u{ff} Go buildinf:".unicodeScalars.map { UInt8($0.value) })
    private static let headerSize = 32
    /// A header stands at a multiple of it.
    private static let alignment = 16
    /// Of programs without a table of sections so much of the data is looked through.
    private static let scanLimit = 1 << 20
    private static let versionLimit = 4096
    private static let modulesLimit = 1 << 20

    /// - Returns: nil when there is none, or it is damaged.
    static func read(_ file: ELFFile) throws -> GoBuild? {
        guard file.type == ELFFile.executableFile || file.type == ELFFile.sharedFile else { return nil }
        guard let (header, rest) = try header(of: file), let flags = header.byte(at: 15) else { return nil }
        let version: [UInt8]
        let modules: [UInt8]
        if flags & 2 != 0 {
            // Since Go 1.18: both texts follow, each behind its length.
            var position = rest.lowerBound + Int64(headerSize)
            guard let first = try counted(file, at: &position, end: rest.upperBound, limit: versionLimit) else {
                return nil
            }
            version = first
            modules = try counted(file, at: &position, end: rest.upperBound, limit: modulesLimit) ?? []
        } else {
            // Before: addresses of two strings, in the byte order and width that the header tells.
            let size = Int(header.byte(at: 14) ?? 0)
            guard size == 4 || size == 8 else { return nil }
            let pointers = Fields(header.bytes, isLittleEndian: flags & 1 == 0, wordSize: size)
            guard let first = try string(file, pointers, at: 16, limit: versionLimit) else { return nil }
            version = first
            modules = try string(file, pointers, at: 16 + size, limit: modulesLimit) ?? []
        }
        let name = String(decoding: version, as: UTF8.self)
        guard !name.isEmpty else { return nil }
        var build = GoBuild(version: name)
        build.read(modules: unframed(modules))
        return build
    }

    /// The header and the part of the file from it to the end of its section or segment.
    private static func header(of file: ELFFile) throws -> (Fields, Range<Int64>)? {
        if let section = file.section(".go.buildinfo") {
            return try find(file, in: section.fileRange, limit: 4096)
        }
        guard file.sections.isEmpty, let data = file.segments.first(where: { $0.type == ELFFile.load && $0.isWritable })
        else { return nil }
        return try find(file, in: data.fileRange, limit: scanLimit)
    }

    private static func find(_ file: ELFFile, in range: Range<Int64>, limit: Int) throws -> (Fields, Range<Int64>)? {
        let bytes = try file.bytes(in: range, limit: limit)
        var start = 0
        while start + headerSize <= bytes.count {
            if bytes[start..<start + magic.count].elementsEqual(magic) {
                let header = file.fields(Array(bytes[start..<start + headerSize]))
                return (header, range.lowerBound + Int64(start)..<range.upperBound)
            }
            start += alignment
        }
        return nil
    }

    /// Bytes behind their number, which is written seven bits a byte, the lowest first.
    private static func counted(
        _ file: ELFFile, at position: inout Int64, end: Int64, limit: Int
    ) throws -> [UInt8]? {
        let head = try file.bytes.bytes(at: position, count: Int(min(10, max(0, end - position))))
        guard let last = head.firstIndex(where: { $0 < 0x80 }), last < 5 else { return nil }
        let count = head[...last].reversed().reduce(0) { $0 << 7 | Int($1 & 0x7f) }
        position += Int64(last) + 1
        guard count <= limit, Int64(count) <= end - position else { return nil }
        let bytes = try file.bytes.bytes(at: position, count: count)
        position += Int64(count)
        return bytes.count == count ? bytes : nil
    }

    /// The bytes of a Go string, of which a pointer tells where its address and length are.
    private static func string(_ file: ELFFile, _ pointers: Fields, at offset: Int, limit: Int) throws -> [UInt8]? {
        guard let address = pointers.word(at: offset), address != 0 else { return nil }
        let header = Fields(
            try file.bytes(atAddress: address, count: 2 * pointers.wordSize), isLittleEndian: pointers.isLittleEndian,
            wordSize: pointers.wordSize)
        guard let data = header.word(at: 0), let length = header.word(at: pointers.wordSize), length <= UInt64(limit)
        else { return nil }
        let bytes = try file.bytes(atAddress: data, count: Int(length))
        return bytes.count == Int(length) ? bytes : nil
    }

    /// The text of the modules stands between two marks of 16 bytes.
    private static func unframed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        guard bytes.count >= 33, bytes[bytes.count - 17] == UInt8(ascii: "\n") else { return [] }
        return bytes[16..<bytes.count - 16]
    }
}
