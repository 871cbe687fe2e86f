import BuildGraph
import ContentStore
import Core
import DockerfileLint
import DockerfileSyntax
import Glibc
import HostOS
import ImageAnalysis
import OCI
import Sandbox
import ShellSyntax
import Slimming

/// One `sampan slim`.
struct SlimJob: Sendable {
    let options: SlimCommand

    init(_ options: SlimCommand) { self.options = options }

    /// - Returns: the exit code.
    func run() async throws -> Int32 {
        let environment = try BuildOptions.pairs("env", options.env, environment: StoreAccess.environment())
        let tasks = try tasks()
        let tags = try options.tag.map { try Transfer.tagged($0, ImageArgument("store:" + $0)) }
        if options.output != "-" { try SlimOutput.check(options.output) }
        let path = options.dockerfile
        let source: SourceFile
        do { source = SourceFile(name: path, bytes: try WholeFile.read(path, limit: 32 << 20)) } catch {
            throw Diagnostic(
                code: "dockerfile.read", "cannot read '\(path)'", causes: [error.reason],
                hint: "name the Dockerfile: sampan slim path/to/Dockerfile")
        }
        let dockerfile = try Dockerfile.parse(source).get()
        let stage = try stage(dockerfile)
        let context = options.context ?? Self.directory(of: path)
        return try await Transfer.run(options.registry) { transfer in
            let store = try transfer.store()
            let cancel = CancelFlag()
            return try await withTaskCancellationHandler {
                let runs = SlimRuns(
                    store: store, runtime: try await BlockingPool.waiting.run { try RuntimeAccess.find(store) },
                    tasks: tasks, environment: environment, network: options.network,
                    timeout: .seconds(max(1, options.timeout)), cancel: cancel)
                let builds = SlimBuilds(
                    command: options, dockerfile: path, context: context, store: store, cancel: cancel,
                    given: source.bytes)
                let session = SlimSession(
                    options: options, dockerfile: dockerfile, stage: stage, builds: builds, runs: runs,
                    tags: tags, transfer: transfer)
                return try await session.run()
            } onCancel: {
                cancel.set()
            }
        }
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func tasks() throws -> [SlimRuns.Task] {
        let probes = try options.probe.map { try LoopbackProbe($0) }
        var out: [SlimRuns.Task] = probes.isEmpty && !options.run.isEmpty ? [] : [.service(probes)]
        for text in options.run {
            let script = ShellScript.parse(text)
            guard script.isReadable, script.commands.count <= 1,
                script.commands.allSatisfy({ command in
                    command.assignments.isEmpty && command.redirections.isEmpty && command.words.allSatisfy(\.isLiteral)
                })
            else {
                throw Diagnostic(
                    code: "usage.run", "--run '\(text)' is more than words",
                    hint:
                        "there is no shell around the program: give one as --run \"sh -c '…'\" where the image has it",
                    exitCode: 64)
            }
            out.append(.command(script.commands.first?.words.map(\.text) ?? [], text: text))
        }
        return out
    }

    private func stage(_ dockerfile: Dockerfile) throws -> Stage {
        if let target = options.target {
            guard let stage = dockerfile.stage(named: target) else {
                throw Diagnostic(
                    code: "slim.target", "there is no stage '\(target)'",
                    hint: Suggestion.hint(for: target, in: dockerfile.stages.compactMap(\.name)), exitCode: 64)
            }
            return stage
        }
        guard let last = dockerfile.stages.last else {
            throw Diagnostic(code: "slim.no-stage", "'\(options.dockerfile)' has no FROM")
        }
        return last
    }
}
