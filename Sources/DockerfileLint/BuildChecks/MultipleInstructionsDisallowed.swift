import Core
import DockerfileSyntax

enum MultipleInstructionsDisallowed: LintRule {
    static let info = RuleInfo(
        check: "MultipleInstructionsDisallowed", page: "multiple-instructions-disallowed",
        "Multiple instructions of the same type should not be used in the same stage",
        why: """
            Of several CMD, ENTRYPOINT or HEALTHCHECK in a stage only the last is kept in the image. The ones before it \
            do nothing but mislead whoever reads the file.
            """,
        bad: .init("FROM debian:12\nENTRYPOINT [\"/setup\"]\nENTRYPOINT [\"/app\"]\n"),
        good: .init("FROM debian:12\nENTRYPOINT [\"/app\"]\n"), fixing: .safe,
        equivalents: ["DL3012", "DL4003", "DL4004"])

    /// The place is the one without effect, as in BuildKit; the instruction it is about is the one that takes its
    /// effect, as in hadolint.
    static func check(_ file: LintFile, _ report: inout LintReport) {
        for keyword in [Keyword.cmd, .entrypoint, .healthcheck] {
            RepeatedInstruction.each(keyword, file) { statement, before, fix in
                report.add(
                    before.outer.range, in: statement,
                    "Multiple \(statement.instruction.keywordWord.text) instructions should not be used in the "
                        + "same stage because only the last one will be used", fix: fix)
            }
        }
    }
}
