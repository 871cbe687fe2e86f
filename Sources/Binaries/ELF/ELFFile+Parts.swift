extension ELFFile {
    /// A part of the file that a loader maps or reads.
    package struct Segment: Sendable, Hashable {
        /// `PT_…`.
        package var type: UInt32
        /// `PF_…`: 1 executable, 2 writable, 4 readable.
        package var flags: UInt32
        /// Inside of the file, cut at its end.
        package var fileRange: Range<Int64>
        package var address: UInt64
        package var memorySize: UInt64
        package var alignment: UInt64

        package var isExecutable: Bool { flags & 1 != 0 }
        package var isWritable: Bool { flags & 2 != 0 }
    }

    /// A part of the file that a linker or a debugger reads.
    package struct Section: Sendable, Hashable {
        /// Its number, by which others and symbols name it.
        package var index: Int
        package var name: String
        /// `SHT_…`.
        package var type: UInt32
        /// `SHF_…`: 1 writable, 2 loaded, 4 executable, 0x800 compressed.
        package var flags: UInt64
        /// 0 when it isn't loaded.
        package var address: UInt64
        /// In memory; may lie about what the file holds.
        package var size: UInt64
        /// Inside of the file, cut at its end; empty for what takes no space there.
        package var fileRange: Range<Int64>
        package var link: Int
        package var info: UInt32
        package var alignment: UInt64
        package var entrySize: UInt64

        package var isLoaded: Bool { flags & 2 != 0 }
        package var isExecutable: Bool { flags & 4 != 0 }
        package var isWritable: Bool { flags & 1 != 0 }
        package var isCompressed: Bool { flags & 0x800 != 0 }
    }

    // Types of files.
    package static let objectFile: UInt16 = 1
    package static let executableFile: UInt16 = 2
    package static let sharedFile: UInt16 = 3
    package static let coreFile: UInt16 = 4

    // Types of segments.
    package static let load: UInt32 = 1
    package static let dynamic: UInt32 = 2
    package static let interpreter: UInt32 = 3
    package static let note: UInt32 = 4
    package static let gnuStack: UInt32 = 0x6474_e551
    package static let gnuRelro: UInt32 = 0x6474_e552

    // Types of sections.
    package static let symbolTable: UInt32 = 2
    package static let stringTable: UInt32 = 3
    package static let dynamicSection: UInt32 = 6
    package static let noteSection: UInt32 = 7
    package static let noBits: UInt32 = 8
    package static let dynamicSymbolTable: UInt32 = 11
}

// MARK: - From names and addresses to bytes

extension ELFFile {
    package func section(_ name: String) -> Section? { sections.first { $0.name == name } }

    package func section(ofType type: UInt32) -> Section? { sections.first { $0.type == type } }

    /// Where in the file the bytes of an address lie; of several segments the first counts, as it does for loaders.
    /// - Returns: from there to the end of what the segment has in the file; nil when it is not loaded from the file.
    package func fileRange(ofAddress address: UInt64) -> Range<Int64>? {
        for segment in segments where segment.type == Self.load && address >= segment.address {
            let within = address - segment.address
            guard within < UInt64(segment.fileRange.count) else { continue }
            return segment.fileRange.lowerBound + Int64(within)..<segment.fileRange.upperBound
        }
        return nil
    }

    package func fileOffset(ofAddress address: UInt64) -> Int64? { fileRange(ofAddress: address)?.lowerBound }

    /// The bytes at an address, fewer where the segment ends; none when the address isn't loaded from the file.
    package func bytes(atAddress address: UInt64, count: Int) throws -> [UInt8] {
        guard let range = fileRange(ofAddress: address) else { return [] }
        return try bytes.bytes(at: range.lowerBound, count: min(count, range.count))
    }

    /// A part of the file, cut at a bound.
    package func bytes(in range: Range<Int64>, limit: Int) throws -> [UInt8] {
        try bytes.bytes(at: range.lowerBound, count: min(range.count, limit))
    }

    /// The same to take numbers from.
    package func fields(in range: Range<Int64>, limit: Int) throws -> Fields {
        fields(try bytes(in: range, limit: limit))
    }

    package func fields(_ bytes: [UInt8]) -> Fields {
        Fields(bytes, isLittleEndian: isLittleEndian, wordSize: bits / 8)
    }

    /// A text that ends with a NUL byte.
    package func text(at offset: Int64, limit: Int = 4096) throws -> String {
        String(decoding: try bytes.bytes(at: offset, count: limit).prefix { $0 != 0 }, as: UTF8.self)
    }
}
