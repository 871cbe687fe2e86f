// https://github.com/rpm-software-management/rpm/blob/master/lib/backend/ndb/rpmpkg.c describes the form:
// pages of 4096 bytes with slots of 16, the first two the file's header; packages in blocks of 16 bytes.

/// Goes through the packages of RPM's own form of database, which SUSE uses.
enum NDBPackages {
    private static let slotSize = 16
    private static let pageSize = 4096

    static func forEachBlob(
        _ content: [UInt8], _ body: (ArraySlice<UInt8>) -> Void
    ) throws(RPMDatabaseError) {
        let bytes = content[...]
        guard let version = bytes.littleEndian(at: 4), version == 0, let pages = bytes.littleEndian(at: 12), pages > 0,
            Int(pages) <= content.count / pageSize
        else { throw .damaged }
        var isDamaged = false
        // Slots of one place would let a small file give many packages.
        var seen: Set<UInt32> = []
        for slot in 2..<(Int(pages) * pageSize / slotSize) {
            let place = slot * slotSize
            guard bytes.littleEndian(at: place) == magic("Slot"), let package = bytes.littleEndian(at: place + 4),
                let block = bytes.littleEndian(at: place + 8)
            else {
                isDamaged = true
                continue
            }
            if block == 0 { continue }
            let start = Int(block) * slotSize
            guard seen.insert(block).inserted, bytes.littleEndian(at: start) == magic("BlbS"),
                bytes.littleEndian(at: start + 4) == package, let size = bytes.littleEndian(at: start + 12),
                Int(size) <= content.count - start - 16
            else {
                isDamaged = true
                continue
            }
            body(bytes[(start + 16)..<(start + 16 + Int(size))])
        }
        if isDamaged { throw .damaged }
    }

    private static func magic(_ text: StaticString) -> UInt32 {
        text.withUTF8Buffer { $0.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    }
}
