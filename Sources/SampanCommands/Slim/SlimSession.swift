import Binaries
import BuildGraph
import Core
import DockerfileLint
import DockerfileSyntax
import HostOS
import ImageAnalysis
import Layers
import OCI
import Sandbox
import Slimming

/// A text of the Dockerfile, built and read.
struct SlimCandidate: Sendable {
    var text: [UInt8]
    var image: SlimImage
    var inspection: Inspection
}

/// What came of one way to slim.
struct SlimAttempt: Sendable {
    var fat: SlimCandidate
    var slim: SlimCandidate
    var plan: SlimPlan
    var notes: [String]
    var proof: SlimProof
    var before: [RunOutcome]
    var after: [RunOutcome]
}

/// Builds, watches, rewrites and compares, until a way is found that keeps what the image does.
struct SlimSession: Sendable {
    let options: SlimCommand
    let dockerfile: Dockerfile
    let stage: Stage
    let builds: SlimBuilds
    let runs: SlimRuns
    let transfer: Transfer

    private typealias Start = SlimStart.Words

    private func say(_ text: String) {
        if !options.quiet { Console.shared.message(text) }
    }

    /// - Returns: the exit code.
    func run() async throws -> Int32 {
        say("building \(options.dockerfile)")
        let fat = try await candidate(dockerfile.source.bytes, target: options.target)
        say("running it under observation")
        let (first, traces) = try await observe(fat.image, nil)
        try SlimBaseline.check(first, timeout: options.timeout)
        say("running it once more, as it is")
        let before = try await plainRuns(fat.image)
        var notes: [String] = []
        for ambition in try ambitions(fat) {
            do {
                let attempt = try await attempt(ambition, fat, traces, first, before)
                if attempt.proof.isFailed, ambition != .none {
                    notes.append(SlimReport.failure(of: ambition, attempt.proof))
                    say(notes[notes.count - 1])
                    continue
                }
                return try await finish(attempt, notes)
            } catch let error as Diagnostic where error.code == "slim.build" && ambition != .none {
                notes.append(SlimReport.failure(of: ambition, error))
                say(notes[notes.count - 1])
            }
        }
        return 1
    }

    // MARK: - Steps

    private func candidate(_ text: [UInt8], target: String? = nil, tags: [String] = []) async throws -> SlimCandidate {
        let builds = builds
        let digest = try await BlockingPool.waiting.run { try builds.build(text, target: target, tags: tags) }
        let argument = try ImageArgument("store:" + digest)
        let inspection = try await Inspection.open(argument, transfer)
        let image = try await SlimImage.open(digest, store: builds.store, network: transfer.network)
        return SlimCandidate(text: text, image: image, inspection: inspection)
    }

    private func observe(
        _ image: SlimImage, _ start: SlimStart.Words?
    ) async throws -> (outcomes: [RunOutcome], traces: [ObservedTrace]) {
        let runs = runs
        return try await BlockingPool.waiting.run { try runs.run(image, start: start, observing: true) }
    }

    private func plainRuns(_ image: SlimImage) async throws -> [RunOutcome] {
        let runs = runs
        return try await BlockingPool.waiting.run { try runs.run(image, start: nil, observing: false).outcomes }
    }

    private func attempt(
        _ ambition: SlimRewriter.Ambition, _ fat: SlimCandidate, _ traces: [ObservedTrace], _ first: [RunOutcome],
        _ before: [RunOutcome]
    ) async throws -> SlimAttempt {
        var source = fat
        var traces = traces
        // The last resort changes nothing about how the program starts.
        let start = ambition == .none && options.keepFlags ? nil : SlimStart.direct(fat.image.config)
        if ambition.editsGo {
            say("building it with other flags for go build")
            source = try await candidate(
                SlimRewriter.withGoFlags(dockerfile, withoutC: ambition.withoutC), target: options.target)
        }
        if ambition.editsGo || start != nil {
            say("running that under observation")
            traces = try await observe(source.image, start).traces
        }
        let plan = try await plan(source, start, traces)
        var rewriter = SlimRewriter(
            dockerfile, stage: stage, config: source.image.config, plan: plan, ambition: ambition, user: options.user,
            start: start)
        let text = rewriter.rewrite()
        say("building the slim image")
        let slim = try await candidate(text, tags: options.tag)
        say("running the slim image")
        let after = try await plainRuns(slim.image)
        return SlimAttempt(
            fat: fat, slim: slim, plan: plan, notes: rewriter.notes,
            proof: SlimProof(first: first, second: before, slim: after), before: before, after: after)
    }

