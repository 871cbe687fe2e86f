import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3000
enum DL3000: LintRule {
    static let info = RuleInfo(
        "DL3000", .hadolint, .error, "Use absolute WORKDIR",
        why: """
            A relative WORKDIR hangs on the one before it, or on the base image's: moving a line, or changing the base, \
            changes where everything lands. Write the whole path.
            """,
        bad: .init("FROM debian:12\nWORKDIR app\n"), good: .init("FROM debian:12\nWORKDIR /app\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard case .workdir(let word) = statement.command else { continue }
            var path = word.text[...]
            if let quote = path.first, quote == "\"" || quote == "'" { path = path.dropFirst() }
            if path.hasPrefix("/") || path.hasPrefix("$") || hasDrive(path) { continue }
            report.add(word.range, in: statement)
        }
    }

    /// `C:` of Windows.
    private static func hasDrive(_ path: Substring) -> Bool {
        path.utf8.count >= 2
            && path.utf8.first.map { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
                == true
            && path.dropFirst().hasPrefix(":")
    }
}
