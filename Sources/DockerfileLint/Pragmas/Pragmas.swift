// https://github.com/hadolint/hadolint#inline-ignores
import Core
import DockerfileSyntax

/// What comments of the file turn off.
struct Pragmas {
    private var everywhere: Set<String> = []
    /// By line, from 0.
    private var lines: [Int: Set<String>] = [:]
    /// By index of the stage.
    private var stages: [Int: Set<String>] = [:]
    /// The line on which an instruction starts, and the stage it is in.
    private var places: [(line: Int, stage: Int?)] = []
    private var source: SourceFile?

    init() {}

    init(_ file: LintFile) {
        let pragmas = file.pragmas
        guard !pragmas.isEmpty else { return }
        source = file.source
        places = file.statements.map { (file.source.line(at: $0.outer.range.start), $0.stage) }
        for (line, _, pragma) in pragmas {
            switch pragma {
            case .ignore(let codes): lines[line + 1, default: []].formUnion(Self.families(codes))
            case .ignoreEverywhere(let codes): everywhere.formUnion(Self.families(codes))
            case .ignoreInStage(let codes):
                guard
                    let stage = file.stages.first(where: { places[$0.statements.lowerBound].line == line + 1 })?.index
                else { continue }
                stages[stage, default: []].formUnion(Self.families(codes))
            case .shell: continue
            }
        }
    }

    func ignores(_ finding: Finding) -> Bool {
        guard let source else { return false }
        if everywhere.contains(finding.code) { return true }
        guard let instruction = finding.instruction, places.indices.contains(instruction) else {
            return lines[source.line(at: finding.range.start)]?.contains(finding.code) ?? false
        }
        let (line, stage) = places[instruction]
        if lines[line]?.contains(finding.code) ?? false { return true }
        return stage.flatMap { stages[$0] }?.contains(finding.code) ?? false
    }

    private static func families(_ codes: [String]) -> Set<String> {
        codes.reduce(into: []) { $0.formUnion(RuleSet.family(of: $1)) }
    }
}
