import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3066
enum DL3066: LintRule {
    static let info = RuleInfo(
        "DL3066", .hadolint, .info, "Non-numeric user-id may not be resolvable by host system",
        why: """
            Kubernetes can't tell whether a name is root: with `runAsNonRoot` it refuses to start the container. A \
            number is clear to everybody, and needs no /etc/passwd in the image.
            """,
        bad: .init("FROM debian:12\nUSER app\n"), good: .init("FROM debian:12\nUSER 65532\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var arguments: Set<Substring> = []
        for statement in file.statements {
            if statement.isPlain(.arg) {
                if let name = statement.instruction.arguments.first?.text.prefix(while: { $0 != "=" }) {
                    arguments.insert(name)
                }
            } else if statement.isPlain(.user), let word = statement.instruction.arguments.first,
                let text = statement.wholeText(in: file)
            {
                let user = text.prefix { $0 != ":" }
                if user.utf8.allSatisfy({ (0x30...0x39).contains($0) }) || namesArgument(text, arguments) { continue }
                report.add(word.range, in: statement)
            }
        }
    }

    /// Some part is the value of an ARG, which is taken for a number.
    private static func namesArgument(_ text: String, _ arguments: Set<Substring>) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return false }
        return arguments.contains { text.contains("$" + $0) || text.contains("${" + $0 + "}") }
    }
}
