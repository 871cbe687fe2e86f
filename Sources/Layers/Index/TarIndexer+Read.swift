// https://github.com/opencontainers/image-spec/blob/main/layer.md
package import Archive
internal import Core
package import HostOS

extension TarIndexer {
    /// Reads the entries of a layer by itself, while someone looks at the contents as they come by; nothing is kept of
    /// these.
    ///
    /// What a layer may leave to those below it stays open: parents that it does not mention, and hard links to names that
    /// it has not, which are given as they are.
    /// - Parameters:
    ///   - file: what the spans of the entries refer to; their offsets count from the archive's start.
    ///   - content: called with each file that has content before the next header is read. It may read the content from
    ///     the reader, or leave it.
    package static func read(
        _ reader: TarReader, spansOf file: FileDescriptor, limits: LayerLimits = LayerLimits(),
        content: (Entry, TarHeader) throws -> Void
    ) throws -> LayerContents {
        var assembler = LayerAssembler(limits: limits)
        while let header = try reader.next() {
            guard var entry = try assembler.take(TarMember(header, whiteouts: true)) else { continue }
            if case .hardlink(let target) = entry.kind {
                let target = try assembler.place(target)
                do {
                    _ = try assembler.link(entry, to: target)
                } catch LayerError.danglingHardlink {
                    entry.kind = .hardlink(target: target)
                    try assembler.add(entry)
                }
                continue
            }
            if entry.size > 0 {
                entry.content = .span(TarSpan(file: file, offset: header.contentOffset, length: header.size))
            }
            try assembler.add(entry)
            if entry.size > 0 { try content(entry, header) }
        }
        return try assembler.finish()
    }
}
