import Core
import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3021
enum DL3021: LintRule {
    static let info = RuleInfo(
        "DL3021", .hadolint, .error, "COPY with more than 2 arguments requires the last argument to end with /",
        why: """
            Several files need a directory to go to, and only the slash at the end says that the destination is one. \
            Without it the build fails.
            """,
        bad: .init("FROM debian:12\nCOPY go.mod go.sum /src\n"),
        good: .init("FROM debian:12\nCOPY go.mod go.sum /src/\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.copy) {
            let words = statement.instruction.arguments
            guard words.count > 2, let destination = words.last, !destination.unquoted.hasSuffix("/") else { continue }
            report.add(destination.range, in: statement, fix: fix(destination, file))
        }
    }

    private static func fix(_ destination: Word, _ file: LintFile) -> Fix? {
        let bytes = file.source.bytes
        var end = destination.range.end
        guard end > destination.range.start else { return nil }
        if bytes[end - 1] == UInt8(ascii: "\"") || bytes[end - 1] == UInt8(ascii: "'") { end -= 1 }
        guard end > destination.range.start, bytes[end - 1] != UInt8(ascii: "\\") else { return nil }
        return Fix("end the destination with /", [.insert("/", at: end)])
    }
}
