// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 (ustar interchange format)
private import HostOS

extension TarReader {
    /// Joins what the block and the extended headers before it say, and prepares for the content.
    func header(
        _ block: UnsafeRawBufferPointer, local: PaxRecords, longName: [UInt8]?, longLink: [UInt8]?
    ) throws(TarProblem) -> TarHeader {
        var name = local.path ?? longName ?? global.path ?? Self.name(block)
        let linkName = local.linkPath ?? longLink ?? global.linkPath ?? TarBlock.text(block, TarBlock.linkName)
        guard !name.isEmpty else { throw .emptyName }
        guard name.count <= limits.name, linkName.count <= limits.name else { throw .nameTooLong(limit: limits.name) }
        let shown = String(decoding: name.prefix(300), as: UTF8.self)
        let type = block[TarBlock.type]
        guard type != UInt8(ascii: "S"), !local.isSparse, !global.isSparse else { throw .sparse(name: shown) }
        let kind: TarHeader.Kind
        switch type {
        case UInt8(ascii: "0"), UInt8(ascii: "7"): kind = .file
        // Archives from before there was a type for directories tell them by their names. In later ones a slash means
        // nothing: what other readers make of the member, and where they look for the next, depends on its type alone.
        case 0: kind = name.last == UInt8(ascii: "/") ? .directory : .file
        case UInt8(ascii: "1"): kind = .hardlink
        case UInt8(ascii: "2"): kind = .symlink
        case UInt8(ascii: "3"): kind = .characterDevice
        case UInt8(ascii: "4"): kind = .blockDevice
        case UInt8(ascii: "5"): kind = .directory
        case UInt8(ascii: "6"): kind = .fifo
        default: throw .memberType(type, name: shown)
        }
        while name.count > 1, name.last == UInt8(ascii: "/") { name.removeLast() }
        let size = try Self.number(local.size ?? global.size, block, TarBlock.length, "size", 0...Int64.max - 1024)
        guard size >= 0, size <= Int64.max - 1024 - position else { throw .number(field: "size") }
        var attributes = local.attributes
        for (key, value) in global.attributes where attributes[key] == nil { attributes[key] = value }
        let modified: FileTime
        if let time = local.modified ?? global.modified {
            modified = FileTime(seconds: time.seconds, nanoseconds: time.nanoseconds)
        } else {
            modified = FileTime(
                seconds: try Self.number(nil, block, TarBlock.modified, "mtime", Int64.min...Int64.max))
        }
        let isDevice = kind == .characterDevice || kind == .blockDevice
        // Only files have content: a size in another header is information that no reader skips bytes for.
        begin(content: kind == .file ? size : 0)
        return TarHeader(
            name: name, kind: kind, linkName: linkName,
            mode: UInt32(try Self.number(nil, block, TarBlock.mode, "mode", 0...Int64(UInt32.max)) & 0o7777),
            uid: try Self.identity(local.uid ?? global.uid, block, TarBlock.uid, "uid"),
            gid: try Self.identity(local.gid ?? global.gid, block, TarBlock.gid, "gid"),
            size: kind == .file ? size : 0, modified: modified,
            deviceMajor: isDevice ? try Self.identity(nil, block, TarBlock.deviceMajor, "device number") : 0,
            deviceMinor: isDevice ? try Self.identity(nil, block, TarBlock.deviceMinor, "device number") : 0,
            attributes: attributes.map { ExtendedAttribute(name: $0.key, value: $0.value) }.sorted(),
            contentOffset: position)
    }

    /// The name field, with the prefix before it in an archive of the POSIX kind (GNU keeps other things there).
    private static func name(_ block: UnsafeRawBufferPointer) -> [UInt8] {
        let name = TarBlock.text(block, TarBlock.name)
        guard block[TarBlock.magic].starts(with: [0x75, 0x73, 0x74, 0x61, 0x72, 0]) else { return name }
        let prefix = TarBlock.text(block, TarBlock.prefix)
        return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    /// The number that a pax record gave, else the one in the block.
    private static func number(
        _ record: Int64?, _ block: UnsafeRawBufferPointer, _ field: Range<Int>, _ what: String,
        _ range: ClosedRange<Int64>
    ) throws(TarProblem) -> Int64 {
        guard let value = record ?? TarBlock.number(block, field), range.contains(value) else {
            throw .number(field: what)
        }
        return value
    }

    private static func identity(
        _ record: UInt32?, _ block: UnsafeRawBufferPointer, _ field: Range<Int>, _ what: String
    ) throws(TarProblem) -> UInt32 {
        UInt32(try number(record.map { Int64($0) }, block, field, what, 0...Int64(UInt32.max)))
    }
}
