import DockerfileSyntax
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3010
enum DL3010: LintRule {
    static let info = RuleInfo(
        "DL3010", .hadolint, .info, "Use `ADD` for extracting archives into an image",
        why: """
            COPY puts the archive into a layer, and RUN unpacks it into another: the image carries both, whatever is \
            deleted later. ADD unpacks a local archive while it copies, in one layer.
            """,
        bad: .init("FROM debian:12\nCOPY app.tar.gz /opt/\nRUN tar -xzf /opt/app.tar.gz -C /opt\n"),
        good: .init("FROM debian:12\nADD app.tar.gz /opt/\n"))

    private struct Copied {
        var statement: LintStatement
        var names: [Substring]
    }

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var copied: [Copied] = []
        // The last stage alone makes the image.
        for statement in file.stages.last.map({ file.statements(of: $0) }) ?? file.statements[...] {
            if statement.isPlain(.copy) {
                if statement.flag("from") == nil, let names = archives(statement) {
                    copied.append(Copied(statement: statement, names: names))
                }
            } else if !copied.isEmpty, statement.isPlain(.run) {
                let unpacked = Set(statement.hadolintCommands.filter(unpacks).flatMap(names))
                guard !unpacked.isEmpty else { continue }
                copied.removeAll { entry in
                    guard entry.names.contains(where: unpacked.contains) else { return false }
                    report.add(entry.statement.outer.range, in: entry.statement)
                    return true
                }
            }
        }
    }

    /// The names under which archives arrive; nil if there are none.
    private static func archives(_ statement: LintStatement) -> [Substring]? {
        let words = statement.instruction.arguments
        guard words.count >= 2, let destination = words.last?.unquoted else { return nil }
        if destination.endsLikeArchive { return [base(destination)] }
        let names = words.dropLast().map(\.unquoted).filter(\.endsLikeArchive).map(base)
        return names.isEmpty ? nil : names
    }

    private static func base(_ path: Substring) -> Substring {
        guard let slash = path.utf8.lastIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) else {
            return path
        }
        return path[path.utf8.index(after: slash)...]
    }

    private static func unpacks(_ command: ShellCommand) -> Bool {
        switch command.programWord?.text {
        case "gunzip", "bunzip2", "unlzma", "unxz", "unzip", "uncompress", "zcat", "gzcat", "zgz": true
        case "tar": command.arguments.contains { isExtraction($0.text) }
        default: false
        }
    }

    /// An option in which hadolint sees `-x`, `--extract` or `--get`.
    private static func isExtraction(_ option: String) -> Bool {
        guard option.hasPrefix("-") else { return false }
        let name = option.prefix { $0 != "=" }
        return name.utf8.contains(UInt8(ascii: "x")) || name == "--get"
    }

    private static func names(_ command: ShellCommand) -> [Substring] {
        command.plainArguments().map { base($0.text[...]) }
    }
}
