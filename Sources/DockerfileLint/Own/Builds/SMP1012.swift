import Core
import DockerfileSyntax

enum SMP1012: LintRule {
    static let info = RuleInfo(
        "SMP1012", .sampan, .warning, "The check directive holds something that means nothing",
        why: """
            A name that no check has, or an option that can't be read, silences nothing and says nothing: the check goes \
            on, or `error=true` is never in force.
            """,
        bad: .init("# check=skip=StageNameCase\nFROM debian:12\n"),
        good: .init("# check=skip=StageNameCasing\nFROM debian:12\n"), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard let directive = file.dockerfile.directive(.check) else { return }
        let options: CheckOptions
        do throws(CheckOptionsError) {
            options = try CheckOptions(parsing: directive.value.text)
        } catch {
            report.add(directive.value.range, in: nil, error.diagnostic.message)
            return
        }
        for name in options.unknownNames.prefix(20) {
            let range = place(of: name, in: directive.value)
            let written = file.source.text(range)
            let near = Suggestion.nearest(to: name, in: RuleSet.all.map { $0.info.code })
            report.add(
                range, in: nil,
                "There is no check '\(written)'" + (near.map { " (did you mean \($0)?)" } ?? ""),
                fix: near.map { Fix("write \($0)", [TextEdit(range, $0)], isSafe: false) })
        }
    }

    /// Where a name that is known in small letters stands.
    private static func place(of name: String, in word: Word) -> SourceRange {
        let text = Array(word.text.lowercased().utf8)
        let wanted = Array(name.utf8)
        guard text.count == word.text.utf8.count, text.count >= wanted.count else { return word.range }
        for start in 0...(text.count - wanted.count) where text[start..<(start + wanted.count)].elementsEqual(wanted) {
            return word.range(of: start..<(start + wanted.count))
        }
        return word.range
    }
}
