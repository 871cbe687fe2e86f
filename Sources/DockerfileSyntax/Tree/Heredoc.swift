// https://docs.docker.com/reference/dockerfile/#here-documents
package import Core

/// A here-document: `<<NAME` in RUN, COPY or ADD and the lines up to `NAME`.
package struct Heredoc: Sendable {
    /// The terminator, without quotes.
    package var name: String
    /// Variables in the body are replaced: no part of the name was quoted.
    package var expand: Bool
    /// Written `<<-`: leading tabs of the body and of the terminator don't count.
    package var chomp: Bool
    /// The number before `<<`.
    package var fileDescriptor: UInt32
    /// The whole token, such as `<<-"EOF"`.
    package var word: Word
    /// The lines of the body with their line ends.
    package var bodyRange: SourceRange
    /// The terminator's line without its line end.
    package var terminatorRange: SourceRange
    let source: SourceFile

    /// The body as it stands in the file.
    package var rawContent: [UInt8] { Array(source.bytes[bodyRange.start..<bodyRange.end]) }

    /// The body as programs see it: for `<<-` without the tabs that start its lines.
    package var content: [UInt8] {
        guard chomp else { return rawContent }
        var out: [UInt8] = []
        out.reserveCapacity(bodyRange.end - bodyRange.start)
        var lineStart = true
        for byte in source.bytes[bodyRange.start..<bodyRange.end] {
            if lineStart, byte == UInt8(ascii: "\t") { continue }
            lineStart = byte == UInt8(ascii: "\n")
            out.append(byte)
        }
        return out
    }
}
