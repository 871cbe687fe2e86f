import Core
import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3000
enum DL3000: LintRule {
    static let info = RuleInfo(
        "DL3000", .hadolint, .error, "Use absolute WORKDIR",
        why: """
            A relative WORKDIR hangs on the one before it, or on the base image's: moving a line, or changing the base, \
            changes where everything lands. Write the whole path.
            """,
        bad: .init("FROM debian:12\nWORKDIR /srv\nWORKDIR app\n"), good: .init("FROM debian:12\nWORKDIR /srv/app\n"),
        fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var known: [String?] = []
        var current: String?
        for statement in file.statements {
            if let from = statement.from {
                if let stage = statement.stage {
                    while known.count < stage { known.append(current) }
                    let parent = file.stages[stage].parent
                    current = parent.flatMap { known.indices.contains($0) ? known[$0] : nil }
                    if parent == nil, from.image.text == "scratch" { current = "/" }
                }
                continue
            }
            guard statement.isPlain(.workdir), let word = statement.instruction.arguments.first else { continue }
            let path = word.unquoted
            let isAbsolute = path.hasPrefix("/") || path.hasPrefix("$") || path.hasDrive
            if !isAbsolute { report.add(word.range, in: statement, fix: fix(word, current)) }
            current = next(word, current)
        }
    }

    /// The directory behind a WORKDIR; nil when it is not known for sure.
    private static func next(_ word: Word, _ current: String?) -> String? {
        guard isPlain(word.text) else { return nil }
        if word.text.hasPrefix("/") { return word.text }
        return current.map { joined($0, word.text) }
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                $0 > 0x20 && $0 != UInt8(ascii: "$") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'")
                    && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "`") && $0 != UInt8(ascii: "~")
            }
    }

    private static func joined(_ base: String, _ path: String) -> String {
        var parts = base.split(separator: "/")
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func fix(_ word: Word, _ current: String?) -> Fix? {
        guard isPlain(word.text) else { return nil }
        let path = joined(current ?? "/", word.text)
        // Where the base image starts is known to its author alone.
        return Fix("write \(path)", [TextEdit(word.range, path)], isSafe: current != nil)
    }
}
