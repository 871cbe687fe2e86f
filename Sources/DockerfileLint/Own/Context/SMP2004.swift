import Core
import DockerfileSyntax

/// A key or password that stands in the Dockerfile itself.
enum SMP2004: LintRule {
    static let info = RuleInfo(
        "SMP2004", .sampan, .error, "A secret stands in the Dockerfile",
        why: """
            Whoever can read the repository, or the history of the image, has the key. Take it back where it was given \
            out (it is known from now on), and hand its successor to the one RUN that needs it with \
            `--mount=type=secret`.
            """,
        bad: .init("FROM debian:12\nADD https://bot:h7Tq2mZx9w@files.acme.test/tool.bin /opt/\n"),
        good: .init("FROM debian:12\nRUN --mount=type=secret,id=netrc,target=/root/.netrc fetch-tool /opt/\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        let matches = SecretText.matches(file.source.bytes)
        guard !matches.isEmpty else { return }
        var comments = file.dockerfile.comments.map(\.range).sorted { $0.start < $1.start }[...]
        for match in matches {
            let place = match.range.lowerBound
            // Matches come in the order of the file, and so do comments.
            while let comment = comments.first, comment.end <= place { comments = comments.dropFirst() }
            guard let statement = file.statement(at: place), place < statement.outer.range.end,
                !(comments.first.map { $0.start <= place } ?? false)
            else { continue }
            report.add(
                SourceRange(place, match.range.upperBound), in: statement,
                "\(match.kind.capitalizedFirst) stands in the file")
        }
    }
}

extension String {
    /// With a capital letter in front.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
