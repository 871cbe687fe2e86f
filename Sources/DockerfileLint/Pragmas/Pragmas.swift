// https://github.com/hadolint/hadolint#inline-ignores
import Core
import DockerfileSyntax

/// What comments of the file turn off.
struct Pragmas {
    private var everywhere: Set<String> = []
    /// By index of the instruction.
    private var instructions: [Int: Set<String>] = [:]

    init() {}

    init(_ file: LintFile) {
        for (index, instruction) in file.dockerfile.instructions.enumerated() {
            for comment in instruction.comments {
                guard let pragma = Self.parse(comment.text) else { continue }
                if pragma.isGlobal {
                    everywhere.formUnion(pragma.codes)
                } else {
                    instructions[index, default: []].formUnion(pragma.codes)
                }
            }
        }
    }

    func ignores(_ finding: Finding) -> Bool {
        if everywhere.contains(finding.code) { return true }
        guard let instruction = finding.instruction else { return false }
        return instructions[instruction]?.contains(finding.code) ?? false
    }

    /// `hadolint [global] ignore=CODE,CODE`, with the codes that tell the same.
    private static func parse(_ text: String) -> (isGlobal: Bool, codes: Set<String>)? {
        var words = text.split(whereSeparator: \.isWhitespace)
        guard words.first == "hadolint" || words.first == "sampan" else { return nil }
        words.removeFirst()
        let isGlobal = words.first == "global"
        if isGlobal { words.removeFirst() }
        let rest = words.joined()
        guard rest.hasPrefix("ignore=") else { return nil }
        let codes = rest.dropFirst(7).split(separator: ",").map(String.init)
        return (isGlobal, codes.reduce(into: []) { $0.formUnion(RuleSet.family(of: $1)) })
    }
}
