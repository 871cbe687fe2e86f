@testable import Binaries

/// Writes Go's table of functions as the linkers of its releases do.
struct FunctionTableBuilder {
    struct Function {
        var name: String
        /// Bytes of instructions; padding follows up to a multiple of 16.
        var size: Int
        /// The number of the file it comes from.
        var file: Int? = 0
        /// Whether the table says where the instructions end.
        var isMeasured = true

        var extent: Int { (size + 15) / 16 * 16 }
    }

    var form = GoFunctionTable.Form.go20
    var isLittleEndian = true
    var wordSize = 8
    var textStart: UInt64 = 0x40_1000
    var headerSaysTextStart = true
    var functions: [Function]
    var files = ["/usr/lib/go/src/fmt/print.go"]

    private var header: Int { 8 + (form == .go2 ? 1 : form == .go16 ? 7 : 8) * wordSize }
    private var entrySize: Int { form.isRelative ? 4 : wordSize }

    func bytes() -> [UInt8] {
        // The parts behind the header, which is filled in at the end: names, units, files, positions, list and records.
        var (names, paths): ([UInt8], [UInt8]) = ([], [])
        let nameOffsets = functions.map { function in
            defer { names += Array(function.name.utf8) + [0] }
            return names.count
        }
        var units: [UInt8] = []
        for file in files {
            units += integer(UInt64(paths.count), 4)
            paths += Array(file.utf8) + [0]
        }
        // Zero stands for no table.
        var positions: [UInt8] = [0]
        let tables = functions.map { function -> (stack: Int, file: Int) in
            var (stack, file) = (0, 0)
            if function.isMeasured {
                stack = positions.count
                // The depth begins at -1 and rises by 1, then by 4, to the end.
                positions += number(2) + number(function.size - 1) + number(8) + number(1) + [0]
            }
            if let number = function.file {
                file = positions.count
                positions += self.number((number + 1) * 2) + self.number(function.size) + [0]
            }
            return (stack, file)
        }
        while (names.count + header) % 8 != 0 { names.append(0) }
        while (units.count + paths.count + positions.count) % 8 != 0 { positions.append(0) }

        let nameStart = header
        let unitStart = nameStart + names.count
        let pathStart = unitStart + units.count
        let positionStart = pathStart + paths.count
        let listStart = form == .go2 ? header : positionStart + positions.count
        let listSize = (functions.count * 2 + 1) * entrySize
        let recordSize = entrySize + 40
        // In the first form the list follows the header, and the other parts follow the records.
        let blobs = listStart + listSize + functions.count * recordSize
        let base = form == .go2 ? 0 : listStart
        func moved(_ offset: Int) -> Int { form == .go2 ? offset - header + blobs : offset }

        var (list, records): ([UInt8], [UInt8]) = ([], [])
        var address = form.isRelative ? 0 : textStart
        for (index, function) in functions.enumerated() {
            list += integer(address, entrySize)
            list += integer(UInt64(listStart + listSize - base + index * recordSize), entrySize)
            records += integer(address, entrySize)
            let name = form == .go2 ? moved(nameStart) + nameOffsets[index] : nameOffsets[index]
            let shift = form == .go2 ? moved(positionStart) : 0
            let table = tables[index]
            for field in [
                name, 0, 0, table.stack == 0 ? 0 : table.stack + shift, table.file == 0 ? 0 : table.file + shift, 0, 0,
                0,
                1, 0,
            ] {
                records += integer(UInt64(field), 4)
            }
            address += UInt64(function.extent)
        }
        list += integer(address, entrySize)

        var head = integer(UInt64(form.rawValue), 4) + [0, 0, 1, UInt8(wordSize)]
        var words = [functions.count]
        if form != .go2 { words.append(files.count) }
        if form.isRelative { words.append(headerSaysTextStart ? Int(textStart) : 0) }
        if form != .go2 { words += [nameStart, unitStart, pathStart, positionStart, listStart] }
        for word in words { head += integer(UInt64(word), wordSize) }
        let parts = names + units + paths + positions
        return form == .go2 ? head + list + records + parts : head + parts + list + records
    }

    private func integer(_ value: UInt64, _ size: Int) -> [UInt8] {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        return isLittleEndian ? bytes : bytes.reversed()
    }

    /// Seven bits a byte, the lowest first.
    private func number(_ value: Int) -> [UInt8] {
        var (bytes, rest): ([UInt8], Int) = ([], value)
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
