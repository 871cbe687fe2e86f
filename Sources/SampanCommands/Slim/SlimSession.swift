import Binaries
import BuildGraph
import ContentStore
import Core
import DockerfileLint
import DockerfileSyntax
import Glibc
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

/// What a slim image is made from: the fat one, or that with other flags.
struct SlimSource: Sendable {
    var ambition: SlimRewriter.Ambition
    var candidate: SlimCandidate
    /// What it starts, when that isn't what the Dockerfile says.
    var start: SlimStart.Words?
    var traces: [ObservedTrace]
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
    let tags: [Reference]
    let transfer: Transfer

    /// The fat image and what it did, watched and not.
    private struct Baseline: Sendable {
        var fat: SlimCandidate
        var first: [RunOutcome]
        var traces: [ObservedTrace]
        var before: [RunOutcome]
    }

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
        let base = Baseline(fat: fat, first: first, traces: traces, before: try await plainRuns(fat.image))
        var notes: [String] = []
        for ambition in try ambitions(fat) {
            do {
                let source = try await source(ambition, base)
                if let code = try await tryUsers(source, base, &notes) { return code }
            } catch let error as Diagnostic where error.code == "slim.build" && ambition != .none {
                note(SlimReport.failure(of: ambition, error), &notes)
            }
        }
        return 1
    }

    private func note(_ text: String, _ notes: inout [String]) {
        notes.append(text)
        say(text)
    }

    /// - Returns: the exit code; nil when another way is to be tried.
    private func tryUsers(_ source: SlimSource, _ base: Baseline, _ notes: inout [String]) async throws -> Int32? {
        for user in SlimUser.choices(options.user, base.fat.image.config) {
            let attempt = try await attempt(source, user, base)
            if attempt.proof.isProved { return try await finish(attempt, notes) }
            guard user.isTrial else {
                if source.ambition == .none || !attempt.proof.isFailed { return try await finish(attempt, notes) }
                note(SlimReport.failure(of: source.ambition, attempt.proof), &notes)
                return nil
            }
            if source.ambition != .none, attempt.proof.isFailed {
                // As the old user, to see who is to blame.
                let after = try await plainRuns(attempt.slim.image.running(as: base.fat.image.user))
                if SlimProof(first: base.first, second: base.before, slim: after).isFailed {
                    note(SlimReport.failure(of: source.ambition, attempt.proof), &notes)
                    return nil
                }
            }
            note(SlimReport.failure(of: user, attempt), &notes)
        }
        return nil
    }

    // MARK: - Steps

    private func candidate(_ text: [UInt8], target: String? = nil) async throws -> SlimCandidate {
        let builds = builds
        let digest = try await BlockingPool.waiting.run { try builds.build(text, target: target) }
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

    private func source(_ ambition: SlimRewriter.Ambition, _ base: Baseline) async throws -> SlimSource {
        var source = SlimSource(ambition: ambition, candidate: base.fat, start: nil, traces: base.traces)
        // The last resort changes nothing about how the program starts.
        if ambition != .none || !options.keepFlags { source.start = SlimStart.direct(base.fat.image.config) }
        if ambition.editsGo {
            say("building it with other flags for go build")
            source.candidate = try await candidate(
                SlimRewriter.withGoFlags(dockerfile, withoutC: ambition.withoutC), target: options.target)
        }
        if ambition.editsGo || source.start != nil {
            say("running that under observation")
            source.traces = try await observe(source.candidate.image, source.start).traces
        }
        return source
    }

    private func attempt(_ source: SlimSource, _ user: SlimUser, _ base: Baseline) async throws -> SlimAttempt {
        let plan = try await plan(source, user)
        var rewriter = SlimRewriter(
            dockerfile, stage: stage, config: source.candidate.image.config, plan: plan, ambition: source.ambition,
            user: user.name, start: source.start)
        let text = rewriter.rewrite()
        let whom = user.isTrial ? " as \(user.name ?? "")" : ""
        say("building the slim image")
        let slim = try await candidate(text)
        say("running the slim image" + whom)
        let after = try await plainRuns(slim.image)
        return SlimAttempt(
            fat: base.fat, slim: slim, plan: plan, notes: rewriter.notes,
            proof: SlimProof(first: base.first, second: base.before, slim: after), before: base.before, after: after)
    }

    private func plan(_ source: SlimSource, _ user: SlimUser) async throws -> SlimPlan {
        var image = source.candidate.inspection.image
        if let start = source.start {
            (image.config.config.entrypoint, image.config.config.cmd) = (start.entrypoint, start.cmd)
        }
        let (analysed, traces) = (image, source.traces)
        let old = SlimPlan.Owner(uid: source.candidate.image.user.uid, gid: source.candidate.image.user.gid)
        let new = try user.name.map(source.candidate.image.resolve)
        return try await BlockingPool.compute.run {
            var planner = SlimPlanner(
                analysed, user: old, newUser: new.map { SlimPlan.Owner(uid: $0.uid, gid: $0.gid) },
                userName: user.name)
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
        let (text, isGood) = (attempt.slim.text, attempt.proof.isProved)
        if options.diff {
            Console.shared.output(
                UnifiedDiff.text(from: dockerfile.source.bytes, to: text, name: options.dockerfile), terminator: "")
        } else if options.output == "-", !options.inPlace {
            Console.shared.output(text)
        }
        if !isGood {
            Console.shared.message(SlimReport.conclusion(attempt.proof))
        } else {
            say(SlimReport.conclusion(attempt.proof))
        }
        for path in [options.output == "-" ? nil : options.output, options.inPlace ? options.dockerfile : nil] {
            guard let path else { continue }
            if try isGood || FileInfo.of(path) == nil {
                try SlimOutput.write(text, to: path)
                say("written: \(path)")
            } else {
                Console.shared.message("\(path) stays as it is")
            }
        }
        try name(attempt.slim.image.digest, isGood)
        return isGood ? 0 : attempt.proof.isFailed ? 1 : 3
    }

    private func name(_ digest: String, _ isGood: Bool) throws {
        guard !tags.isEmpty else { return }
        let names = options.tag.joined(separator: ", ")
        guard isGood else { return Console.shared.message("the image gets no name: \(names) stays what it was") }
        let manifest = try StoredImage.find(digest, builds.store).manifest
        for tag in tags { try builds.store.tag(tag, manifest: manifest) }
        say("named: \(names)")
    }
}

/// Files that results go to.
enum SlimOutput {
    /// Whether a file can be written, before minutes of work are put into it.
    static func check(_ path: String) throws {
        func refusal(_ cause: String) -> Diagnostic {
            Diagnostic(
                code: "slim.output", "cannot write '\(path)'", causes: [cause], hint: "name a file with --output",
                exitCode: 64)
        }
        if let info = try? FileInfo.of(path, followLinks: true), info.kind == .directory {
            throw refusal("it is a directory")
        }
        var directory = "."
        if let slash = path.lastIndex(of: "/") { directory = slash == path.startIndex ? "/" : String(path[..<slash]) }
        guard access(directory, W_OK) == 0 else {
            throw refusal(SystemError(errno, "open", directory).diagnostic.message)
        }
    }

    static func write(_ text: [UInt8], to path: String) throws {
        let mode = try FileInfo.of(path, followLinks: true)?.mode ?? 0o644
        try AtomicFile.write(text, to: path, mode: mode & 0o777)
    }
}
