package import Core

/// What a project demands of its images: the section `policy` of its `sampan.yaml`.
package struct PolicyFile: Sendable {
    /// What a rule does when it is broken.
    package enum Mode: String, Sendable, CaseIterable {
        /// The check fails.
        case enforce
        /// It is told, and the check goes on.
        case warn
        /// The rule is not looked at.
        case off
    }

    /// A rule that may be broken for a while, and who answers for it.
    package struct Exception: Sendable {
        package var rule: String
        /// Of the finding; nil is for all of the rule.
        package var path: PathPattern?
        package var reason: String
        package var owner: String
        /// The last day on which it holds.
        package var expires: CivilDate
        /// Where the rule is named.
        package var ruleSpan: SourceSpan
        /// Where the path is; nil where there is none.
        package var pathSpan: SourceSpan?
    }

    /// Of every rule that has none of its own.
    package var mode: Mode = .enforce
    package var profile: String?
    /// The file of the figures that growth is measured against, as a program can open it.
    package var baseline: String?
    /// By the rules' names.
    package var rules: [String: RuleSettings] = [:]
    package var exceptions: [Exception] = []
    /// Where the section stands.
    package var span: SourceSpan?

    package init() {}

    /// The same, and what a profile says where it says nothing.
    package func over(_ profile: PolicyFile) -> PolicyFile {
        var policy = self
        for (name, settings) in profile.rules {
            var settings = settings
            // What a profile says is said where it was chosen.
            settings.span = span
            settings.spans = [:]
            policy.rules[name] = policy.rules[name]?.over(settings) ?? settings
        }
        return policy
    }

    /// What a rule does; off for one that the policy does not have.
    package func mode(of rule: String) -> Mode {
        guard let settings = rules[rule] else { return .off }
        return settings.mode ?? mode
    }
}

/// What a policy says about one rule.
package struct RuleSettings: Sendable {
    package var mode: PolicyFile.Mode?
    package var values: [String: SettingValue]
    /// Where each key stands.
    package var spans: [String: SourceSpan]
    /// Where the rule stands.
    package var span: SourceSpan?

    package init(
        mode: PolicyFile.Mode? = nil, values: [String: SettingValue] = [:], spans: [String: SourceSpan] = [:],
        span: SourceSpan? = nil
    ) {
        self.mode = mode
        self.values = values
        self.spans = spans
        self.span = span
    }

    /// The same where something is said, else what `other` says.
    func over(_ other: RuleSettings) -> RuleSettings {
        RuleSettings(
            mode: mode ?? other.mode, values: values.merging(other.values) { mine, _ in mine },
            spans: spans.merging(other.spans) { mine, _ in mine }, span: span ?? other.span)
    }

    func bytes(_ key: String) -> Int64? { if case .bytes(let value)? = values[key] { value } else { nil } }
    func count(_ key: String) -> Int? { if case .count(let value)? = values[key] { value } else { nil } }
    func percent(_ key: String) -> Double? { if case .percent(let value)? = values[key] { value } else { nil } }
    func flag(_ key: String) -> Bool? { if case .flag(let value)? = values[key] { value } else { nil } }
    func choice(_ key: String) -> String? { if case .choice(let value)? = values[key] { value } else { nil } }
    func texts(_ key: String) -> [String] { if case .texts(let value)? = values[key] { value } else { [] } }
    func paths(_ key: String) -> [PathPattern] { if case .paths(let value)? = values[key] { value } else { [] } }
    func ports(_ key: String) -> [PortRange]? { if case .ports(let value)? = values[key] { value } else { nil } }
    func pairs(_ key: String) -> [SettingValue.Pair] { if case .pairs(let value)? = values[key] { value } else { [] } }
}
