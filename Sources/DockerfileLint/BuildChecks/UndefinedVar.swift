import Core
import DockerfileSyntax

enum UndefinedVar: LintRule {
    static let info = RuleInfo(
        check: "UndefinedVar", page: "undefined-var", "Variables should be defined before their use",
        why: """
            A variable that neither ARG nor ENV nor the base image sets is empty: the path or the value that it was to \
            make is another one, and the build may go on with it. `${NAME:-value}` says what to take instead.
            """,
        bad: .init("FROM alpine:3.22\nENV PATH=$PAHT:/app/bin\n"),
        good: .init("FROM alpine:3.22\nENV PATH=$PATH:/app/bin\n"), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard file.statements.contains(where: mayUse) else { return }
        let variables = BuildVariables(file)
        var isOpen = [Bool](repeating: true, count: file.stages.count)
        for stage in file.stages {
            isOpen[stage.index] =
                stage.parent.map { isOpen[$0] } ?? BaseVariables.of(stage.from.image.text).isOpen
        }
        var found: [(LintStatement, Word, VariableUse, near: String?)] = []
        var search = SuggestionSearch()
        let globals = variables.globals.keys.sorted()
        variables.forEachStatement { statement, scope in
            guard let stage = statement.stage, mayUse(statement), let command = statement.command else { return }
            var names: [String]?
            for word in command.expandedWords {
                for use in VariableUse.all(in: word, escape: file.dockerfile.escape)
                where scope[use.name] == nil && !use.hasDefault && !BuildArguments.isProxy(use.name) {
                    let known = names ?? (search.isSpent ? [] : scope.names + globals)
                    names = known
                    let near = search.nearest(to: use.name, in: known)
                    // An image that isn't known may well set a variable in capitals that resembles none of the file's.
                    if isOpen[stage], near == nil, LetterCase(use.name) == .capital { continue }
                    found.append((statement, word, use, near))
                }
            }
        }
        for (statement, word, use, near) in found {
            report.undefined(
                use, in: word, statement, near, "Usage of undefined variable '$\(use.name)'", sign: "$", file)
        }
    }

    private static func mayUse(_ statement: LintStatement) -> Bool {
        guard statement.stage != nil, !statement.isTrigger, let keyword = statement.keyword, keyword != .from else {
            return false
        }
        if keyword == .run {
            return statement.instruction.flags.contains { $0.value?.text.utf8.contains(UInt8(ascii: "$")) ?? false }
        }
        guard keyword.expansion != .none else { return false }
        return statement.instruction.body.bytes.contains(UInt8(ascii: "$"))
    }
}
