import ArgumentParser
import Core
import DockerfileLint
import HostOS

/// Writes what a run found, makes the changes, and decides the exit status.
struct LintEnding {
    let request: LintRequest
    let plan: LintPlan
    let results: [Result<LintJob.Outcome, Diagnostic>]
    let failures: [Diagnostic]
    let hadShellCheck: Bool

    /// - Throws: `ExitCode` for anything but success.
    func finish() throws {
        var failures = self.failures
        var outcomes: [LintJob.Outcome] = []
        for result in results {
            switch result {
            case .success(let outcome): outcomes.append(outcome)
            case .failure(let failure): failures.append(failure)
            }
        }
        if request.showsDifference {
            let text = outcomes.map { UnifiedDiff.text(from: $0.before.bytes, to: $0.after.bytes, name: name($0)) }
                .joined()
            try write(Array(text.utf8))
            report(failures)
            if !failures.isEmpty { throw ExitCode(2) }
            if !text.isEmpty, !plan.config.noFail { throw ExitCode(1) }
            return
        }
        if request.writesFixes { failures += fix(&outcomes) }
        var writer = LintReportWriter(
            outcomes.map { LintedFile(source: $0.after, findings: $0.findings) }, version: Version.text)
        writer.pathInReport = request.pathInReport
        writer.usesColor = !plan.config.noColor && request.output == nil && Console.shared.outputUsesColor
        writer.width = min(120, Console.shared.outputWidth ?? 100)
        let text = writer.text(plan.format)
        if fixesStandardInput {
            // The mended text is the result there; findings are for who watches.
            if let outcome = outcomes.first(where: { $0.before.name == "-" }) {
                Console.shared.output(outcome.after.bytes)
            }
            if request.output == nil { Console.shared.message(text) } else { try write(text) }
        } else {
            try write(text)
        }
        remark(writer, outcomes)
        report(failures)
        if !failures.isEmpty { throw ExitCode(2) }
        if !plan.format.keepsStatus, outcomes.contains(where: { $0.findings.contains(where: isFailure) }) {
            throw ExitCode(1)
        }
    }

    private func isFailure(_ finding: Finding) -> Bool { plan.config.fails(on: finding.severity) }

    private var fixesStandardInput: Bool { request.writesFixes && request.files.contains("-") }

    private func name(_ outcome: LintJob.Outcome) -> String {
        outcome.before.name == "-" ? "Dockerfile" : outcome.before.name
    }

    private func write(_ text: [UInt8]) throws {
        if let output = request.output {
            try AtomicFile.write(text, to: output)
        } else {
            Console.shared.output(text)
        }
    }

    /// Writes changed files. Of one that can't be written the findings are those it had.
    private func fix(_ outcomes: inout [LintJob.Outcome]) -> [Diagnostic] {
        var failures: [Diagnostic] = []
        for index in outcomes.indices {
            let outcome = outcomes[index]
            guard outcome.before.name != "-", outcome.after.bytes != outcome.before.bytes else { continue }
            do throws(Diagnostic) {
                try FixedFile.write(outcome.after.bytes, to: outcome.before.name, before: outcome.before.bytes)
            } catch {
                failures.append(error)
                outcomes[index].applied = []
            }
        }
        return failures
    }

    /// What is said beside the report.
    private func remark(_ writer: LintReportWriter, _ outcomes: [LintJob.Outcome]) {
        let console = Console.shared
        let fixed = outcomes.filter { !$0.applied.isEmpty }
        if !fixed.isEmpty {
            let count = fixed.reduce(0) { $0 + $1.applied.count }
            console.message(
                "mended \(count) finding\(count == 1 ? "" : "s") in \(fixed.count) file\(fixed.count == 1 ? "" : "s")")
        }
        if plan.format == .tty, console.isInteractive, outcomes.allSatisfy({ $0.findings.isEmpty }), !outcomes.isEmpty {
            console.message(writer.summary)
        }
        if request.usesShellCheck == nil, !hadShellCheck,
            outcomes.contains(where: \.hasScripts)
        {
            console.message(
                "note: the scripts of RUN were not looked at (SC…): the program shellcheck is not installed; "
                    + "--no-shellcheck silences this")
        }
    }

    private func report(_ failures: [Diagnostic]) {
        for failure in failures { Console.shared.diagnostic(failure) }
    }
}
