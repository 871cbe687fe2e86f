/// What a build is not given.
enum IgnoreWriter {
    static func file(_ project: Project, _ tree: ProjectTree) -> WrittenFile {
        var lines = [
            "# Written by \(WrittenFile.mark): a new run updates this file until somebody changes it.",
            "# What no build needs: less to read, nothing secret to leak, and no new build because of it.",
            ".git", ".gitignore", ".gitattributes", ".github", ".gitlab-ci.yml", ".dockerignore", "Dockerfile*",
            "sampan.yaml", "sampan",
            "deploy", "*.md", "LICENSE*", "",
            "# Secrets", "**/.env", "**/.env.*", "**/*.pem", "**/*.key", "**/id_rsa*", "**/id_ed25519*", "**/.netrc",
            "**/.npmrc", "**/.pypirc",
            "**/.docker", "**/.kube", "**/.aws", "**/.ssh", "", "# Editors and systems", "**/.idea", "**/.vscode",
            "**/.DS_Store", "**/*.swp",
            "**/.cache", "",
        ]
        lines += ["# \(project.kind.title)"] + specific(project)
        // What the program is made of stays, whatever it is called.
        let kept = kept(project, tree)
        if !kept.isEmpty { lines += ["", "# Needed all the same"] + kept.map { "!" + $0 } }
        return WrittenFile(".dockerignore", lines.joined(separator: "\n") + "\n")
    }

    private static func specific(_ project: Project) -> [String] {
        switch project.kind {
        case .go: return ["**/*_test.go", "**/testdata", "/bin", "**/*.out"] + project.ignored
        case .swift: return ["**/.build", "**/.swiftpm", "Tests"] + project.ignored
        case .rust, .maven, .node, .cmake, .make, .python: return project.ignored
        }
    }

    /// Files that a pattern above would take away although something needs them.
    private static func kept(_ project: Project, _ tree: ProjectTree) -> [String] {
        var out: [String] = []
        let manifest = (tree.text("pyproject.toml") ?? "") + (tree.text("Cargo.toml") ?? "")
        for name in ["README.md", "LICENSE"] where tree.has(name) && manifest.contains("\"\(name)\"") {
            out.append(name)
        }
        let used = project.conclusions.filter { $0.about == "embedded" || $0.about == "data" }.flatMap {
            Words.split($0.what)
        }
        out += used.filter { $0.hasSuffix(".md") || $0.hasSuffix(".pem") || $0.hasSuffix(".key") }.map { "**/" + $0 }
        return out
    }
}
