import Core
import ImageAnalysis
import Layers

/// Files that must be there, and files that must not.
enum FilesRule: PolicyRule {
    static let name = "files"
    static let title = "the files are as wanted"
    static let help = "Patterns start with a slash, or hold in every directory: /etc/ssl/**, *.pyc, .git."
    static let keys = [
        SettingKey("required", .paths, "Files or directories that must be there."),
        SettingKey("forbidden", .paths, "Files or directories that must not be there."),
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        var list = FindingList()
        for pattern in settings.paths("required")
        where !input.nodes.contains(where: { pattern.matchesExactly($0.path) }) {
            list.add(
                PolicyFinding("\(pattern.text) is missing", key: "required", place: input.dockerfile))
        }
        let forbidden = settings.paths("forbidden")
        guard !forbidden.isEmpty else { return list.findings }
        var last: BytePath?
        for node in input.nodes {
            // What lies in a directory that is told already needs no telling.
            if let last, node.path.isSameOrBelow(last) {
                list.weigh(node.entry.size)
                continue
            }
            guard let pattern = forbidden.first(where: { $0.matchesExactly(node.path) }) else { continue }
            if node.entry.isDirectory { last = node.path }
            list.add(
                PolicyFinding(
                    "\(SafeText.path(node.path)) must not be there (\(pattern.text))", key: "forbidden",
                    path: node.path, place: input.place(of: node), weight: node.entry.size))
        }
        return list.findings
    }
}

/// Whether the build was given no more than it needs.
enum ContextRule: PolicyRule {
    static let name = "context"
    static let title = "the build context is filtered"
    static let help =
        "COPY . takes along what lies around: version control, settings of editors, logins. An ignore file keeps it out."
    static let keys = [
        SettingKey("ignore-file", .flag, "Whether the context must have a .dockerignore; true unless said otherwise."),
        SettingKey(
            "leftovers", .flag,
            "Whether files of a checkout may not be in the image: .git, .env, Dockerfile, …; true unless said otherwise."
        ),
        SettingKey("allow", .paths, "Files that may be in the image."),
    ]
    private static let names: Set<String> = [
        ".git", ".svn", ".hg", ".bzr", ".env", ".gitignore", ".gitmodules", ".gitattributes", ".dockerignore",
        "Dockerfile", "Containerfile", ".idea", ".vscode", ".DS_Store", ".github", ".gitlab-ci.yml", "Jenkinsfile",
        ".envrc", ".npmrc", ".netrc", ".aws", ".ssh", ".kube", "compose.yaml", "docker-compose.yml", "Thumbs.db",
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        var list = FindingList()
        if settings.flag("ignore-file") ?? true {
            switch input.context.hasIgnoreFile {
            case true?: break
            case false?:
                list.add(
                    PolicyFinding(
                        "the build context has no .dockerignore",
                        hint: "add one that names .git, logins and build results", key: "ignore-file",
                        place: input.dockerfile))
            case nil:
                list.add(
                    .unjudged(
                        "whether the build context has a .dockerignore is unknown, for no Dockerfile of the image is known",
                        hint:
                            "name the context with --context (a directory, or a git URL), or the Dockerfile with --file; or write 'ignore-file: false'",
                        key: "ignore-file", place: input.dockerfile))
            }
        }
        guard settings.flag("leftovers") ?? true else { return list.findings }
        let allowed = settings.paths("allow")
        var last: BytePath?
        for node in input.nodes {
            if let last, node.path.isSameOrBelow(last) {
                list.weigh(node.entry.size)
                continue
            }
            guard names.contains(String(decoding: node.path.name, as: UTF8.self)), !isInstalled(node.path),
                !allowed.contains(where: { $0.matches(node.path) })
            else { continue }
            if node.entry.isDirectory { last = node.path }
            list.add(
                PolicyFinding(
                    "\(SafeText.path(node.path)) came along from the build context",
                    hint:
                        "name \(String(decoding: node.path.name, as: UTF8.self)) in .dockerignore, or copy only what is needed",
                    key: "leftovers", path: node.path, place: input.place(of: node),
                    weight: node.entry.size))
        }
        return list.findings
    }

    /// What packages bring: some ship their own `.gitignore`.
    private static func isInstalled(_ path: BytePath) -> Bool {
        ["usr/lib", "usr/share", "usr/include", "usr/local/lib", "usr/local/go", "etc/skel"]
            .contains { path.isSameOrBelow(BytePath(cleaning: $0)) }
            || path.components.dropLast().contains {
                ["node_modules", "site-packages", "dist-packages", "vendor", "gems"].contains(
                    String(decoding: $0, as: UTF8.self))
            }
    }
}

/// Whether building once more gives the same image.
enum ReproducibleRule: PolicyRule {
    static let name = "reproducible"
    static let title = "building once more gives the same image"
    static let help =
        "An image that anybody can build again is one whose source anybody can verify. Builds the image anew, without the cache."
    static let keys = [
        SettingKey("arguments", .texts, "Values for ARG that the image was built with, as NAME=VALUE."),
        SettingKey("contexts", .texts, "What names in FROM and --from meant, as NAME=IMAGE."),
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) async throws -> [PolicyFinding] {
        guard let rebuild = input.context.rebuild else {
            return [
                .unjudged(
                    "it can't be built again here, for no Dockerfile of the image is known",
                    hint:
                        "name the context with --context (a directory, or a git URL), or the Dockerfile with --file; or leave 'reproducible' out",
                    place: input.dockerfile)
            ]
        }
        switch try await rebuild(
            .init(arguments: settings.texts("arguments"), contexts: settings.texts("contexts")))
        {
        case .same: return []
        case .different(let what):
            return [
                PolicyFinding(
                    "building once more gives another image: \(what)",
                    hint: "see sampan diff; times, random names and unpinned downloads are the usual reasons",
                    place: input.dockerfile)
            ]
        }
    }
}
