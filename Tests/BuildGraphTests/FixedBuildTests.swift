import BuildGraph
import Core
import DockerfileLint
import DockerfileSyntax
import Layers
import OCI
import SampanTestSupport
import Testing

/// What a linter's safe fixes leave of a build: the graph of stages, and whole builds with programs that are Swift
/// functions, before and after.
@Suite("builds of fixed Dockerfiles")
struct FixedBuildTests {
    private static let digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

    private static var settings: LintSettings {
        var settings = LintSettings()
        settings.today = 20_778
        for image in ["debian:12", "alpine:3.22", "golang:1.25", "node:22"] { settings.digests[image] = digest }
        return settings
    }

    private static func generated(_ seed: Int) -> String {
        var generator = DockerfileGenerator(seed: UInt64(seed))
        return generator.dockerfile()
    }

    /// The file with its safe fixes; nil when nothing changes, or a build would refuse it as it is.
    private static func fixed(_ text: String) -> (before: Dockerfile, after: Dockerfile, codes: [String])? {
        let source = SourceFile(name: "Dockerfile", text: text)
        let run = FixRun(fixing: source, unsafe: false, settings: settings)
        guard !run.applied.isEmpty, let before = try? Dockerfile.parse(source).get(),
            let after = try? Dockerfile.parse(run.after).get()
        else { return nil }
        return (before, after, run.applied.map(\.code))
    }

    // MARK: Graphs

    /// A line for every stage: what it stands on, its platform, the stages it takes from, whether the target needs it.
    private static func graph(_ dockerfile: Dockerfile) -> [String] {
        do {
            let graph = try StageGraph(BuildRequest(dockerfile: dockerfile, context: NoContext()))
            let globals = graph.globalArguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return globals
                + graph.nodes.enumerated().map { index, node in
                    // SMP2031 adds a digest; RedundantTargetPlatform leaves the platform out that holds anyway.
                    let base =
                        if case .external(let name) = node.base { String(name.prefix { $0 != "@" }) } else {
                            "\(node.base)"
                        }
                    let platform = node.platform ?? .host
                    return "\(index) \(node.stage.name ?? "") on \(base) for \(platform) from "
                        + "\(node.dependencies.sorted()) \(graph.needed.contains(index))"
                }
        } catch {
            return ["error: \(Diagnostic(explaining: error).code)"]
        }
    }

    @Test("of 400 generated files and those written by hand the graph of stages stays", arguments: 0..<8)
    func graphs(part: Int) {
        var texts = (part * 50..<part * 50 + 50).map(Self.generated)
        if part == 0 { texts += HandWritten.files }
        var count = 0
        for text in texts {
            guard let (before, after, codes) = Self.fixed(text) else { continue }
            count += 1
            #expect(Self.graph(before) == Self.graph(after), "\(Set(codes).sorted()) change the graph of\n\(text)")
        }
        #expect(count > 30)
    }

    // MARK: Builds

    /// What a build gave, in a form that leaves out what safe fixes are there to change, and names them.
    private static func outcome(_ dockerfile: Dockerfile, _ workshop: Workshop, _ base: BaseImage) async -> [String] {
        workshop.executor.forget()
        var services = workshop.services()
        services.images = OneImage(image: base)
        var request = BuildRequest(
            dockerfile: dockerfile,
            context: DirectoryContext(
                path: workshop.context.path, ignore: nil, digests: FileDigests(workshop.store)))
        request.noCache = true
        do {
            let session = try BuildSession(request, services: services)
            let state = try await session.run()
            let image = try await ImageAssembler(session).assemble(state)
            let files = try await session.services.layers.files(state.layers, epoch: 0)
            return try config(image.config.config) + runs(workshop.executor.requests)
                + ["files \(files.contentID())"] + files.entries.map { "\($0.path) \($0.mode) \($0.uid):\($0.gid)" }
        } catch {
            return ["error: \(Diagnostic(explaining: error).code)"]
        }
    }

