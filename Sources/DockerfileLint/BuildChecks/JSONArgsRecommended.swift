import Core
import DockerfileSyntax

enum JSONArgsRecommended: LintRule {
    static let info = RuleInfo(
        check: "JSONArgsRecommended", page: "json-args-recommended",
        "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
        why: """
            Without the JSON form the program runs under `/bin/sh -c`: the shell is process 1, and the signal that stops \
            the container may never reach the program. Where a shell is wanted, say so with SHELL, or write it out as \
            `["/bin/sh", "-c", "…"]`.
            """,
        bad: .init("FROM debian:12\nENTRYPOINT /app --port 80\n"),
        good: .init("FROM debian:12\nENTRYPOINT [\"/app\", \"--port\", \"80\"]\n"),
        fixing: .safe, equivalents: ["DL3025"])

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var hasShell = [Bool](repeating: false, count: file.stages.count)
        for statement in file.statements {
            guard let stage = statement.stage else { continue }
            switch statement.outer.keyword {
            case .from: hasShell[stage] = file.stages[stage].parent.map { hasShell[$0] } ?? false
            case .shell: hasShell[stage] = true
            case .cmd, .entrypoint:
                let instruction = statement.instruction
                guard !hasShell[stage], !instruction.isJSON, !instruction.argumentsRange.isEmpty else { continue }
                report.add(
                    instruction.argumentsText.range, in: statement,
                    "JSON arguments recommended for \(instruction.keywordWord.text) to prevent unintended behavior "
                        + "related to OS signals",
                    fix: DL3025.fix(statement, instruction.argumentsRange, file))
            default: continue
            }
        }
    }
}
