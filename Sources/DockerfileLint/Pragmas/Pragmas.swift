// https://github.com/hadolint/hadolint#inline-ignores
import Core
import DockerfileSyntax

/// What comments of the file turn off.
struct Pragmas {
    private var everywhere: Set<String> = []
    /// By line, from 0.
    private var lines: [Int: Set<String>] = [:]
    /// What holds behind a line (from 0), up to the next entry, in the order of lines: a stage's exceptions, or none.
    private var stages: [(line: Int, codes: Set<String>)] = []
    /// The line on which each instruction starts.
    private var starts: [Int] = []
    private var source: SourceFile?

    init() {}

    init(_ file: LintFile) {
        let pragmas = file.pragmas
        guard !pragmas.isEmpty else { return }
        source = file.source
        starts = file.statements.map { file.source.line(at: $0.outer.range.start) }
        var stages: [Int: Set<String>] = [:]
        for stage in file.stages { stages[starts[stage.statements.lowerBound]] = [] }
        for (line, _, pragma) in pragmas {
            switch pragma {
            case .ignore(let codes): lines[line + 1, default: []].formUnion(Self.families(codes))
            case .ignoreEverywhere(let codes): everywhere.formUnion(Self.families(codes))
            case .ignoreInStage(let codes):
                // hadolint takes the next line for the start of the stage, wherever the comment stands.
                stages[line + 1] = Self.families(codes)
            case .shell: continue
            }
        }
        self.stages = stages.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    func ignores(_ finding: Finding) -> Bool {
        guard let source else { return false }
        if everywhere.contains(finding.code) { return true }
        let line =
            finding.instruction.flatMap { starts.indices.contains($0) ? starts[$0] : nil }
            ?? source.line(at: finding.range.start)
        if lines[line]?.contains(finding.code) ?? false { return true }
        return stages.last { $0.line < line }?.codes.contains(finding.code) ?? false
    }

    private static func families(_ codes: [String]) -> Set<String> {
        codes.reduce(into: []) { $0.formUnion(RuleSet.family(of: $1)) }
    }
}
