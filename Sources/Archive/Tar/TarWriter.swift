// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html

private import HostOS

/// Makes tar headers: plain ustar where it can say all, a pax extended header before it where it can't.
///
/// The same header always gives the same bytes. Times are whole seconds; owners have numbers and no names.
package enum TarWriter {
    /// The end of an archive: two blocks of zeros.
    package static let end = [UInt8](repeating: 0, count: 2 * TarBlock.size)

    /// Zeros that follow content of a size, up to a whole block.
    package static func padding(after size: Int64) -> Int { TarBlock.padding(size) }

    /// Appends the header blocks of a member. A directory's name gets a slash at its end.
    /// - Throws: ``ArchiveError/unwritable(name:field:)``.
    package static func append(_ header: TarHeader, to out: inout [UInt8]) throws {
        var name = header.name
        if header.kind == .directory, name.last != UInt8(ascii: "/") { name.append(UInt8(ascii: "/")) }
        let split = splitPoint(name)
        var records: [UInt8] = []
        if split == nil { appendRecord("path", name, to: &records) }
        if header.linkName.count > TarBlock.linkName.count || !isASCII(header.linkName) {
            appendRecord("linkpath", header.linkName, to: &records)
        }
        if header.size > octalLimit(12) { appendRecord("size", Array(String(header.size).utf8), to: &records) }
        if header.uid > octalLimit(8) { appendRecord("uid", Array(String(header.uid).utf8), to: &records) }
        if header.gid > octalLimit(8) { appendRecord("gid", Array(String(header.gid).utf8), to: &records) }
        let seconds = header.modified.seconds
        if seconds < 0 || seconds > octalLimit(12) {
            appendRecord("mtime", Array(String(seconds).utf8), to: &records)
        }
        for attribute in header.attributes {
            guard !attribute.name.utf8.contains(UInt8(ascii: "=")), !attribute.name.utf8.contains(0) else {
                throw unwritable(header, "extended attribute")
            }
            appendRecord(PaxRecords.attributePrefix + attribute.name, attribute.value, to: &records)
        }
        guard !header.name.isEmpty, !header.name.contains(0), !header.linkName.contains(0) else {
            throw unwritable(header, "name")
        }
        guard header.size >= 0 else { throw unwritable(header, "size") }
        guard max(header.deviceMajor, header.deviceMinor) <= octalLimit(8) else {
            throw unwritable(header, "device number")
        }
        if !records.isEmpty {
            let extended = TarHeader(name: Array("././@PaxHeader".utf8), kind: .file, size: Int64(records.count))
            appendBlock(extended, name: extended.name[...], prefix: [], type: UInt8(ascii: "x"), to: &out)
            out.append(contentsOf: records)
            out.append(contentsOf: repeatElement(0, count: TarBlock.padding(Int64(records.count))))
        }
        let cut = split ?? 0
        appendBlock(
            header, name: cut == 0 ? name[...] : name[(cut + 1)...], prefix: name[..<cut], type: type(header.kind),
            to: &out)
    }

    private static func unwritable(_ header: TarHeader, _ field: String) -> ArchiveError {
        .unwritable(name: String(decoding: header.name.prefix(300), as: UTF8.self), field: field)
    }

    /// Where to cut a name into prefix and name: 0 when it fits the name field whole; nil when it doesn't fit at all.
    private static func splitPoint(_ name: [UInt8]) -> Int? {
        guard isASCII(name) else { return nil }
        if name.count <= TarBlock.name.count { return 0 }
        // The last slash of those that leave a prefix short enough; the name after it must not be empty.
        let last = min(TarBlock.prefix.count, name.count - 2)
        guard last > 0, let slash = name[...last].lastIndex(of: UInt8(ascii: "/")), slash > 0,
            name.count - slash - 1 <= TarBlock.name.count
        else { return nil }
        return slash
    }

    private static func isASCII(_ bytes: [UInt8]) -> Bool { bytes.allSatisfy { $0 < 0x80 } }

    /// The largest number in an octal field of so many bytes, the last of which is a NUL.
    private static func octalLimit(_ width: Int) -> Int64 { (1 << Int64(3 * (width - 1))) - 1 }

    private static func type(_ kind: TarHeader.Kind) -> UInt8 {
        switch kind {
        case .file: UInt8(ascii: "0")
        case .hardlink: UInt8(ascii: "1")
        case .symlink: UInt8(ascii: "2")
        case .characterDevice: UInt8(ascii: "3")
        case .blockDevice: UInt8(ascii: "4")
        case .directory: UInt8(ascii: "5")
        case .fifo: UInt8(ascii: "6")
        }
    }

    /// A record is its own length in decimal, a space, key=value and a line feed; the length counts its own digits.
    private static func appendRecord(_ key: String, _ value: [UInt8], to out: inout [UInt8]) {
        let rest = 1 + key.utf8.count + 1 + value.count + 1
        var length = rest + String(rest).utf8.count
        if rest + String(length).utf8.count != length { length = rest + String(length).utf8.count }
        out.append(contentsOf: String(length).utf8)
        out.append(UInt8(ascii: " "))
        out.append(contentsOf: key.utf8)
        out.append(UInt8(ascii: "="))
        out.append(contentsOf: value)
        out.append(UInt8(ascii: "\n"))
    }

    private static func appendBlock(
        _ header: TarHeader, name: ArraySlice<UInt8>, prefix: ArraySlice<UInt8>, type: UInt8, to out: inout [UInt8]
    ) {
        let start = out.count
        out.append(contentsOf: repeatElement(0, count: TarBlock.size))
        out.withUnsafeMutableBytes { all in
            let block = UnsafeMutableRawBufferPointer(rebasing: all[start...])
            put(name, block, TarBlock.name)
            putOctal(Int64(header.mode & 0o7777), block, TarBlock.mode)
            putOctal(Int64(header.uid), block, TarBlock.uid)
            putOctal(Int64(header.gid), block, TarBlock.gid)
            putOctal(header.size, block, TarBlock.length)
            putOctal(header.modified.seconds, block, TarBlock.modified)
            block[TarBlock.type] = type
            put(header.linkName[...], block, TarBlock.linkName)
            put([0x75, 0x73, 0x74, 0x61, 0x72, 0, 0x30, 0x30], block, TarBlock.magic)
            putOctal(Int64(header.deviceMajor), block, TarBlock.deviceMajor)
            putOctal(Int64(header.deviceMinor), block, TarBlock.deviceMinor)
            put(prefix, block, TarBlock.prefix)
            // Six digits, a NUL and a space, as it has been written since the first tar.
            let sum = TarBlock.sums(UnsafeRawBufferPointer(block)).unsigned
            putOctal(Int64(sum), block, TarBlock.checksum.lowerBound..<TarBlock.checksum.upperBound - 1)
            block[TarBlock.checksum.upperBound - 1] = UInt8(ascii: " ")
        }
    }

    private static func put(_ bytes: ArraySlice<UInt8>, _ block: UnsafeMutableRawBufferPointer, _ field: Range<Int>) {
        for (index, byte) in zip(field, bytes) { block[index] = byte }
    }

    /// Digits with leading zeros and a NUL; a number that does not fit is 0 (a pax record holds it then).
    private static func putOctal(_ value: Int64, _ block: UnsafeMutableRawBufferPointer, _ field: Range<Int>) {
        var rest = value < 0 || value > octalLimit(field.count) ? 0 : value
        for index in field.dropLast().reversed() {
            block[index] = UInt8(ascii: "0") + UInt8(rest & 7)
            rest >>= 3
        }
    }
}
