extension HadolintRules {
    /// About the package managers of other distributions and languages.
    static let morePackages: [any LintRule.Type] = [
        DL3028.self,
        DL3030.self,
        DL3032.self,
        DL3033.self,
        DL3034.self,
        DL3035.self,
        DL3036.self,
        DL3037.self,
        DL3038.self,
        DL3040.self,
        DL3041.self,
    ]
}
