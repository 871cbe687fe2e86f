/// What is written for a project.
package struct ProjectFiles: Sendable {
    /// Services that run jobs.
    package enum Pipeline: String, Sendable, CaseIterable { case github, gitlab }

    package var pipelines: [Pipeline] = []
    package var kubernetes = false
    package var monitoring = false
    /// The URL of the project's sources, for a label; nil when none is known.
    package var source: String?
    /// What GitHub's job runs on.
    package var branch = "main"

    /// What the head of the Dockerfile records.
    package var choices = Choices()

    package init() {}

    /// The files in the order in which they are told.
    package func files(of project: Project, in tree: ProjectTree) -> [WrittenFile] {
        var out = [
            DockerfileWriter.file(project, choices: choices, source: source), IgnoreWriter.file(project, tree),
            SettingsWriter.file(project),
        ]
        out += RecipeWriter.files(project)
        if pipelines.contains(.github) { out.append(PipelineWriter.github(project, branch: branch)) }
        if pipelines.contains(.gitlab) { out.append(PipelineWriter.gitlab(project)) }
        if kubernetes { out.append(KubernetesWriter.file(project)) }
        if monitoring { out += [MonitoringWriter.rules(project, tree), MonitoringWriter.dashboard(project, tree)] }
        return out
    }
}

/// What a repository's own files tell of where its sources are.
package enum RepositoryFacts {
    /// The page of the remote `origin`, from the text of `.git/config`; nil for hosts that are no host, and for URLs with a password.
    package static func source(config: String) -> String? {
        var isOrigin = false
        for raw in config.split(separator: "\n") {
            let line = Words.trimmed(raw)
            if line.hasPrefix("[") { isOrigin = line == "[remote \"origin\"]" }
            guard isOrigin, line.hasPrefix("url"), let equals = line.firstIndex(of: "=") else { continue }
            return page(Words.trimmed(line[line.index(after: equals)...]))
        }
        return nil
    }

    private static func page(_ url: String) -> String? {
        var text = url.hasSuffix(".git") ? String(url.dropLast(4)) : url
        if text.hasPrefix("git@"), let colon = text.firstIndex(of: ":") {
            text =
                "https://" + text[text.index(text.startIndex, offsetBy: 4)..<colon] + "/"
                + text[text.index(after: colon)...]
        } else if text.hasPrefix("ssh://git@") {
            text = "https://" + text.dropFirst(10)
        }
        guard text.hasPrefix("https://"), Words.isPlain(text.filter { $0 != ":" }), !text.contains("@") else {
            return nil
        }
        return text
    }

    /// The branch that `.git/HEAD` names.
    package static func branch(head: String) -> String? {
        let line = Words.trimmed(head)
        guard line.hasPrefix("ref: refs/heads/") else { return nil }
        let name = String(line.dropFirst(16))
        return ["main", "master", "trunk", "develop"].contains(name) ? name : nil
    }
}
