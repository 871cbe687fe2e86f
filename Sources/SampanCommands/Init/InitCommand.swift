package import ArgumentParser
import Core
import Glibc
import HostOS
import Projects

/// `sampan init`.
package struct InitCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Look at a project and write its Dockerfile, .dockerignore, policy and CI job.",
        discussion: """
            Known are Go, Swift, Rust, C and C++ with Make or CMake, Node, Python, Java with Maven. What is concluded is shown with \
            its reasons, before anything is written. Files that are there are never overwritten, but for those that an earlier run \
            wrote and nobody changed since.
            """)

    @Argument(help: "The project's directory.")
    var directory: String = "."

    @Flag(name: .shortAndLong, help: "Write without asking.")
    var yes = false

    @Flag(help: "Overwrite files that somebody else wrote or changed.")
    var force = false

    @Flag(help: "Show what would be written, and write nothing.")
    var dryRun = false

    @Option(help: "What the project is, of several: go, swift, rust, maven, python, node, cmake, make.")
    var kind: String?

    @Option(help: "The program that the image is for, of several.")
    var program: String?

    @Option(help: "The port that the service listens on. (default: what the sources tell)")
    var port: Int?

    @Option(help: "What the image is called. (default: what the project is called)")
    var name: String?

    @Option(
        help:
            "Jobs to write: github, gitlab, all or none. (default: the service that the repository is on, else github)")
    var ci: String?

    @Option(
        help: "Where the images in FROM come from: bases that sampan assembles, or docker, for other builders, too.")
    var bases: Bases = .sampan

    @Flag(help: "Write manifests for Kubernetes, too.")
    var kubernetes = false

    @Flag(help: "Write Prometheus rules and a Grafana dashboard, too.")
    var monitoring = false

    package enum Bases: String, ExpressibleByArgument, CaseIterable, Sendable { case sampan, docker }

    package init() {}

    package func run() throws {
        let folder = try ProjectFolder(directory)
        let tree = try folder.tree()
        var project = try Detector.detect(
            tree, name: folder.name, kind: try chosenKind(), program: program,
            images: bases == .sampan ? .assembled : .registry)
        try overrule(&project)
        let plan = try InitPlan(try output(folder, tree).files(of: project, in: tree), in: folder, isForced: force)
        Console.shared.message(InitReport.conclusions(project))
        if dryRun {
            Console.shared.output(InitReport.contents(plan), terminator: "")
            return Console.shared.message(InitReport.states(plan, isDry: true))
        }
        guard !plan.writes.isEmpty else { return Console.shared.message(InitReport.states(plan, isDry: false)) }
        guard try yes || confirms(plan) else {
            Console.shared.message("nothing was written")
            throw ExitCode(1)
        }
        for file in plan.writes { try folder.write(file) }
        for file in plan.writes { Console.shared.output(file.path) }
        Console.shared.message(InitReport.states(plan, isDry: false))
        Console.shared.message(InitReport.next(project, directory: directory))
    }

    private func chosenKind() throws -> ProjectKind? {
        guard let kind else { return nil }
        if let known = ProjectKind(rawValue: kind) { return known }
        let names = ProjectKind.allCases.map(\.rawValue)
        throw Diagnostic(
            code: "usage.kind", "there is no kind '\(SafeText.text(kind))'",
            hint: Suggestion.hint(for: kind, in: names) ?? "there are: " + names.joined(separator: ", "), exitCode: 64)
    }

    /// What the person says counts more than what the sources do.
    private func overrule(_ project: inout Project) throws {
        if let name { project.rename(name) }
        guard let port else { return }
        guard (1...65535).contains(port) else {
            throw Diagnostic(code: "usage.port", "there is no port \(port)", hint: "ports are 1 to 65535", exitCode: 64)
        }
        project.setPort(port)
    }

    private func output(_ folder: ProjectFolder, _ tree: ProjectTree) throws -> ProjectFiles {
        var files = ProjectFiles()
        files.kubernetes = kubernetes
        files.monitoring = monitoring
        let config = (try? WholeFile.read(folder.path + "/.git/config", limit: 1 << 20)) ?? []
        let head = (try? WholeFile.read(folder.path + "/.git/HEAD", limit: 4096)) ?? []
        files.source = RepositoryFacts.source(config: String(decoding: config, as: UTF8.self))
        files.branch = RepositoryFacts.branch(head: String(decoding: head, as: UTF8.self)) ?? "main"
        switch ci {
        case nil:
            let isGitLab = tree.has(".gitlab-ci.yml") || files.source?.contains("gitlab") == true
            files.pipelines = [isGitLab ? .gitlab : .github]
        case "all": files.pipelines = [.github, .gitlab]
        case "none": files.pipelines = []
        case let word?:
            guard let one = ProjectFiles.Pipeline(rawValue: word) else {
                throw Diagnostic(
                    code: "usage.ci", "there is no CI service '\(SafeText.text(word))'",
                    hint: Suggestion.hint(for: word, in: ["github", "gitlab", "all", "none"])
                        ?? "github, gitlab, all or none", exitCode: 64)
            }
            files.pipelines = [one]
        }
        return files
    }

    private func confirms(_ plan: InitPlan) throws -> Bool {
        guard isatty(0) == 1 else {
            throw Diagnostic(
                code: "usage.yes", "nobody is there to be asked",
                hint: "--yes writes without asking, --dry-run shows what would be written",
                exitCode: 64)
        }
        Console.shared.message(InitReport.states(plan, isDry: true))
        Console.shared.message(
            "Write \(plan.writes.count == 1 ? "it" : "these \(plan.writes.count) files")? [Y/n] ", terminator: "")
        let answer = readLine(strippingNewline: true)?.lowercased()
        return answer.map { ["", "y", "yes"].contains($0) } ?? false
    }
}
