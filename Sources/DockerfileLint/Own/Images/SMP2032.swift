import DockerfileSyntax

/// A download that nothing checks.
enum SMP2032: LintRule {
    static let info = RuleInfo(
        "SMP2032", .sampan, .warning, "ADD downloads a file without a checksum",
        why: """
            Whoever can change the file on its server changes the image, and nobody sees it. \
            `ADD --checksum=sha256:…` stops the build when the file is another one than that which was looked at.
            """,
        bad: .init("FROM debian:12\nADD https://files.example.com/tool-1.2.tar.gz /opt/\n"),
        good: .init(
            """
            FROM debian:12
            ADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \\
                https://files.example.com/tool-1.2.tar.gz /opt/

            """))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.keyword == .add {
            guard case .add(let add) = statement.command, add.checksum == nil else { continue }
            for case .path(let word) in add.transfer.sources where isDownload(word.text) {
                report.add(word.range, in: statement)
                break
            }
        }
    }

    /// A file over HTTP; of repositories the commit says what they hold.
    private static func isDownload(_ source: String) -> Bool {
        guard source.hasPrefix("https://") || source.hasPrefix("http://") else { return false }
        let path = source.prefix { $0 != "#" && $0 != "?" }
        return !path.hasSuffix(".git")
    }
}
