package import Core

/// One rule. It looks at one file and remembers nothing.
package protocol LintRule: Sendable {
    static var info: RuleInfo { get }
    /// Looks for what the rule is about. Time and memory are linear in the file.
    static func check(_ file: LintFile, _ report: inout LintReport)
}

/// Collects the findings of a run.
package struct LintReport: Sendable {
    package internal(set) var findings: [Finding] = []
    /// The rule that is looking.
    var rule: RuleInfo
    var severity: LintSeverity

    init(rule: RuleInfo, severity: LintSeverity) {
        self.rule = rule
        self.severity = severity
    }

    /// Says that the rule is broken here.
    /// - Parameter message: more exact than the rule's title.
    package mutating func add(
        _ range: SourceRange, in statement: LintStatement?, _ message: String? = nil, fix: Fix? = nil
    ) {
        findings.append(
            Finding(
                code: rule.code, severity: severity, message: message ?? rule.title, range: range,
                instruction: statement?.index, fix: fix))
    }
}
