import Core
import DockerfileSyntax

enum UndefinedArgInFrom: LintRule {
    static let info = RuleInfo(
        check: "UndefinedArgInFrom", page: "undefined-arg-in-from", "FROM command must use declared ARGs",
        why: """
            FROM knows the variables of ARG before the first FROM, and the platform's. Any other is empty, even when the \
            build is given a value for it.
            """,
        bad: .init("ARG VERSION=12\nFROM debian:${VERSON}\n"), good: .init("ARG VERSION=12\nFROM debian:${VERSION}\n"),
        fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard file.stages.contains(where: { uses($0.from.image) || $0.from.platform.map(uses) ?? false }) else {
            return
        }
        let globals = BuildVariables(file).globals
        let names = globals.keys.sorted()
        var search = SuggestionSearch()
        for stage in file.stages {
            for word in [stage.from.platform, stage.from.image].compactMap({ $0 }) {
                for use in VariableUse.all(in: word, escape: file.dockerfile.escape)
                where globals[use.name] == nil && !use.hasDefault {
                    report.undefined(
                        use, in: word, file.statements[stage.statements.lowerBound],
                        search.nearest(to: use.name, in: names),
                        "FROM argument '\(use.name)' is not declared", sign: "", file)
                }
            }
        }
    }

    private static func uses(_ word: Word) -> Bool { word.text.utf8.contains(UInt8(ascii: "$")) }
}

/// Looks for names that may have been meant, as long as there are few to look for: every search walks over all names.
struct SuggestionSearch {
    private var left = 50_000

    var isSpent: Bool { left <= 0 }

    /// Nil when none is near, or too many have been compared.
    mutating func nearest(to name: String, in names: [String]) -> String? {
        guard !isSpent else { return nil }
        left -= names.count
        return Suggestion.nearest(to: name, in: names)
    }
}

extension LintReport {
    /// Reports a variable that isn't defined, with the name that may have been meant.
    /// - Parameter near: that name.
    mutating func undefined(
        _ use: VariableUse, in word: Word, _ statement: LintStatement, _ near: String?,
        _ message: String, sign: String, _ file: LintFile
    ) {
        let range = word.range(of: use.range)
        var fix: Fix?
        if let near, file.source.text(range).hasPrefix("$") {
            let place = file.source.text(range).hasPrefix("${") ? range.start + 2 : range.start + 1
            let edit = TextEdit(SourceRange(place, place + use.name.utf8.count), near)
            if file.source.text(edit.range) == use.name {
                fix = Fix("write \(near)", [edit], isSafe: false)
            }
        }
        add(range, in: statement, message + (near.map { " (did you mean \(sign)\($0)?)" } ?? ""), fix: fix)
    }
}
