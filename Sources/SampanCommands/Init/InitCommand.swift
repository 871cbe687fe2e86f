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
            Known are Go, Swift, Rust, C and C++ with Make, CMake or sources alone, Node, Python, Java with Maven. What is concluded is shown with \
            its reasons, before anything is written. Files that are there are never overwritten, but for those that an earlier run \
            wrote and nobody changed since. What the options say is recorded in the Dockerfile's head, and heeded by the next run.
            """)

    @Argument(help: "The project's directory.")
    var directory: String = "."

    @Flag(name: .shortAndLong, help: "Write without asking.")
    var yes = false

    @Flag(help: "Overwrite files that somebody else wrote or changed.")
    var force = false

    @Flag(help: "Show what would be written, and write nothing.")
    var dryRun = false

    @Flag(help: "Forget the options of earlier runs.")
    var reset = false

    @Option(help: "What the project is, of several: go, swift, rust, maven, python, node, cmake, make, c.")
    var kind: String?

    @Option(help: "The program that the image is for, of several.")
    var program: String?

    @Option(help: "The port that the service listens on. (default: what the sources tell)")
    var port: Int?

    @Option(help: "The path that answers when the service is well. (default: what the sources tell)")
    var health: String?

    @Flag(help: "Have nothing ask the service whether it is well.")
    var noHealth = false

    @Option(help: "What the image is called. (default: what the project is called)")
    var name: String?

    @Option(help: "The image to build in. (default: one of the version that the project asks for)")
    var builder: String?

    @Option(help: "The image that the final stages stand on. (default: the smallest that has what the program needs)")
    var base: String?

    @Option(
        help:
            "Jobs to write: github, gitlab, all or none. (default: the service that the repository is on, else github)")
    var ci: String?

    @Option(
        help:
            "Where the images in FROM come from: sampan, whose bases are assembled, or docker, for other builders, too. (default: sampan)"
    )
    var bases: Bases?

    @Flag(help: "Write manifests for Kubernetes, too.")
    var kubernetes = false

    @Flag(help: "Write Prometheus rules and a Grafana dashboard, too.")
    var monitoring = false

    package enum Bases: String, ExpressibleByArgument, CaseIterable, Sendable { case sampan, docker }

    package init() {}

    package func run() throws {
        let said = try choices()
        let folder = try ProjectFolder(directory)
        let earlier = reset ? Choices() : try Choices(recordedIn: folder.text("Dockerfile") ?? "")
        let choices = said.over(earlier)
        let tree = try folder.tree()
        var project = try Detector.detect(tree, name: folder.name, choices: choices)
        let output = try output(folder, tree, choices, &project)
        let kept = try force ? nil : keptDockerfile(in: folder, than: output.files(of: project, in: tree))
        if let kept { project.fit(kept) }
        let files = output.files(of: project, in: tree)
        let plan = try InitPlan(files, in: folder, isForced: force)
        Console.shared.message(InitReport.conclusions(project))
        if dryRun {
            Console.shared.output(InitReport.contents(plan), terminator: "")
            return Console.shared.message(InitReport.states(plan, isDry: true))
        }
        guard !plan.writes.isEmpty else { return Console.shared.message(InitReport.states(plan, isDry: false)) }
        if !yes {
            guard try InitQuestion.isWanted(plan) == true else {
                Console.shared.message("nothing was written")
                throw ExitCode(1)
            }
            // Somebody may have written one of them while the question stood.
            guard try InitPlan(files, in: folder, isForced: force).isSame(as: plan) else {
                throw Diagnostic(
                    code: "init.race", "the files have changed while the question stood",
                    hint: "nothing was written; run it again")
            }
        }
        try folder.write(plan.writes)
        if isatty(1) == 0 { for file in plan.writes { Console.shared.output(file.path) } }
        Console.shared.message(InitReport.states(plan, isDry: false))
        Console.shared.message(InitReport.next(project, directory: directory))
    }

    // MARK: - What the person says

    private func choices() throws -> Choices {
        var out = Choices()
        out.kind = try kind.map { try ProjectKind(word: $0) ?? one(of: ProjectKind.allCases, $0, "kind") }
        out.pipelines = try ci.map { try one(of: Choices.Pipelines.allCases, $0, "CI service", code: "ci") }
        if let port, !(1...65535).contains(port) {
            throw usage("port", "there is no port \(port)", "ports are 1 to 65535")
        }
        if noHealth, health != nil { throw usage("health", "--health and --no-health exclude each other", nil) }
        if let health, !Choices.isPath(health) {
            throw usage(
                "health", "'\(SafeText.text(health))' is no path to ask for",
                "it begins with / and has letters, digits and -._~/?=&% alone")
        }
        if let program, !Choices.isName(program) {
            throw usage(
                "program", "'\(SafeText.text(program))' can't be the name of a program",
                "take letters, digits and -._ alone")
        }
        if let name, !Choices.isImageName(name) {
            throw usage(
                "name", "'\(SafeText.text(name))' can't be the name of the image",
                "take small letters, digits and single dashes, 50 at most: labels and manifests have the name, too. The tag "
                    + "may have a registry and a path before it: sampan build -t acme/web")
        }
        for (option, value) in [("builder", builder), ("base", base)] {
            if let value, !Choices.isImage(value) {
                throw usage(
                    option, "'\(SafeText.text(value))' is no image",
                    "the form is NAME:TAG, NAME@DIGEST, base:RECIPE, or scratch")
            }
        }
        out.program = program
        out.name = name
        out.port = port
        out.health = noHealth ? .unasked : health.map { .path($0) }
        out.builder = builder
        out.base = base
        out.images = bases.map { $0 == .sampan ? .assembled : .registry }
        out.kubernetes = kubernetes
        out.monitoring = monitoring
        return out
    }

    private func one<Value: RawRepresentable<String>>(
        of all: [Value], _ word: String, _ what: String, code: String? = nil
    ) throws -> Value {
        if let known = Value(rawValue: word) { return known }
        let names = all.map(\.rawValue)
        throw usage(
            code ?? what, "there is no \(what) '\(SafeText.text(word))'",
            Suggestion.hint(for: word, in: names) ?? "there are: " + names.joined(separator: ", "))
    }

    private func usage(_ code: String, _ message: String, _ hint: String?) -> Diagnostic {
        Diagnostic(code: "usage." + code, message, hint: hint, exitCode: 64)
    }

    /// What the Dockerfile says that stays as somebody made it; nil when there is none, or ours is written.
    private func keptDockerfile(in folder: ProjectFolder, than files: [WrittenFile]) throws -> KeptDockerfile? {
        guard let own = files.first(where: { $0.path == "Dockerfile" }), let there = try folder.read(own.path) else {
            return nil
        }
        let state = own.state(of: there)
        guard state == .changed || state == .foreign else { return nil }
        return KeptDockerfile(reading: there, isOfOurs: state == .changed)
    }

    private func output(
        _ folder: ProjectFolder, _ tree: ProjectTree, _ choices: Choices, _ project: inout Project
    ) throws -> ProjectFiles {
        var files = ProjectFiles()
        files.choices = choices
        files.kubernetes = choices.kubernetes
        files.monitoring = choices.monitoring
        let above = folder.repositoryAbove
        let repository = try above.map { try ProjectFolder(folder.path + "/" + $0) } ?? folder
        files.source = RepositoryFacts.source(config: repository.text(".git/config") ?? "")
        files.branch = RepositoryFacts.branch(head: repository.text(".git/HEAD") ?? "") ?? "main"
        if let above, choices.pipelines != .no {
            project.remarks.append(
                "no CI job is written: the repository begins at \(above), and jobs are read there alone; docs/ci.md has one to put there"
            )
            return files
        }
        switch choices.pipelines {
        case nil:
            let isGitLab = tree.has(".gitlab-ci.yml") || files.source?.contains("gitlab") == true
            files.pipelines = [isGitLab ? .gitlab : .github]
        case .all?: files.pipelines = [.github, .gitlab]
        case .no?: files.pipelines = []
        case .github?: files.pipelines = [.github]
        case .gitlab?: files.pipelines = [.gitlab]
        }
        return files
    }
}
