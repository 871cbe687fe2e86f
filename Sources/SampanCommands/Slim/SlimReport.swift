import Core
import HostOS
import ImageAnalysis
import Layers
import OCI
import Slimming

/// The proof, and what there is to know besides, as text.
struct SlimReport {
    let text: String

    init(_ attempt: SlimAttempt, notes: [String], options: SlimCommand) async throws {
        let facts = (
            try await SlimFacts(attempt.fat, attempt.before), try await SlimFacts(attempt.slim, attempt.after)
        )
        var table = Table(["", "before", "after"], alignments: [.left, .right, .right])
        for (name, before, after) in zip3(SlimFacts.names, facts.0.cells, facts.1.cells) {
            if name == "time to ready", before == "-", after == "-" { continue }
            table.add([name, before, after])
        }
        var checks = Table(["what was asked", "before", "after", ""])
        for check in attempt.proof.checks {
            checks.add([check.name, check.before, check.after, Self.word(check.verdict)])
        }
        var parts = ["", table.text, "", checks.text]
        for (check, after) in attempt.differences { parts += Self.difference(check, after) }
        let observed = attempt.plan.observedItems
        if !observed.isEmpty {
            parts += ["", "Copied because the observed run used it, and nothing else tells that it is needed:"]
            parts += observed.prefix(40).map(Self.line)
            if observed.count > 40 { parts.append("  and \(observed.count - 40) more") }
        }
        let unproved = Self.unproved(attempt, notes, options)
        if !unproved.isEmpty {
            parts += ["", "What is not proved, or is another way now:"] + unproved.map { "  - " + $0 }
        }
        text = parts.joined(separator: "\n") + "\n"
    }

    private static func word(_ verdict: SlimProof.Verdict) -> String {
        switch verdict {
        case .same: "alike"
        case .different: "DIFFERENT"
        case .unproved: "not proved"
        }
    }

    /// What the slim image wrote where it did something else.
    private static func difference(_ check: SlimProof.Check, _ after: RunOutcome) -> [String] {
        let lines = after.lastWords(8)
        return lines.isEmpty ? [] : ["", "\(check.name): the slim image wrote"] + lines.map { "  " + $0 }
    }

    private static func line(_ item: SlimPlan.Item) -> String {
        let files = item.files == 1 ? "1 file" : "\(item.files) files"
        let more = item.isDirectory ? ", " + files : item.links.isEmpty ? "" : ", under \(item.links.count + 1) names"
        return "  \(SafeText.path(item.path))\(item.isDirectory ? "/" : "")  \(Human.bytes(item.bytes))\(more)"
    }

    private static func unproved(_ attempt: SlimAttempt, _ notes: [String], _ options: SlimCommand) -> [String] {
        var out = notes + attempt.notes + attempt.plan.remarks
        if options.probe.isEmpty, options.run.isEmpty {
            out.append(
                "neither --probe nor --run was given: only what is above was asked, and what other requests need may be"
                    + " missing")
        } else {
            out.append("what no probe and no run asked for: files that only other requests open may be missing")
        }
        for check in attempt.proof.checks where check.changes {
            out.append(
                "\(check.name) says another thing each time: only "
                    + (check.isAnswer ? "status and type are compared" : "how it ends is compared"))
        }
        let addresses = attempt.before.flatMap(\.addresses)
        if !addresses.isEmpty {
            out.append(
                "the program wants a network (\(addresses.prefix(4).joined(separator: ", "))) and had none: what it does with"
                    + " answers from there is not known")
        }
        out += gaps(attempt) + users(attempt, options)
        if attempt.slim.bytes >= attempt.fat.bytes { out.append("the slim image is not smaller: the old one was slim") }
        var seen: Set<String> = []
        return out.filter { seen.insert($0).inserted }
    }

    /// What programs may want and only the slim image lacks.
    private static func gaps(_ attempt: SlimAttempt) -> [String] {
        func needs(_ candidate: SlimCandidate) -> [(String, ProgramVerdict.RuntimeGap)] {
            Linkage(candidate.inspection.image).verdicts().filter(\.isEntrypoint).flatMap { verdict in
                verdict.gaps.map { (verdict.path.absolute, $0) }
            }
        }
        let before = Set(needs(attempt.fat).map(\.1.need))
        return needs(attempt.slim).filter { !before.contains($0.1.need) }.map { path, gap in
            "\(path) may want \(VerdictText.need(gap.need)): \(gap.missing) is not there"
        }
    }

    private static func users(_ attempt: SlimAttempt, _ options: SlimCommand) -> [String] {
        let (fat, slim) = (attempt.fat.image.config.user, attempt.slim.image.config.user)
        if SlimUser.isRoot(slim) {
            // Without being asked for it, root stays when another user was tried; the notes say so.
            return options.user == nil ? [] : ["the program runs as root, as asked for"]
        }
        guard SlimUser.isRoot(fat) else { return [] }
        var out = [
            "the program ran as root and runs as \(slim ?? "") now: volumes that are mounted have to be writable"
                + " for that user (--user keep leaves it root)"
        ]
        let low = attempt.after.flatMap(\.ports).filter { $0 < 1024 }.sorted()
        if let port = low.first {
            out.append("port \(port) is below 1024: engines let any user listen there, but not with the host's network")
        }
        return out
    }

