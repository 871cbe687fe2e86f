package import Core
import DockerfileSyntax

/// Fixes a file until nothing is left to fix.
///
/// Fixes of one pass never touch each other's bytes: the one that comes first in the file is taken, the others wait for
/// the next pass, which looks at the new text. A pass that leaves more errors than there were is taken back, and its
/// fixes are tried one by one.
package struct FixRun: Sendable {
    /// The file as it is now.
    package private(set) var file: LintFile
    package var after: SourceFile { file.source }
    /// What was done, in order.
    package private(set) var applied: [Finding] = []
    /// What is left in ``after``.
    package private(set) var remaining: [Finding] = []

    private static let passLimit = 20

    /// - Parameter unsafe: take fixes that may change what the build gives.
    package init(
        fixing source: SourceFile, unsafe: Bool, settings: LintSettings, project: (any LintProject)? = nil
    ) {
        let tools = Tools(unsafe: unsafe, settings: settings, project: project)
        file = LintFile(parsing: source, settings: settings, project: project)
        remaining = Linter.lint(file)
        for _ in 0..<Self.passLimit {
            let candidates = remaining.filter(tools.wants)
            guard let step = tools.step(file, candidates) else { return }
            applied += step.applied
            file = step.file
            remaining = step.findings
        }
    }

    private struct Step {
        var file: LintFile
        var findings: [Finding]
        var applied: [Finding]
    }

    private struct Tools {
        let unsafe: Bool
        let settings: LintSettings
        let project: (any LintProject)?

        func wants(_ finding: Finding) -> Bool { finding.fix.map { $0.isSafe || unsafe } ?? false }

        /// One pass: all fixes that don't meet, or else the first that does no harm.
        func step(_ file: LintFile, _ candidates: [Finding]) -> Step? {
            guard !candidates.isEmpty else { return nil }
            let chosen = FixApplier.compatible(candidates)
            if let step = attempt(file, chosen) { return step }
            for finding in chosen {
                if let step = attempt(file, [finding]) { return step }
            }
            return nil
        }

        private func attempt(_ file: LintFile, _ findings: [Finding]) -> Step? {
            let edits = findings.flatMap { $0.fix?.edits ?? [] }
            let bytes = FixApplier.apply(edits, to: file.source.bytes)
            guard bytes != file.source.bytes else { return nil }
            let source = SourceFile(name: file.source.name, bytes: bytes)
            let fixed = LintFile(parsing: source, settings: settings, project: project)
            guard fixed.errors.count <= file.errors.count else { return nil }
            return Step(file: fixed, findings: Linter.lint(fixed), applied: findings)
        }
    }
}

/// Puts edits into a text.
package enum FixApplier {
    /// The findings, in their order, whose fixes touch no byte of one chosen before.
    package static func compatible(_ findings: [Finding]) -> [Finding] {
        var taken: [SourceRange] = []
        return findings.filter { finding in
            let ranges = (finding.fix?.edits ?? []).map(\.range)
            guard !ranges.isEmpty, !ranges.contains(where: { range in taken.contains { $0.meets(range) } }) else {
                return false
            }
            taken += ranges
            return true
        }
    }

    /// The text with all edits made. Edits don't overlap; of edits that insert at one place the first comes first.
    package static func apply(_ edits: [TextEdit], to bytes: [UInt8]) -> [UInt8] {
        let sorted = edits.enumerated().sorted { left, right in
            (left.element.range.start, left.element.range.end, left.offset)
                < (right.element.range.start, right.element.range.end, right.offset)
        }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + edits.reduce(0) { $0 + $1.text.utf8.count })
        var at = 0
        for (_, edit) in sorted where edit.range.start >= at && edit.range.end <= bytes.count {
            out.append(contentsOf: bytes[at..<edit.range.start])
            out.append(contentsOf: edit.text.utf8)
            at = edit.range.end
        }
        out.append(contentsOf: bytes[at...])
        return out
    }
}

extension SourceRange {
    /// Shares a byte with another range, or inserts at, or touches, its edge.
    fileprivate func meets(_ other: SourceRange) -> Bool { start <= other.end && other.start <= end }
}
