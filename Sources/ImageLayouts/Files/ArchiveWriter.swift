internal import Archive

/// Writes a tar archive of files: one time stamp, owned by root.
struct ArchiveWriter {
    private let sink: any ByteSink

    init(_ sink: any ByteSink) { self.sink = sink }

    mutating func directory(_ name: String) throws {
        try header(TarHeader(name: Array(name.utf8), kind: .directory, mode: 0o755))
    }

    mutating func file(_ name: String, _ bytes: [UInt8]) throws {
        try file(name, Int64(bytes.count), BytesSource(bytes))
    }

    /// - Parameter size: how many bytes the source gives.
    mutating func file(_ name: String, _ size: Int64, _ source: any ByteSource) throws {
        try header(TarHeader(name: Array(name.utf8), kind: .file, size: size))
        var count: Int64 = 0
        try source.forEachPiece { piece in
            count += Int64(piece.count)
            try sink.write(piece)
        }
        guard count == size else {
            throw ImageLayoutError.wrongSize(name, expected: Int(size), actual: Int(count))
        }
        try put(TarWriter.end[..<TarWriter.padding(after: size)])
    }

    mutating func finish() throws { try put(TarWriter.end[...]) }

    private func header(_ header: TarHeader) throws {
        var block: [UInt8] = []
        try TarWriter.append(header, to: &block)
        try put(block[...])
    }

    private func put(_ bytes: ArraySlice<UInt8>) throws { try bytes.withUnsafeBytes { try sink.write($0) } }
}
