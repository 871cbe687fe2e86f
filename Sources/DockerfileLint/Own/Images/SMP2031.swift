import Core
import DockerfileSyntax

/// A base image by its tag alone.
enum SMP2031: LintRule {
    static let info = RuleInfo(
        "SMP2031", .sampan, .style, "Base image is not pinned by its digest",
        why: """
            A tag is moved whenever its image is built anew: the same Dockerfile then gives another image, and nobody \
            has looked at what came. With `@sha256:…` behind the tag the base stays what it was until somebody changes \
            the line, which tools that watch for updates can do. `sampan lint --fix --pin` writes the digests that \
            registries have now.
            """,
        bad: .init("FROM debian:13\n", settings: digests),
        good: .init(
            "FROM debian:13@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
            settings: digests), fixing: .safe)

    private static var digests: LintSettings {
        var settings = LintSettings()
        settings.digests["debian:13"] = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        return settings
    }

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages where isUnpinned(stage) {
            let word = stage.from.image
            report.add(
                word.range, in: file.statements[stage.statements.lowerBound],
                fix: file.settings.digests[word.text].map {
                    Fix("add the digest", [.insert("@\($0)", at: word.range.end)])
                })
        }
    }

    fileprivate static func isUnpinned(_ stage: LintStage) -> Bool {
        let text = stage.from.image.text
        return stage.parent == nil && !text.utf8.contains(UInt8(ascii: "@")) && !text.utf8.contains(UInt8(ascii: "$"))
            && text != "scratch" && !text.isEmpty
            // Assembled here, from packages that a lock file pins.
            && !text.utf8.starts(with: "base:".utf8)
    }
}

extension LintFile {
    /// The base images that are named without a digest, as FROM writes them: what `LintSettings.digests` may be asked for.
    package var unpinnedImages: [String] { stages.filter(SMP2031.isUnpinned).map(\.from.image.text) }
}
