import Core
import DockerfileSyntax

/// COPY of files that hold secrets.
enum SMP2003: LintRule {
    static let info = RuleInfo(
        "SMP2003", .sampan, .error, "COPY puts a file with secrets into the image",
        why: """
            Everybody who can pull the image can read the file, also when a later instruction deletes it: it stays in its \
            layer. Give keys and passwords to the one RUN that needs them with `--mount=type=secret`, give them to \
            containers when they start, and keep the files out of the context with .dockerignore.
            """,
        bad: .init("FROM debian:12\nCOPY id_ed25519 /root/.ssh/\n"),
        good: .init("FROM debian:12\nRUN --mount=type=secret,id=key,target=/root/.ssh/id_ed25519 fetch\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        let context = ContextLook(file)
        var told: Set<String> = []
        for copy in file.contextCopies {
            // A trigger copies from the context of another build.
            let look = copy.statement.isTrigger ? nil : context
            if !copy.isWhole, isSecret(copy.path, look), look?.isTaken(copy.path) ?? true {
                report.add(copy.source.range, in: copy.statement, "\(copy.path) holds secrets, and goes into the image")
                continue
            }
            guard let look else { continue }
            for path in look.paths(below: copy.path, for: "secrets", where: { path, _ in isSecret(path, look) })
            where told.insert(path).inserted {
                report.add(
                    copy.source.range, in: copy.statement,
                    "\(path) holds secrets, and COPY of '\(copy.source.text)' takes it into the image")
            }
        }
    }

    private static func isSecret(_ path: String, _ look: ContextLook?) -> Bool {
        if UnwantedName.isSecret(path) { return true }
        guard let look, UnwantedName.mayBeSecret(PathText.name(of: path)), let content = look.contents(of: path) else {
            return false
        }
        return UnwantedName.isSecret(content: content)
    }
}
