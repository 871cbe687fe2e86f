// https://man7.org/linux/man-pages/man5/deb.5.html and https://en.wikipedia.org/wiki/Ar_(Unix)#File_format_details

/// What a header of an ar archive says of one member.
package struct ArHeader: Sendable, Equatable {
    /// The name as text bytes, without the slash that some writers put at its end.
    package var name: [UInt8]
    /// Seconds since 1970.
    package var modified: Int64
    package var uid: UInt32
    package var gid: UInt32
    /// File type and permission bits.
    package var mode: UInt32
    /// Bytes of content.
    package var size: Int64
    /// Where the content starts in the stream.
    package var contentOffset: Int64
}

/// One way in which an ar archive can be wrong.
package enum ArProblem: Error, Equatable, Sendable {
    case magic
    case headerEnd
    case number(field: String)
    case emptyName
    case longName
    case nameTable(limit: Int)

    var text: String {
        switch self {
        case .magic: "it does not start as an ar archive"
        case .headerEnd: "a member's header does not end as it should"
        case .number(let field): "the \(field) of a header is not a number in range"
        case .emptyName: "a member has no name"
        case .longName: "a long name is not where its header says"
        case .nameTable(let limit): "the table of long names is larger than \(limit) bytes"
        }
    }
}

/// Reads the common ar format one member after another: short names, System V's (`name/`, `//`, `/123`) and BSD's
/// (`#1/12`). Nothing is kept but the table of long names, which is bounded.
package final class ArReader {
    private let source: any ByteSource
    private var offset: Int64 = 0
    private var contentLeft: Int64 = 0
    private var padded = false
    private var names: [UInt8] = []
    private var ended = false

    /// Bytes of the table of long names, and of one name.
    private static let nameTableLimit = 1 << 20
    private static let nameLimit = 4096
    private static let magic = Array("!<arch>\n".utf8)
    private static let headerSize = 60

    /// Checks the magic number.
    /// - Throws: ``ArchiveError``.
    package init(_ source: any ByteSource) throws {
        self.source = source
        let start = try take(Self.magic.count)
        guard start == Self.magic else { throw ArchiveError.ar(.magic, offset: 0) }
    }

    /// The next member, passing over what is left of the one before; nil at the end. Tables that the format itself uses
    /// (symbols, long names) are not shown.
    package func next() throws -> ArHeader? {
        while !ended {
            try skipContent()
            let at = offset
            let block = try take(Self.headerSize)
            if block.isEmpty {
                ended = true
                break
            }
            guard block.count == Self.headerSize else { throw ArchiveError.truncated("ar") }
            if let header = try header(block, at) { return header }
        }
        return nil
    }

    /// Reads content of the current member; 0 at its end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = Int(min(contentLeft, Int64(buffer.count)))
        if wanted == 0 { return 0 }
        let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        guard count > 0 else { throw ArchiveError.truncated("ar") }
        offset += Int64(count)
        contentLeft -= Int64(count)
        return count
    }

    /// The current member's content as a source of its own, valid until ``next()``.
    package var content: any ByteSource { ArContent(self) }

    private func header(_ block: [UInt8], _ at: Int64) throws -> ArHeader? {
        guard block[58] == 0x60, block[59] == 0x0a else { throw ArchiveError.ar(.headerEnd, offset: at) }
        let size = try number(block, 48..<58, radix: 10, "size", at)
        contentLeft = size
        padded = size % 2 != 0
        var header = ArHeader(
            name: Self.trimmed(block[0..<16]), modified: try number(block, 16..<28, radix: 10, "date", at),
            uid: UInt32(try number(block, 28..<34, radix: 10, "owner", at)),
            gid: UInt32(try number(block, 34..<40, radix: 10, "group", at)),
            mode: UInt32(try number(block, 40..<48, radix: 8, "mode", at)), size: size, contentOffset: offset)
        switch header.name {
        case Array("/".utf8), Array("/SYM64/".utf8): return nil
        case Array("//".utf8):
            guard size <= Int64(Self.nameTableLimit) else {
                throw ArchiveError.ar(.nameTable(limit: Self.nameTableLimit), offset: at)
            }
            names = try content.readAll(limit: Self.nameTableLimit, what: "the table of long names")
            return nil
        case let name where name.starts(with: Array("#1/".utf8)):
            let length = try number(name, 3..<name.count, radix: 10, "name", at)
            guard length > 0, length <= min(size, Int64(Self.nameLimit)) else {
                throw ArchiveError.ar(.longName, offset: at)
            }
            let long = try take(Int(length))
            guard long.count == Int(length) else { throw ArchiveError.truncated("ar") }
            contentLeft -= length
            header.name = Array(long.prefix { $0 != 0 })
            header.size -= length
            header.contentOffset = offset
        case let name where name.first == UInt8(ascii: "/"):
            header.name = try longName(number(name, 1..<name.count, radix: 10, "name", at), at)
        case let name:
            if name.last == UInt8(ascii: "/") { header.name.removeLast() }
        }
        guard !header.name.isEmpty else { throw ArchiveError.ar(.emptyName, offset: at) }
        return header
    }

    /// A name of the table ends with a slash and a line feed.
    private func longName(_ start: Int64, _ at: Int64) throws -> [UInt8] {
        guard start < names.count else { throw ArchiveError.ar(.longName, offset: at) }
        var name = Array(names[Int(start)...].prefix(Self.nameLimit + 2).prefix { $0 != 0x0a })
        if name.last == UInt8(ascii: "/") { name.removeLast() }
        guard name.count <= Self.nameLimit else { throw ArchiveError.ar(.longName, offset: at) }
        return name
    }

    private static func trimmed(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var field = field
        while field.last == UInt8(ascii: " ") { field.removeLast() }
        return Array(field)
    }

    /// Digits with spaces after them; an empty field, as some writers leave, is 0.
    private func number(
        _ block: [UInt8], _ range: Range<Int>, radix: Int64, _ field: String, _ at: Int64
    ) throws -> Int64 {
        var value: Int64 = 0
        let digits = Self.trimmed(block[range])
        // No field is wide enough to overflow but that of a BSD name's length, which is 13 digits at most.
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), Int64(byte) < Int64(UInt8(ascii: "0")) + radix else {
                throw ArchiveError.ar(.number(field: field), offset: at)
            }
            value = value * radix + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private func skipContent() throws {
        if contentLeft > 0 {
            let passed = try source.skip(contentLeft)
            offset += passed
            contentLeft -= passed
        }
        if contentLeft > 0 { try content.forEachPiece(size: 1 << 16) { _ in } }
        if padded {
            padded = false
            // The last member's padding is missing in archives of some writers, which hurts nobody.
            _ = try take(1)
        }
    }

    /// So many bytes, or fewer where the source ends.
    private func take(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try bytes.withUnsafeMutableBytes { try source.fill($0) }
        offset += Int64(got)
        bytes.removeLast(count - got)
        return bytes
    }
}

private final class ArContent: ByteSource {
    private let reader: ArReader

    init(_ reader: ArReader) { self.reader = reader }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try reader.read(into: buffer) }
}
