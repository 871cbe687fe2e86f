// Berkeley DB's hash tables, as dbinc/db_page.h of its sources describes the pages:
// https://docs.oracle.com/database/bdb181/html/programmer_reference/am_conf_select.html

/// Goes through the packages of the form of database that RPM had before 4.16: a hash table of Berkeley DB.
enum BerkeleyPackages {
    private static let hashMagic: UInt32 = 0x0006_1561
    private static let headerSize = 26
    /// Kinds of pages.
    private static let hashPages: Set<UInt8> = [2, 13]
    private static let overflowPage: UInt8 = 7
    /// Kinds of items on a page of the table.
    private static let inlineItem: UInt8 = 1
    private static let overflowItem: UInt8 = 3

    static func isOne(_ content: [UInt8]) -> Bool {
        let magic = content[...].littleEndian(at: 12)
        return magic == hashMagic || magic == hashMagic.byteSwapped
    }

    static func forEachBlob(
        _ content: [UInt8], _ body: (ArraySlice<UInt8>) -> Void
    ) throws(RPMDatabaseError) {
        var file = File(content)
        guard let size = file.number(at: 20), (512...65536).contains(size), size.nonzeroBitCount == 1,
            content.count >= 24, content[24] == 0, let last = file.number(at: 32)
        else { throw .damaged }
        file.pageSize = size
        var isDamaged = last >= content.count / size
        // No page is part of two values: what is read stays below the size of the file.
        var used: Set<Int> = []
        for page in 0...min(last, max(content.count / size - 1, 0)) where hashPages.contains(file.kind(page)) {
            guard let count = file.short(at: page * size + 20) else { continue }
            // Keys and values take turns, from the end of the page towards its start.
            for index in stride(from: 1, to: count, by: 2) {
                guard let offset = file.itemOffset(page, index), let end = file.itemOffset(page, index - 1),
                    offset < end
                else {
                    isDamaged = true
                    continue
                }
                let place = page * size + offset
                switch content[place] {
                case inlineItem:
                    // A number alone counts the packages.
                    if end - offset > 16 { body(content[(place + 1)..<(page * size + end)]) }
                case overflowItem:
                    if let blob = file.value(at: place, &used) { body(blob[...]) } else { isDamaged = true }
                default: isDamaged = true
                }
            }
        }
        if isDamaged { throw .damaged }
    }

    private struct File {
        let content: [UInt8]
        let isSwapped: Bool
        var pageSize = 4096

        init(_ content: [UInt8]) {
            self.content = content
            isSwapped = content[...].littleEndian(at: 12) != hashMagic
        }

        func number(at offset: Int) -> Int? {
            content[...].littleEndian(at: offset).map { Int(isSwapped ? $0.byteSwapped : $0) }
        }

        func short(at offset: Int) -> Int? {
            content[...].littleEndian16(at: offset).map { Int(isSwapped ? $0.byteSwapped : $0) }
        }

        func kind(_ page: Int) -> UInt8 { content[page * pageSize + 25] }

        /// Where an item of a page starts in it.
        func itemOffset(_ page: Int, _ index: Int) -> Int? {
            let place = headerSize + index * 2
            guard place + 2 <= pageSize, let offset = short(at: page * pageSize + place), offset >= headerSize,
                offset < pageSize
            else { return nil }
            return offset
        }

        /// A value on pages of its own: the item has the first page's number and the size.
        func value(at place: Int, _ used: inout Set<Int>) -> [UInt8]? {
            guard var page = number(at: place + 4), let size = number(at: place + 8), size <= content.count else {
                return nil
            }
            var value: [UInt8] = []
            value.reserveCapacity(size)
            while value.count < size {
                guard page > 0, page < content.count / pageSize, kind(page) == overflowPage,
                    used.insert(page).inserted, let filled = short(at: page * pageSize + 22)
                else { return nil }
                let count = min(filled, pageSize - headerSize, size - value.count)
                guard count > 0 else { return nil }
                let start = page * pageSize + headerSize
                value += content[start..<start + count]
                guard let next = number(at: page * pageSize + 16) else { return nil }
                page = next
            }
            return value
        }
    }
}
