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
                if user.utf8.allSatisfy({ (0x30...0x39).contains($0) }) || isArgument(user, arguments) { continue }
                report.add(word.range, in: statement)
            }
        }
    }

    private static func isArgument(_ user: Substring, _ arguments: Set<Substring>) -> Bool {
        guard user.hasPrefix("$") else { return false }
        let name = user.dropFirst()
        if name.hasPrefix("{"), name.hasSuffix("}") { return arguments.contains(name.dropFirst().dropLast()) }
        return arguments.contains(name)
    }
}
