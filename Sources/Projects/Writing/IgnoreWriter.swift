/// What a build is not given.
enum IgnoreWriter {
    static func file(_ project: Project, _ tree: ProjectTree) -> WrittenFile {
        var lines = [
            "# Written by \(WrittenFile.mark): a new run updates this file until somebody changes it.",
            "# What no build needs: less to read, nothing secret to leak, and no new build because of it.",
            ".git", ".gitignore", ".gitattributes", ".github", ".gitlab-ci.yml", ".dockerignore", "Dockerfile*",
            "sampan.yaml", "deploy/kubernetes.yaml", "deploy/prometheus-rules.yaml", "deploy/grafana-dashboard.json",
        ]
        lines += project.recipes.map(\.name)
        if !usesTexts(tree) { lines += ["*.md", "LICENSE*"] }
        lines += [
            "", "# Secrets", "**/.env", "**/.env.*", "**/*.pem", "**/*.key", "**/id_rsa*", "**/id_ed25519*",
            "**/.netrc",
            "**/.npmrc", "**/.pypirc", "**/.docker", "**/.kube", "**/.aws", "**/.ssh", "", "# Editors and systems",
            "**/.idea", "**/.vscode", "**/.DS_Store", "**/*.swp", "**/.cache", "",
        ]
        lines += ["# \(project.kind.title)"] + specific(project, tree)
        // What the program is made of stays, whatever it is called.
        let kept = kept(project)
        if !kept.isEmpty { lines += ["", "# Needed all the same"] + kept.map { "!" + $0 } }
        return WrittenFile(".dockerignore", lines.joined(separator: "\n") + "\n")
    }

    private static func specific(_ project: Project, _ tree: ProjectTree) -> [String] {
        switch project.kind {
        case .go:
            let isSource = tree.paths.contains { $0.hasPrefix("bin/") && $0.hasSuffix(".go") }
            return ["**/*_test.go", "**/testdata"] + (isSource ? [] : ["/bin"]) + project.ignored
        // The manifest names the directories of tests, and the package manager asks for them.
        case .swift: return ["**/.build", "**/.swiftpm"] + project.ignored
        case .rust, .maven, .node, .cmake, .make, .c, .python: return project.ignored
        }
    }

    /// Whether the sources or the manifest take in a readme or a licence: some compilers and package managers do.
    private static func usesTexts(_ tree: ProjectTree) -> Bool {
        let paths = tree.paths.filter { path in
            [".go", ".rs", ".swift", ".toml", ".cfg", ".py", ".js", ".ts", ".json", ".txt", ".c", ".cpp"].contains(
                where: path.hasSuffix)
        }
        return tree.firstLine(in: paths) { line in
            ["README", "LICENSE", ".md\"", ".md'"].contains(where: line.contains) ? true : nil
        } != nil
    }

    /// Files that a pattern above would take away although something needs them.
    private static func kept(_ project: Project) -> [String] {
        let used = project.conclusions.filter { $0.about == "embedded" || $0.about == "data" }.flatMap {
            Words.split($0.what)
        }
        return used.filter { $0.hasSuffix(".pem") || $0.hasSuffix(".key") || $0.contains("testdata") }.map {
            "**/" + $0
        }
    }
}
