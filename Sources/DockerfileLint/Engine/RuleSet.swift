/// All rules of the program, in the order in which they are listed.
package enum RuleSet {
    package static let all: [any LintRule.Type] =
        HadolintRules.instructions + HadolintRules.packages + HadolintRules.morePackages
        + BuildCheckRules.all + OwnRules.all

    private static let byCode = Dictionary(all.map { ($0.info.code, $0) }) { first, _ in first }

    /// BuildKit's, which a build tells of by itself.
    package static let buildChecks = BuildCheckRules.all

    /// Every code in small letters.
    static let lowercasedCodes = Set(all.map { $0.info.code.lowercased() })

    package static func rule(_ code: String) -> (any LintRule.Type)? { byCode[code] }

    /// The codes that ignoring a code silences: itself and those that tell the same.
    package static func family(of code: String) -> Set<String> {
        families[code] ?? [code]
    }

    private static let families: [String: Set<String>] = {
        var out: [String: Set<String>] = [:]
        for rule in all {
            for other in rule.info.equivalents {
                out[rule.info.code, default: [rule.info.code]].insert(other)
                out[other, default: [other]].insert(rule.info.code)
            }
        }
        return out
    }()
}
