import DockerfileSyntax

/// COPY of everything, with nothing to keep anything out.
enum SMP2001: LintRule {
    static let info = RuleInfo(
        "SMP2001", .sampan, .warning, "COPY takes the whole build context, and there is no .dockerignore",
        why: """
            Without a .dockerignore every file beside the Dockerfile goes into the image: the history in .git, modules \
            and caches of the host, keys in .env. Each of them also makes the build start over from that COPY whenever \
            it changes. List in .dockerignore what the image doesn't need, or start with `*` and name what it needs \
            with `!`.
            """,
        bad: .init(
            "FROM debian:12\nCOPY . /app\n", files: ["main.py": "", ".git/HEAD": "ref: refs/heads/main\n"]),
        good: .init(
            "FROM debian:12\nCOPY . /app\n",
            files: ["main.py": "", ".git/HEAD": "ref: refs/heads/main\n", ".dockerignore": ".git\n"]))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard let project = file.project, project.ignoreFile == nil,
            let copy = file.contextCopies.first(where: { $0.isWhole && !$0.statement.isTrigger })
        else { return }
        let clutter = (project.names(in: "") ?? []).filter { UnwantedName.isClutter($0[...]) }
        let message = clutter.isEmpty ? nil : "\(info.title): \(clutter.joined(separator: ", ")) goes into the image"
        report.add(copy.source.range, in: copy.statement, message)
    }
}