    private func plan(
        _ source: SlimCandidate, _ start: SlimStart.Words?, _ traces: [ObservedTrace]
    ) async throws -> SlimPlan {
        var image = source.inspection.image
        if let start { (image.config.config.entrypoint, image.config.config.cmd) = (start.entrypoint, start.cmd) }
        let analysed = image
        let user = source.image.user
        return try await BlockingPool.compute.run {
            var planner = SlimPlanner(analysed, user: (user.uid, user.gid))
            let uses = traces.flatMap { trace in
                trace.paths.map { path in
                    RecordedUse(
                        BytePath(cleaning: path.path), isRead: !path.uses.isDisjoint(with: [.reads, .looks]),
                        isWritten: path.uses.contains(.writes), isExecuted: path.uses.contains(.executes),
                        isListed: !path.uses.isDisjoint(with: [.lists, .reads]))
                }
            }
            var plan = try planner.plan(uses, verdicts: Linkage(analysed).verdicts())
            if traces.contains(where: \.isCut) {
                plan.remarks.append("the program asked for so many paths that not all were recorded")
            }
            return plan
        }
    }

    /// The ways to slim, the boldest first.
    private func ambitions(_ fat: SlimCandidate) throws -> [SlimRewriter.Ambition] {
        guard !options.keepFlags, let build = try goBuild(fat) else { return [.none] }
        let bytes = dockerfile.source.bytes
        var out: [SlimRewriter.Ambition] = []
        // What the standard library does with C it also does without.
        let standard: Set<String> = ["net", "os/user", "runtime/cgo", "crypto/x509"]
        let callsC = build.packagesWithC.map { !$0.allSatisfy(standard.contains) } ?? false
        if !callsC, SlimRewriter.withGoFlags(dockerfile, withoutC: true) != bytes {
            out.append(SlimRewriter.Ambition(editsGo: true, withoutC: true))
        }
        if SlimRewriter.withGoFlags(dockerfile, withoutC: false) != bytes {
            out.append(SlimRewriter.Ambition(editsGo: true, withoutC: false))
        }
        return out + [.none]
    }

    private func goBuild(_ fat: SlimCandidate) throws -> GoBuild? {
        let image = fat.inspection.image
        for verdict in Linkage(image).verdicts() where verdict.isEntrypoint {
            if let node = try image.tree.lookup(verdict.path), let build = image.facts(of: node)?.binary?.go {
                return build
            }
        }
        return nil
    }

    // MARK: - End

    private func finish(_ attempt: SlimAttempt, _ notes: [String]) async throws -> Int32 {
        let report = try await SlimReport(attempt, notes: notes, options: options)
        say(report.text)
        let isGood = attempt.proof.isProved
        let text = attempt.slim.text
        if options.diff {
            Console.shared.output(
                UnifiedDiff.text(from: dockerfile.source.bytes, to: text, name: options.dockerfile), terminator: "")
        } else if options.output == "-", !options.inPlace {
            Console.shared.output(text)
        }
        if options.output != "-" { try SlimOutput.write(text, to: options.output) }
        if options.inPlace {
            if isGood {
                try SlimOutput.write(text, to: options.dockerfile)
            } else {
                say("\(options.dockerfile) stays as it is: nothing is proved")
            }
        }
        return isGood ? 0 : 1
    }
}

/// Files that results go to.
enum SlimOutput {
    static func write(_ text: [UInt8], to path: String) throws {
        let mode = try FileInfo.of(path, followLinks: true)?.mode ?? 0o644
        try AtomicFile.write(text, to: path, mode: mode & 0o777)
    }
}
