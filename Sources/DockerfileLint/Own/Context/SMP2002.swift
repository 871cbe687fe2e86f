import DockerfileSyntax

/// COPY of directories with clutter in them that .dockerignore lets in.
enum SMP2002: LintRule {
    static let info = RuleInfo(
        "SMP2002", .sampan, .warning, ".dockerignore lets files into the image that belong to the host",
        why: """
            A repository's history, the host's own node_modules or virtual environment and the settings of editors make \
            the image big, change it for no reason, and may hold programs for another system. Add them to .dockerignore; \
            `**/NAME` leaves a name out at every depth.
            """,
        bad: .init(
            "FROM debian:12\nCOPY . /app\n",
            files: ["main.js": "", "node_modules/a/index.js": "", ".dockerignore": ".git\n"]),
        good: .init(
            "FROM debian:12\nCOPY . /app\n",
            files: ["main.js": "", "node_modules/a/index.js": "", ".dockerignore": ".git\nnode_modules\n"]))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard let look = ContextLook(file) else { return }
        // A trigger copies from the context of another build.
        for copy in file.contextCopies
        where (look.hasIgnoreFile || !copy.isWhole) && !copy.statement.isTrigger {
            let found = look.paths(below: copy.path, for: "clutter") { path, _ in
                UnwantedName.isClutter(PathText.name(of: path))
            }
            guard !found.isEmpty else { continue }
            let names = found.prefix(3).joined(separator: ", ") + (found.count > 3 ? ", …" : "")
            report.add(
                copy.source.range, in: copy.statement, "COPY takes \(names) into the image: add to .dockerignore")
        }
    }
}
