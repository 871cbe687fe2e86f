import CSQLite
import Core

/// Writes headers of RPM.
struct RPMPackageFile {
    enum Value {
        case text(String)
        case texts([String])
        case numbers([UInt32])
    }

    var fields: [(tag: UInt32, value: Value)] = []

    init(_ name: String, _ version: String, _ release: String, more: [(UInt32, Value)] = []) {
        fields = [(1000, .text(name)), (1001, .text(version)), (1002, .text(release)), (1022, .text("x86_64"))]
        fields += more.map { (tag: $0.0, value: $0.1) }
    }

    /// A package with two files of its own and one that it doesn't bring.
    static var sample: RPMPackageFile {
        RPMPackageFile(
            "bash", "5.1.8", "6.el9",
            more: [
                (1003, .numbers([1])), (1014, .text("GPLv3+")), (1044, .text("bash-src-5.1.8-6.el9.src.rpm")),
                (1116, .numbers([0, 1, 1])), (1117, .texts(["bash", "bashrc", "ghost"])),
                (1118, .texts(["/bin/", "/etc/"])), (1037, .numbers([0, 1, 64])),
            ])
    }

    var blob: [UInt8] {
        var index: [UInt8] = []
        var data: [UInt8] = []
        for (tag, value) in fields {
            let (type, count): (UInt32, Int)
            if case .numbers = value { data.pad(to: 4) }
            let offset = data.count
            switch value {
            case .text(let text):
                data += Array(text.utf8) + [0]
                (type, count) = (6, 1)
            case .texts(let texts):
                for text in texts { data += Array(text.utf8) + [0] }
                (type, count) = (8, texts.count)
            case .numbers(let numbers):
                for number in numbers { data.put(number, bigEndian: true) }
                (type, count) = (4, numbers.count)
            }
            for number in [tag, type, UInt32(offset), UInt32(count)] { index.put(number, bigEndian: true) }
        }
        var out: [UInt8] = []
        out.put(UInt32(fields.count), bigEndian: true)
        out.put(UInt32(data.count), bigEndian: true)
        return out + index + data
    }
}

/// The three forms of RPM's database, written from their descriptions.
enum RPMDatabaseFile {
    /// Pages of slots, then the packages.
    static func ndb(_ blobs: [[UInt8]]) -> [UInt8] {
        let pages = 1
        var slots: [UInt8] = []
        slots.put("RpmP")
        for number in [0, 7, UInt32(pages), UInt32(blobs.count + 1), 0, 0, 0] { slots.put(number) }
        var data: [UInt8] = []
        for (index, blob) in blobs.enumerated() {
            let block = (pages * 4096 + data.count) / 16
            var stored: [UInt8] = []
            stored.put("BlbS")
            for number in [UInt32(index + 1), 7, UInt32(blob.count)] { stored.put(number) }
            stored += blob
            while (stored.count + 12) % 16 != 0 { stored.append(0) }
            for number in [0, UInt32(blob.count)] { stored.put(number) }
            stored.put("BlbE")
            slots.put("Slot")
            for number in [UInt32(index + 1), UInt32(block), UInt32(stored.count / 16)] { slots.put(number) }
            data += stored
        }
        while slots.count < pages * 4096 {
            slots.put("Slot")
            slots += [UInt8](repeating: 0, count: 12)
        }
        return slots + data
    }

    /// A table of SQLite, in the way of write-ahead logs as RPM has it.
    static func sqlite(_ blobs: [[UInt8]], schema: String? = nil) -> [UInt8] {
        var handle: OpaquePointer?
        sqlite3_open(":memory:", &handle)
        defer { sqlite3_close_v2(handle) }
        sqlite3_exec(
            handle, schema ?? "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)", nil, nil, nil)
        for blob in blobs {
            let digits = Array("0123456789abcdef".utf8)
            let hex = blob.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            let sql = "INSERT INTO Packages(blob) VALUES (x'\(String(decoding: hex, as: UTF8.self))')"
            sqlite3_exec(handle, sql, nil, nil, nil)
        }
        var size: sqlite3_int64 = 0
        guard let start = sqlite3_serialize(handle, "main", &size, 0) else { return [] }
        defer { sqlite3_free(start) }
        var bytes = [UInt8](UnsafeRawBufferPointer(start: start, count: Int(size)))
        if bytes.count > 20 { (bytes[18], bytes[19]) = (2, 2) }
        return bytes
    }

    /// A hash table of Berkeley DB with one page of entries; values lie on pages of their own, or beside their keys.
    static func berkeley(_ blobs: [[UInt8]], bigEndian: Bool = false, isInline: Bool = false) -> [UInt8] {
        let size = 4096
        func page(_ number: Int, next: Int, entries: Int, offset: Int, kind: UInt8) -> [UInt8] {
            var out = [UInt8](repeating: 0, count: 8)
            out.put(UInt32(number), bigEndian: bigEndian)
            out.put(UInt32(0))
            out.put(UInt32(next), bigEndian: bigEndian)
            out.put(UInt16(entries), bigEndian: bigEndian)
            out.put(UInt16(offset), bigEndian: bigEndian)
            return out + [0, kind]
        }
        var items: [[UInt8]] = []
        var overflow: [[UInt8]] = []
        func add(_ key: Int, _ value: [UInt8]) {
            var stored: [UInt8] = [1]
            stored.put(UInt32(key), bigEndian: bigEndian)
            items += [stored, value]
        }
        add(0, [1, 0, 0, 0, 9])
        for (index, blob) in blobs.enumerated() {
            if isInline {
                add(index + 1, [1] + blob)
                continue
            }
            var value: [UInt8] = [3, 0, 0, 0]
            value.put(UInt32(overflow.count + 2), bigEndian: bigEndian)
            value.put(UInt32(blob.count), bigEndian: bigEndian)
            add(index + 1, value)
            for start in stride(from: 0, to: blob.count, by: size - 26) {
                let part = Array(blob[start..<min(start + size - 26, blob.count)])
                let number = overflow.count + 2
                let next = start + part.count < blob.count ? number + 1 : 0
                overflow.append(page(number, next: next, entries: 1, offset: part.count, kind: 7) + part)
            }
        }
        var meta = [UInt8](repeating: 0, count: size)
        for (offset, number) in [(12, 0x61561), (16, 9), (20, size), (32, overflow.count + 1)] {
            var field: [UInt8] = []
            field.put(UInt32(number), bigEndian: bigEndian)
            meta.replace(at: offset, with: field)
        }
        meta[25] = 8
        var table =
            page(1, next: 0, entries: items.count, offset: 0, kind: 13) + [UInt8](repeating: 0, count: size - 26)
        var end = size
        for (index, item) in items.enumerated() {
            end -= item.count
            table.replace(at: end, with: item)
            var field: [UInt8] = []
            field.put(UInt16(end), bigEndian: bigEndian)
            table.replace(at: 26 + index * 2, with: field)
        }
        let pages = [meta, table] + overflow
        return pages.flatMap { $0 + [UInt8](repeating: 0, count: size - $0.count) }
    }
}
