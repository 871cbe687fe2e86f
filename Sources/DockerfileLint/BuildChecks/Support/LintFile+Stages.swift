import Core
import DockerfileSyntax

extension LintFile {
    /// The findings that are about some stages, and those about what stands before the first one.
    /// - Parameter stages: their indexes; nil for all.
    package func findings(_ findings: [Finding], in stages: Set<Int>?) -> [Finding] {
        guard let stages else { return findings }
        return findings.filter { finding in
            let statement =
                finding.instruction.map { statements[$0] }
                ?? statements.last { $0.outer.range.start <= finding.range.start }
            return statement?.stage.map(stages.contains) ?? true
        }
    }
}
