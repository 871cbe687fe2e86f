/// Where the names of an index lie in its bytes: a hash table of offsets, 16 bytes an entry and no text.
struct NameTable: Sendable {
    /// A name that a stanza has or provides.
    struct Entry: Sendable {
        /// Offset and length of the name.
        var name: UInt32
        var length: UInt16
        var isProvided: Bool
        /// Number of the stanza.
        var stanza: UInt32
        /// The next entry of the same bucket, as its number plus one; 0 ends the chain.
        var next: UInt32 = 0
    }

    private(set) var entries: [Entry] = []
    private var buckets: [UInt32] = []

    mutating func add(_ name: Range<Int>, stanza: Int, isProvided: Bool) {
        // Longer names are no names; no package may have them, so nothing asks for them.
        guard let length = UInt16(exactly: name.count), length > 0 else { return }
        entries.append(
            Entry(
                name: UInt32(truncatingIfNeeded: name.lowerBound), length: length, isProvided: isProvided,
                stanza: UInt32(truncatingIfNeeded: stanza)))
    }

    /// Makes the table from what was added. Entries of one bucket stay in the order of the file.
    mutating func finish(_ bytes: UnsafeRawBufferPointer) {
        var size = 16
        while size < entries.count { size *= 2 }
        buckets = [UInt32](repeating: 0, count: size)
        for index in entries.indices.reversed() {
            let entry = entries[index]
            let start = Int(entry.name)
            let bucket = Self.hash(bytes[start..<(start + Int(entry.length))]) & (size - 1)
            entries[index].next = buckets[bucket]
            buckets[bucket] = UInt32(truncatingIfNeeded: index + 1)
        }
    }

    /// The stanzas that have a name, or provide it, in the order of the file.
    func stanzas(_ name: String, provided: Bool, in bytes: UnsafeRawBufferPointer) -> [Int] {
        guard !buckets.isEmpty else { return [] }
        let wanted = Array(name.utf8)
        var found: [Int] = []
        var next = buckets[wanted.withUnsafeBytes { Self.hash($0[...]) } & (buckets.count - 1)]
        while next != 0 {
            let entry = entries[Int(next) - 1]
            next = entry.next
            guard entry.isProvided == provided, Int(entry.length) == wanted.count,
                bytes[Int(entry.name)..<(Int(entry.name) + wanted.count)].elementsEqual(wanted),
                found.last != Int(entry.stanza)
            else { continue }
            found.append(Int(entry.stanza))
        }
        return found
    }

    /// FNV-1a.
    private static func hash(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        UnsafeRawBufferPointer(rebasing: bytes).withMemoryRebound(to: UInt8.self) { bytes in
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7fff_ffff)
    }
}
