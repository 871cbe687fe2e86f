import Core
import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3020
enum DL3020: LintRule {
    static let info = RuleInfo(
        "DL3020", .hadolint, .error, "Use COPY instead of ADD for files and folders",
        why: """
            ADD also unpacks archives and downloads URLs, by looks of what it is given: a file that one day is an \
            archive arrives in pieces. COPY copies, always. Keep ADD for the archives and URLs it is meant for.
            """,
        bad: .init("FROM debian:12\nADD app.conf /etc/\n"), good: .init("FROM debian:12\nCOPY app.conf /etc/\n"),
        fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.add) {
            let words = statement.instruction.arguments
            guard words.count >= 2,
                let source = words.dropLast().first(where: { !isForAdd($0.unquoted) })
            else { continue }
            report.add(source.range, in: statement, fix: fix(statement, file))
        }
    }

    private static func isForAdd(_ source: Substring) -> Bool {
        source.hasPrefix("http://") || source.hasPrefix("https://") || source.endsLikeArchive
    }

    private static func fix(_ statement: LintStatement, _ file: LintFile) -> Fix? {
        let instruction = statement.instruction
        guard instruction.flags.allSatisfy({ ["chown", "chmod", "link", "exclude"].contains($0.name.text) }) else {
            return nil
        }
        let sources = instruction.arguments.dropLast()
        guard !sources.contains(where: { isRemote($0.text) || isForAdd($0.unquoted) }) else { return nil }
        return Fix(
            "use COPY", [file.replacement(of: instruction.keywordWord, by: .copy)],
            isSafe: sources.allSatisfy { isSurelyPlain($0.text) })
    }

    private static func isRemote(_ source: String) -> Bool {
        source.contains("://") || source.hasPrefix("git@") || source.contains(".git#") || source.hasSuffix(".git")
    }

    /// Can't be an archive that ADD would unpack, as far as a name can tell.
    private static func isSurelyPlain(_ source: String) -> Bool {
        if source.utf8.contains(where: { "$*?[".utf8.contains($0) }) { return false }
        guard let dot = source.utf8.lastIndex(of: UInt8(ascii: ".")) else { return true }
        switch source[source.utf8.index(after: dot)...] {
        case "zst", "tzst", "taz", "tz", "tz2", "TAR", "TGZ", "GZ": return false
        default: return true
        }
    }
}
