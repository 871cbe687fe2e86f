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

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for keyword in [Keyword.cmd, .entrypoint, .healthcheck] { check(keyword, file, &report) }
    }

    /// The place is the one without effect, as in BuildKit; the instruction it is about is the one that takes its
    /// effect, as in hadolint.
    private static func check(_ keyword: Keyword, _ file: LintFile, _ report: inout LintReport) {
        var before: LintStatement?
        for statement in file.statements {
            if statement.isPlain(.from) {
                before = nil
            } else if statement.isPlain(keyword) {
                if let before {
                    report.add(
                        before.outer.range, in: statement,
                        "Multiple \(statement.instruction.keywordWord.text) instructions should not be used in the "
                            + "same stage because only the last one will be used",
                        fix: Fix("remove the \(keyword.rawValue) that has no effect", [file.removal(of: before)]))
                }
                before = statement
            }
        }
    }
}
