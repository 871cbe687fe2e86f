/// BuildKit's build checks, under their names.
enum BuildCheckRules {
    static let all: [any LintRule.Type] = []
}
