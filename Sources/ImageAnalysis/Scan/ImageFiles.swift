package import Archive
internal import Core
internal import HostOS
internal import ImageLayouts
package import Layers
internal import OCI

/// Opens files of an image that was analysed, where its layers lie.
package struct ImageFiles: Sendable {
    private let source: any AnalysisSource
    private let layers: [Descriptor]
    /// The archives that spans point into, by the layer.
    private let archives: [ObjectIdentifier: Int]

    package init(_ image: AnalysedImage, source: any AnalysisSource) {
        self.source = source
        layers = image.layers.map(\.descriptor)
        var archives: [ObjectIdentifier: Int] = [:]
        for (number, layer) in image.layers.enumerated() { archives[ObjectIdentifier(layer.facts.archive)] = number }
        self.archives = archives
    }

    /// The content of a file from its start on; empty for what is no file. Of a compressed layer all that comes before it
    /// is decompressed, which takes its time: call this on a task, and read from a blocking thread.
    /// - Throws: ``ImageLayoutError/missing(_:)`` for a node of another image, and what reading the layer throws.
    package func open(_ node: FileTree.Node) async throws -> sending any ByteSource {
        guard case .span(let span) = node.entry.content else { return BytesSource([]) }
        guard let number = archives[ObjectIdentifier(span.file)] else {
            throw ImageLayoutError.missing(node.path.description)
        }
        let blob = try await source.layer(layers[number])
        return try Self.open(blob, span, node.path.description)
    }

    private static func open(_ blob: BlobFile, _ span: TarSpan, _ name: String) throws -> sending any ByteSource {
        let (archive, compression) = try Compression.open(blob.source(name))
        if compression == .none {
            return SpanSource(blob.file, offset: blob.offset + span.offset, length: span.length, what: name)
        }
        return PartSource(archive, offset: span.offset, length: span.length, name: name)
    }
}

/// A part of a source that can't be read at any place.
private final class PartSource: ByteSource {
    private let source: any ByteSource
    private var before: Int64
    private var left: Int64
    private let name: String

    init(_ source: any ByteSource, offset: Int64, length: Int64, name: String) {
        self.source = source
        before = offset
        left = length
        self.name = name
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if before > 0 { try pass() }
        let wanted = Int(min(left, Int64(buffer.count)))
        if wanted == 0 { return 0 }
        let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        guard count > 0 else { throw ArchiveError.truncated(name) }
        left -= Int64(count)
        return count
    }

    private func pass() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while before > 0 {
            let wanted = Int(min(before, Int64(buffer.count)))
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            guard count > 0 else { throw ArchiveError.truncated(name) }
            before -= Int64(count)
        }
    }
}
