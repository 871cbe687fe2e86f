// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
// https://www.gnu.org/software/tar/manual/html_node/Standard.html

/// Reads a tar archive as a stream: ustar, pax and GNU's long names and large numbers.
///
/// An archive may end at the end of a member's content, without the padding behind it and without zero blocks: builders
/// that write layers themselves forget to close them, and Go's reader, which other tools are made with, takes them.
///
/// Nothing in the archive is trusted: checksums are verified, sizes are bounded by ``TarLimits``, and memory does not
/// grow with the archive. Names are given as they are; ``TarHeader/checkedPath()`` makes them safe.
package final class TarReader {
    private let source: any ByteSource
    let limits: TarLimits
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    private var start = 0
    private var end = 0
    /// Offset in the stream of the next byte that is given out.
    private var offset: Int64 = 0
    private var contentLeft: Int64 = 0
    private var paddingLeft = 0
    private var ended = false
    private(set) var global = PaxRecords()
    private let hashes: TarHashes?

    /// - Parameter hashes: take the digests of the archive and of contents on the way; nothing is skipped unread then.
    package init(_ source: any ByteSource, limits: TarLimits = TarLimits(), hashes: TarHashes? = nil) {
        self.source = source
        self.limits = limits
        self.hashes = hashes
    }

    deinit { buffer.deallocate() }

    /// Whether a block of 512 bytes can be the first of a tar archive.
    package static func looksLikeTar(_ block: UnsafeRawBufferPointer) -> Bool {
        guard block.count >= TarBlock.size else { return false }
        let block = UnsafeRawBufferPointer(rebasing: block[..<TarBlock.size])
        if TarBlock.isZero(block) { return true }
        let sums = TarBlock.sums(block)
        guard let sum = TarBlock.number(block, TarBlock.checksum) else { return false }
        return sum == sums.unsigned || sum == sums.signed
    }

    /// The next member; nil at the end of the archive. What is left of the former member's content is skipped.
    package func next() throws -> TarHeader? {
        try skipContent()
        if ended { return nil }
        var local = PaxRecords()
        var longName: [UInt8]?
        var longLink: [UInt8]?
        var extensions = 0
        while true {
            let at = offset
            guard let block = try nextBlock() else {
                guard extensions == 0 else { throw ArchiveError.truncated("tar") }
                return nil
            }
            let type = block[TarBlock.type]
            switch type {
            case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "X"), UInt8(ascii: "L"), UInt8(ascii: "K"):
                extensions += 1
                guard extensions <= limits.extendedHeaders else { throw problem(.tooManyExtendedHeaders, at) }
                let bytes = try extendedHeader(block, at)
                do throws(TarProblem) {
                    switch type {
                    case UInt8(ascii: "g"): try global.take(bytes)
                    case UInt8(ascii: "L"): longName = Array(bytes.prefix { $0 != 0 })
                    case UInt8(ascii: "K"): longLink = Array(bytes.prefix { $0 != 0 })
                    default: try local.take(bytes)
                    }
                } catch {
                    throw problem(error, at)
                }
                try checkGlobalSize(at)
            default:
                do throws(TarProblem) {
                    return try header(block, local: local, longName: longName, longLink: longLink)
                } catch {
                    throw problem(error, at)
                }
            }
        }
    }

    /// Reads content of the current member; 0 at its end.
    package func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = Int(min(Int64(target.count), contentLeft))
        if wanted == 0 { return 0 }
        let count: Int
        if start == end, wanted >= buffer.count {
            count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: target[..<wanted]))
        } else {
            try refill()
            count = min(wanted, end - start)
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<start + count]))
            start += count
        }
        guard count > 0 else { throw ArchiveError.truncated("tar") }
        hashes?.take(content: UnsafeRawBufferPointer(rebasing: target[..<count]))
        advance(count)
        return count
    }

    /// Calls with the pieces of the current member's content, without copying them.
    package func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        while contentLeft > 0 {
            try refill()
            let count = Int(min(contentLeft, Int64(end - start)))
            guard count > 0 else { throw ArchiveError.truncated("tar") }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[start..<start + count])
            hashes?.take(content: piece)
            try body(piece)
            start += count
            advance(count)
        }
    }

    /// Reads what follows the end of the archive, so that the source below has seen its last byte.
    package func drain() throws {
        hash(start..<end)
        start = end
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { return }
            hash(0..<count)
        }
    }

    /// Reads to the end of the source, for archives that nothing but padding may follow.
    /// - Throws: ``TarProblem/trailingData``.
    package func expectNothingMore() throws {
        while true {
            try refill()
            if start == end { return }
            guard buffer[start..<end].allSatisfy({ $0 == 0 }) else { throw problem(.trailingData, offset) }
            hash(start..<end)
            offset += Int64(end - start)
            start = end
        }
    }

    /// Offset in the stream of what is read next.
    var position: Int64 { offset }

    /// Says how much content follows the header just read.
    func begin(content size: Int64) {
        contentLeft = size
        paddingLeft = TarBlock.padding(size)
        hashes?.beginContent()
    }

    /// Hashes a part of the buffer that is no content.
    private func hash(_ range: Range<Int>) { hashes?.take(UnsafeRawBufferPointer(rebasing: buffer[range])) }

    private func problem(_ problem: TarProblem, _ offset: Int64) -> ArchiveError { .tar(problem, offset: offset) }

    private func refill() throws {
        guard start == end else { return }
        start = 0
        end = 0
        end = try source.read(into: buffer)
    }

    /// Passes over what is left of a member; the archive has ended where its padding is missing or cut off.
    private func skipContent() throws {
        if hashes == nil {
            let held = Int(min(contentLeft, Int64(end - start)))
            advance(held)
            start += held
            if contentLeft > 0 { advance(Int(try source.skip(contentLeft))) }
        }
        try forEachPiece { _ in }
        while paddingLeft > 0 {
            try refill()
            let count = min(paddingLeft, end - start)
            guard count > 0 else {
                ended = true
                return
            }
            hash(start..<start + count)
            start += count
            offset += Int64(count)
            paddingLeft -= count
        }
    }

    private func advance(_ count: Int) {
        offset += Int64(count)
        contentLeft -= Int64(count)
    }

    /// The next header block with a right checksum; nil at the end of the archive, with or without its zero blocks.
    private func nextBlock() throws -> UnsafeRawBufferPointer? {
        guard let block = try rawBlock() else {
            ended = true
            return nil
        }
        if TarBlock.isZero(block) {
            let at = offset
            if let second = try rawBlock(), !TarBlock.isZero(second) { throw problem(.loneZeroBlock, at) }
            ended = true
            return nil
        }
        let sums = TarBlock.sums(block)
        let sum = TarBlock.number(block, TarBlock.checksum)
        guard let sum, sum == sums.unsigned || sum == sums.signed else {
            throw problem(.checksum, offset - Int64(TarBlock.size))
        }
        return block
    }

    /// 512 bytes that stay valid until the next read; nil when the source ends here.
    private func rawBlock() throws -> UnsafeRawBufferPointer? {
        if end - start < TarBlock.size {
            let held = end - start
            if held > 0 { buffer.baseAddress!.copyMemory(from: buffer.baseAddress! + start, byteCount: held) }
            start = 0
            end = held
            while end < TarBlock.size {
                let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
                if count == 0 {
                    guard end == 0 else { throw ArchiveError.truncated("tar") }
                    return nil
                }
                end += count
            }
        }
        let block = UnsafeRawBufferPointer(rebasing: buffer[start..<start + TarBlock.size])
        hash(start..<start + TarBlock.size)
        start += TarBlock.size
        offset += Int64(TarBlock.size)
        return block
    }

    private func extendedHeader(_ block: UnsafeRawBufferPointer, _ at: Int64) throws -> [UInt8] {
        guard let size = TarBlock.number(block, TarBlock.length), size >= 0 else {
            throw problem(.number(field: "size"), at)
        }
        guard size <= Int64(limits.extendedHeader) else {
            throw problem(.extendedHeaderTooLarge(limit: limits.extendedHeader), at)
        }
        begin(content: size)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(min(size, 1 << 16)))
        try forEachPiece { bytes.append(contentsOf: $0) }
        try skipContent()
        guard !ended else { throw ArchiveError.truncated("tar") }
        return bytes
    }

    /// Global records add up over the archive, so their sum is bounded as well.
    private func checkGlobalSize(_ at: Int64) throws {
        let size = global.attributes.reduce(0) { $0 + $1.key.utf8.count + $1.value.count }
        guard size <= limits.extendedHeader else {
            throw problem(.extendedHeaderTooLarge(limit: limits.extendedHeader), at)
        }
    }
}
