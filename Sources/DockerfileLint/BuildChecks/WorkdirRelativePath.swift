import Core
import DockerfileSyntax

enum WorkdirRelativePath: LintRule {
    static let info = RuleInfo(
        check: "WorkdirRelativePath", page: "workdir-relative-path",
        """
        Relative workdir without an absolute workdir declared within the build can have unexpected results if the base \
        image changes
        """,
        why: """
            Before the file has set a directory itself, a relative one hangs on where the base image starts, and moves \
            with it. Write the first WORKDIR of a stage as a whole path.
            """,
        bad: .init("FROM nginx:1.29\nWORKDIR html\n"), good: .init("FROM nginx:1.29\nWORKDIR /usr/share/nginx/html\n"),
        equivalents: ["DL3000"])

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard file.statements.contains(where: { $0.isPlain(.workdir) && isCandidate($0) }) else { return }
        let variables = BuildVariables(file)
        var isSet = [Bool](repeating: false, count: file.stages.count)
        for stage in file.stages where stage.from.image.text == "scratch" { isSet[stage.index] = true }
        var started: Set<Int> = []
        var found: [(LintStatement, Word, String)] = []
        variables.forEachStatement { statement, values in
            guard let stage = statement.stage else { return }
            if started.insert(stage).inserted, let parent = file.stages[stage].parent { isSet[stage] = isSet[parent] }
            guard statement.isPlain(.workdir), case .workdir(let word) = statement.command else { return }
            defer { isSet[stage] = true }
            guard !isSet[stage], isCandidate(statement), let path = variables.value(word, { values[$0] }) else {
                return
            }
            if path.hasPrefix("/") || path.hasPrefix("\\") || path[...].hasDrive || path.isEmpty { return }
            found.append((statement, word, path))
        }
        for (statement, word, path) in found {
            report.add(
                word.range, in: statement,
                "Relative workdir \"\(path)\" can have unexpected results if the base image changes")
        }
    }

    private static func isCandidate(_ statement: LintStatement) -> Bool {
        statement.instruction.arguments.first.map { !$0.text.hasPrefix("/") } ?? false
    }
}
