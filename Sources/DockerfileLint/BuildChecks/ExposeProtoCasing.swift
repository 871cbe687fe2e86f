import Core
import DockerfileSyntax

enum ExposeProtoCasing: LintRule {
    static let info = RuleInfo(
        check: "ExposeProtoCasing", page: "expose-proto-casing", "Protocol in EXPOSE instruction should be lowercase",
        why: "The image's config has protocols in small letters; a file that writes them so can be searched for them.",
        bad: .init("FROM debian:12\nEXPOSE 80/TcP\n"), good: .init("FROM debian:12\nEXPOSE 80/tcp\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard !statement.isTrigger, case .expose(let words) = statement.command else { continue }
            for word in words {
                guard let slash = word.text.utf8.lastIndex(of: UInt8(ascii: "/")),
                    !word.text.utf8.contains(UInt8(ascii: "$"))
                else { continue }
                let name = word.text[word.text.utf8.index(after: slash)...]
                guard LetterCase(String(name)) != .small, name.contains(where: \.isUppercase) else { continue }
                let start = word.text.utf8.distance(from: word.text.utf8.startIndex, to: slash) + 1
                let range = word.range(of: start..<word.text.utf8.count)
                let isExact = file.source.text(range) == name
                report.add(
                    word.range, in: statement,
                    "Defined protocol '\(word.text)' in EXPOSE instruction should be lowercase",
                    fix: isExact
                        ? Fix("write \(name.lowercased())", [TextEdit(range, name.lowercased())]) : nil)
            }
        }
    }
}
