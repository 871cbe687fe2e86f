internal import Archive
internal import Core

/// How the store keeps what was found out about layers and images: values one after another, compressed with zstd.
enum RecordForm {
    /// Counts the forms that records have had. It goes up with each change of what ``RecordWriter`` is given, and of the
    /// rules by which contents, packages, waste and programs are judged: whoever has records of another number looks
    /// again. Tests hold the records of samples against it.
    static let number = 1

    /// Of what a layer holds.
    static let layer = "layer-\(number)"
    /// Of what is concluded from an image.
    static let image = "image-\(number)"

    /// Bytes of the largest record that is kept, compressed and not: what takes more is found out again.
    private static let sizeLimit = 32 << 20
    private static let plainLimit = 256 << 20

    /// - Returns: nil when the record takes more than is kept.
    /// - Throws: `ArchiveError`.
    static func pack(limit: Int = sizeLimit, _ body: (inout RecordWriter) -> Void) throws -> [UInt8]? {
        let pieces = try RecordPieces(limit: limit)
        var writer = RecordWriter(into: pieces)
        body(&writer)
        pieces.add(writer.bytes)
        return try pieces.record()
    }

    /// - Throws: ``RecordDamage``, `ArchiveError`, and what the body throws.
    static func unpack<Value>(_ record: [UInt8], _ body: (inout RecordReader) throws -> Value) throws -> Value {
        let plain = try Compression.zstd.decompressing(BytesSource(record)).readAll(limit: plainLimit)
        return try plain.withUnsafeBytes { bytes in
            var reader = RecordReader(bytes)
            let value = try body(&reader)
            guard reader.isAtEnd else { throw RecordDamage() }
            return value
        }
    }
}