    /// The last line: what is known now.
    static func conclusion(_ proof: SlimProof) -> String {
        let same = proof.checks.count { $0.verdict == .same }
        let different = proof.checks.count { $0.verdict == .different }
        if different > 0 { return "NOT the same: \(different) of \(proof.checks.count) differ" }
        if same == 0 { return "not proved: nothing could be compared; --probe or --run says what to ask" }
        let rest = proof.checks.count - same
        return "proved: \(same) of \(proof.checks.count) alike" + (rest > 0 ? ", \(rest) could not be compared" : "")
    }

    /// Why a way was given up.
    static func failure(of ambition: SlimRewriter.Ambition, _ proof: SlimProof) -> String {
        let check = proof.checks.first { $0.verdict == .different }
        return "\(name(ambition)) is not taken: "
            + (check.map { "\($0.name) gave \($0.after) and not \($0.before)" } ?? "nothing could be compared")
    }

    static func failure(of ambition: SlimRewriter.Ambition, _ error: Diagnostic) -> String {
        "\(name(ambition)) is not taken: \(error.message)" + (error.causes.last.map { " (\($0))" } ?? "")
    }

    /// Why a user was given up.
    static func failure(of user: SlimUser, _ attempt: SlimAttempt) -> String {
        let name = "USER \(user.name ?? "")"
        guard let (check, after) = attempt.differences.first else {
            return "\(name) is not taken: nothing could be compared, so that nothing proves that it would work"
        }
        let words = after.lastWords(1).first.map { " (\($0))" } ?? ""
        let withheld = attempt.plan.withheld.prefix(3).map { SafeText.path($0) }.joined(separator: ", ")
        return "\(name) is not taken: \(check.name) gave \(check.after) and not \(check.before)\(words)"
            + (withheld.isEmpty ? "" : "; as root it writes to \(withheld)")
    }

    private static func name(_ ambition: SlimRewriter.Ambition) -> String {
        ambition.withoutC ? "CGO_ENABLED=0" : ambition.editsGo ? "-ldflags \"-s -w\"" : "the new last stage"
    }
}

extension SlimCandidate {
    /// Of all files; nothing when they can't be read.
    fileprivate var bytes: Int64 { (try? SlimFacts.contents(inspection.image.tree))?.bytes ?? 0 }
}

extension SlimProof.Check {
    /// Of a probe, not of a run.
    fileprivate var isAnswer: Bool { name.hasPrefix("http://") || name.hasPrefix("https://") }
}

extension SlimAttempt {
    /// What differs, with what the slim image did then.
    fileprivate var differences: [(SlimProof.Check, RunOutcome)] {
        proof.checks.compactMap { check in
            guard check.verdict == .different else { return nil }
            let outcome = after.first { outcome in
                outcome.name == check.name || outcome.answers.contains { $0.probe == check.name }
            }
            return outcome.map { (check, $0) }
        }
    }
}

extension RunOutcome {
    /// The last lines that it wrote, errors last.
    func lastWords(_ count: Int) -> [String] {
        let lines = (output.split(separator: 0x0a) + error.split(separator: 0x0a)).suffix(count)
        return lines.map { SafeText.text(String(decoding: $0, as: UTF8.self)) }
    }
}

/// Figures of one of the two images.
struct SlimFacts {
    static let names = ["size", "compressed", "layers", "files", "packages", "programs", "user", "time to ready"]
    let cells: [String]

    /// Bytes and files, each inode's bytes once.
    static func contents(_ tree: FileTree) throws -> (bytes: Int64, files: Int) {
        var (bytes, files): (Int64, Int) = (0, 0)
        try tree.forEachNode { node in
            if node.entry.isDirectory { return }
            files += 1
            if node.hardlink == nil || node.hardlink == node.path { bytes += node.entry.size }
        }
        return (bytes, files)
    }

    init(_ candidate: SlimCandidate, _ outcomes: [RunOutcome]) async throws {
        let explanation = try await candidate.inspection.explanation()
        let image = candidate.inspection.image
        let (bytes, files) = try Self.contents(image.tree)
        let ready = outcomes.compactMap(\.ready).first.map { seconds in
            seconds < 1 ? "\(Int(seconds * 1000)) ms" : "\(Int(seconds * 10) / 10).\(Int(seconds * 10) % 10) s"
        }
        let user = image.config.config.user ?? ""
        cells = [
            Human.bytes(bytes), Human.bytes(image.compressedSize), "\(image.layers.count)", "\(files)",
            "\(explanation.packages.count)", "\(explanation.programs.count)", user.isEmpty ? "root" : user,
            ready ?? "-",
        ]
    }
}

/// Three lists side by side, as long as the shortest.
private func zip3(_ first: [String], _ second: [String], _ third: [String]) -> [(String, String, String)] {
    zip(first, zip(second, third)).map { ($0, $1.0, $1.1) }
}
