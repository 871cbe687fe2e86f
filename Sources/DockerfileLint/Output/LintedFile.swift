package import Core

/// One file and what was found in it, as reports show it.
package struct LintedFile: Sendable {
    package var source: SourceFile
    package var findings: [Finding]

    package init(source: SourceFile, findings: [Finding]) {
        self.source = source
        self.findings = findings
    }
}

/// Where a finding is, as people and editors count: lines and columns from 1, columns in characters of Unicode.
struct LintPlace: Equatable {
    var line: Int
    var column: Int
    var endLine: Int
    /// Behind the last character.
    var endColumn: Int

    init(_ range: SourceRange, in source: SourceFile) {
        (line, column) = Self.position(range.start, source)
        (endLine, endColumn) = Self.position(max(range.start, range.end), source)
    }

    private static func position(_ offset: Int, _ source: SourceFile) -> (Int, Int) {
        let offset = min(max(0, offset), source.bytes.count)
        let line = source.line(at: offset)
        // Every character has one byte that doesn't continue another.
        let column = source.bytes[source.lineStarts[line]..<offset].count { $0 & 0xc0 != 0x80 }
        return (line + 1, column + 1)
    }
}
