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
        var found: [(LintStatement, Word, VariableUse, [String])] = []
        variables.forEachStatement { statement, values in
            guard let stage = statement.stage, mayUse(statement), let command = statement.command else { return }
            for word in command.expandedWords {
                for use in VariableUse.all(in: word, escape: file.dockerfile.escape)
                where values[use.name] == nil && !use.hasDefault && !BuildArguments.isProxy(use.name) {
                    let names = values.keys.sorted() + variables.globals.keys.sorted()
                    if isOpen[stage], mayBeImages(use.name, names) { continue }
                    found.append((statement, word, use, names))
                }
            }
        }
        for (statement, word, use, names) in found {
            report.undefined(
                use, in: word, statement, among: names, "Usage of undefined variable '$\(use.name)'", sign: "$", file)
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

    /// An image that isn't known may well set a variable in capitals that resembles none of the file's.
    private static func mayBeImages(_ name: String, _ names: [String]) -> Bool {
        LetterCase(name) == .capital && Suggestion.nearest(to: name, in: names) == nil
    }
}
