extension HadolintRules {
    /// About the programs that RUN starts: package managers first of all.
    static let packages: [any LintRule.Type] = []
}
