/// hadolint's rules.
enum HadolintRules {}

extension HadolintRules {
    /// About instructions, images, labels and users.
    static let instructions: [any LintRule.Type] = [
        DL3000.self
    ]
}
