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
            table.add([name, before, after])
        }
        var checks = Table(["what was asked", "before", "after", ""])
        for check in attempt.proof.checks {
            checks.add([check.name, check.before, check.after, Self.word(check.verdict)])
        }
        var parts = ["", table.text, "", checks.text]
        let observed = attempt.plan.observedItems
        if !observed.isEmpty {
            parts += ["", "Copied because the observed run used it, and nothing else tells that it is needed:"]
            parts += observed.prefix(40).map(Self.line)
            if observed.count > 40 { parts.append("  and \(observed.count - 40) more") }
        }
        let unproved = Self.unproved(attempt, notes, options)
        if !unproved.isEmpty { parts += ["", "Not proved, or left as it was:"] + unproved.map { "  - " + $0 } }
        text = parts.joined(separator: "\n") + "\n"
    }

    private static func word(_ verdict: SlimProof.Verdict) -> String {
        switch verdict {
        case .same: "alike"
        case .different: "DIFFERENT"
        case .unproved: "not proved"
        }
    }

    private static func line(_ item: SlimPlan.Item) -> String {
        let path = SafeText.path(item.path) + (item.isDirectory ? "/" : "")
        let files = item.isDirectory ? ", \(item.files) files" : ""
        return "  /\(path.hasPrefix("/") ? String(path.dropFirst()) : path)  \(Human.bytes(item.bytes))\(files)"
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
        let addresses = attempt.before.flatMap(\.addresses)
        if !addresses.isEmpty {
            out.append(
                "the program wants a network (\(addresses.prefix(4).joined(separator: ", "))) and had none: what it does with"
                    + " answers from there is not known")
        }
        for verdict in Linkage(attempt.slim.inspection.image).verdicts() where verdict.isEntrypoint {
            for gap in verdict.gaps {
                out.append(
                    "\(verdict.path.absolute) may want \(VerdictText.need(gap.need)): \(gap.missing) is not there")
            }
        }
        let user = attempt.slim.image.config.user ?? ""
        if ["", "0", "root"].contains(user.prefix { $0 != ":" }) {
            out.append("the program runs as root, as before: --user 65532:65532 gives it a user without rights")
        }
        var seen: Set<String> = []
        return out.filter { seen.insert($0).inserted }
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

    private static func name(_ ambition: SlimRewriter.Ambition) -> String {
        ambition.withoutC ? "CGO_ENABLED=0" : ambition.editsGo ? "-ldflags \"-s -w\"" : "the new last stage"
    }
}

/// Figures of one of the two images.
struct SlimFacts {
    static let names = ["size", "compressed", "layers", "files", "packages", "programs", "user", "time to ready"]
    let cells: [String]

    init(_ candidate: SlimCandidate, _ outcomes: [RunOutcome]) async throws {
        let explanation = try await candidate.inspection.explanation()
        let image = candidate.inspection.image
        var (bytes, files): (Int64, Int) = (0, 0)
        try image.tree.forEachNode { node in
            if node.entry.isDirectory { return }
            files += 1
            if node.hardlink == nil || node.hardlink == node.path { bytes += node.entry.size }
        }
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
