import Core
import DockerfileSyntax

enum SecretsUsedInArgOrEnv: LintRule {
    static let info = RuleInfo(
        check: "SecretsUsedInArgOrEnv", page: "secrets-used-in-arg-or-env",
        "Sensitive data should not be used in the ARG or ENV commands",
        why: """
            What ARG and ENV hold is in the image's config or history, where everyone who gets the image can read it. \
            Hand secrets to the one RUN that needs them with `--mount=type=secret`, and to running containers when they \
            are started.
            """,
        bad: .init("FROM debian:12\nARG API_TOKEN\nRUN fetch --token=\"$API_TOKEN\"\n"),
        good: .init("FROM debian:12\nRUN --mount=type=secret,id=token fetch --token-file=/run/secrets/token\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.stage != nil {
            switch statement.command {
            case .arg(let entries) where !statement.isTrigger:
                for entry in entries where isSecret(entry.name.text) { add(entry.name, "ARG", statement, &report) }
            case .env(let pairs) where !statement.isTrigger:
                for pair in pairs where isSecret(pair.name.text) { add(pair.name, "ENV", statement, &report) }
            default: continue
            }
        }
    }

    private static func add(_ name: Word, _ keyword: String, _ statement: LintStatement, _ report: inout LintReport) {
        report.add(
            name.range, in: statement,
            "Do not use ARG or ENV instructions for sensitive data (\(keyword) \"\(name.text)\")")
    }

    private static let secretWords: Set<String> = [
        "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token",
    ]
    private static let harmlessWords: Set<String> = ["public", "file", "version"]

    /// Some part between underscores is a word for a secret, and none says that it isn't one.
    static func isSecret(_ name: String) -> Bool {
        guard name.utf8.count > 2 else { return false }
        var isSecret = false
        for part in name.split(separator: "_") where (3...11).contains(part.utf8.count) {
            let word = part.lowercased()
            if harmlessWords.contains(word) { return false }
            if secretWords.contains(word) { isSecret = true }
        }
        return isSecret
    }
}