    private static func config(_ config: ContainerConfig) -> [String] {
        var labels = config.labels
        // DL4000: MAINTAINER becomes a label.
        labels["maintainer"] = nil
        return [
            "user \(config.user ?? "")", "ports \(config.exposedPorts.sorted())", "env \(config.env)",
            "entrypoint \(command(config.entrypoint))", "cmd \(command(config.cmd))",
            "volumes \(config.volumes.sorted())", "directory \(config.workingDir ?? "")",
            "labels \(labels.sorted { $0.key < $1.key })", "signal \(config.stopSignal ?? "")",
            "health \(config.healthcheck.map { "\(health($0.test)) \($0.interval ?? 0)" } ?? "")",
            "triggers \(config.onBuild.count)", "shell \(config.shell)",
        ]
    }

    /// DL3025 and SMP1007: plain words need no shell, and `exec` takes its place.
    private static func command(_ words: [String]) -> [String] {
        guard words.count >= 3, words.contains("-c"), let line = words.last else { return words }
        return PlainCommand.words(line)?.withoutExec ?? words.dropLast() + [line.replacing("exec ", with: "")]
    }

    /// DL3025 of a check.
    private static func health(_ test: [String]) -> [String] {
        test.first == "CMD-SHELL" ? command(["-c"] + test) : Array(test.dropFirst())
    }

    /// Programs in the order of their text: stages run side by side.
    private static func runs(_ requests: [ExecutionRequest]) -> [String] {
        requests.map { request in
            let script =
                request.arguments.contains("-c")
                ? request.arguments.last ?? "" : request.arguments.map(ShellQuote.word).joined(separator: " ")
            let mounts = request.mounts.map(\.target).sorted()
            return "run \(ScriptMeaning.of(script)) in \(request.directory) by \(request.user.uid):\(request.user.gid) "
                + "with \(mounts) \(request.network) \(request.environment)"
        }.sorted()
    }

    /// A workshop whose context and base image have what generated files copy and name.
    private static func workshop() async throws -> (Workshop, BaseImage) {
        let workshop = try Workshop()
        let context = workshop.context
        for name in [
            "go.mod", "go.sum", "a b.txt", "a b", "x", "a", "b", "package.json", "package-lock.json", "src/main.c",
            "src/target/release/app", "main.py", "app.conf", "run.sh", "r.txt", "passwd", "app",
        ] {
            try context.file(name, name == "passwd" ? "app:x:5:6::/app:\nnobody:x:65534:65534::/:\n" : "\(name)\n")
        }
        try context.file("group", "app:x:6:\nnogroup:x:65534:\n")
        try Shell.run("cd '\(context.path)' && tar -czf app.tar.gz a b && tar -cJf y.tar.xz x")
        workshop.executor.set { request in
            // The same whatever the script says.
            for name in ["made", "app", "out/app", "src/target/release/app"] { try request.write(name, name) }
            return 0
        }
        let built = try await workshop.build(
            "FROM scratch\nCOPY passwd group /etc/\nCOPY app /app\nCOPY src /src/\nCOPY app /out/\n")
        let layers = zip(built.image.layers, built.image.config.rootfs.diffIDs).map { blob, diffID in
            BaseImage.Layer(stored: blob.descriptor, diffID: diffID)
        }
        let image = BaseImage(
            name: "base", manifest: built.digest, config: built.image.config, layers: Array(layers))
        return (workshop, image)
    }

    @Test("of generated files whole builds give the same: configuration, programs, files", arguments: 0..<4)
    func builds(part: Int) async throws {
        guard Workshop.canUnpack else { return }
        let (workshop, base) = try await Self.workshop()
        var texts = (part * 20..<part * 20 + 20).map(Self.generated)
        if part == 0 { texts += HandWritten.files }
        var (count, failed) = (0, 0)
        for text in texts {
            guard let (before, after, codes) = Self.fixed(text) else { continue }
            let old = await Self.outcome(before, workshop, base)
            let new = await Self.outcome(after, workshop, base)
            count += 1
            if old.count == 1 { failed += 1 }
            let difference = zip(old, new).first { $0 != $1 }
            #expect(
                old == new,
                """
                \(Set(codes).sorted()) change what is built of
                \(text)
                \(difference.map { "\($0)\n\($1)" } ?? "\(old.count) and \(new.count) lines")
                """)
        }
        #expect(count > 10 && failed * 2 < count)
    }
}

/// Whatever is named, it is this.
private struct OneImage: ImageSource {
    let image: BaseImage

    func resolve(_ name: String, platform: Platform, pull: Bool) async throws -> BaseImage { image }
}

private struct NoContext: ContextSource {
    func contents() async throws -> LayerContents { .empty }
}
