import Core
package import ImageAnalysis

/// All rules, and judging by them.
package enum PolicyRules {
    /// In the order in which they are told.
    package static let all: [any (PolicyRule & SendableMetatype).Type] = [
        SizeRule.self, LayersRule.self, WasteRule.self, BaseRule.self, UserRule.self, SetuidRule.self,
        WorldWritableRule.self, SecretsRule.self, ShellsRule.self, PackageManagersRule.self, ToolchainsRule.self,
        LinkageRule.self, PortsRule.self, HealthcheckRule.self, LabelsRule.self, PlatformsRule.self, FilesRule.self,
        ContextRule.self, ReproducibleRule.self,
    ]

    package static let names = all.map { $0.name }

    package static func rule(_ name: String) -> (any PolicyRule.Type)? { all.first { $0.name == name } }

    /// What a policy says about an image. Rules that are off are not mentioned.
    package static func judge(
        _ explanation: Explanation, by policy: PolicyFile, _ context: PolicyContext
    ) async throws -> PolicyVerdict {
        let input = try PolicyInput(explanation, context)
        var results: [PolicyResult] = []
        var used: Set<Int> = []
        var overflowed: Set<String> = []
        for rule in all {
            let mode = policy.mode(of: rule.name)
            guard mode != .off, let settings = policy.rules[rule.name] else { continue }
            let findings = try await rule.findings(settings, input)
            func place(_ span: SourceSpan) -> PolicyResult.Place { .init(span, from: context.workingDirectory) }
            let policyPlace = (settings.span ?? policy.span).map(place)
            if findings.isEmpty {
                results.append(
                    PolicyResult(
                        rule: rule.name, outcome: .passed, message: rule.title, place: policyPlace,
                        policyPlace: policyPlace))
            }
            for finding in findings {
                let setting = finding.key.flatMap { settings.spans[$0] }.map(place) ?? policyPlace
                let (outcome, remark) = outcome(of: finding, rule.name, mode, policy, context, &used)
                var result = PolicyResult(
                    rule: rule.name, outcome: outcome, message: finding.message + remark, hint: finding.hint,
                    path: finding.path, place: finding.place.map { PolicyResult.Place($0) } ?? setting,
                    policyPlace: setting)
                result.weight = finding.weight
                result.isUnjudged = finding.isUnjudged
                results.append(result)
            }
            let untold = findings.reduce(0) { $0 + $1.others }
            if untold > 0 {
                overflowed.insert(rule.name)
                let more = PolicyFinding("and \(untold) more that are counted and not listed")
                // Those are known by nothing but their rule: an exception for a path is not one for them.
                let (outcome, remark) = outcome(of: more, rule.name, mode, policy, context, &used)
                var result = PolicyResult(
                    rule: rule.name, outcome: outcome, message: more.message + remark, place: policyPlace,
                    policyPlace: policyPlace)
                result.count = untold
                results.append(result)
            }
        }
        results += needless(policy, used, overflowed, context)
        return PolicyVerdict(results: results)
    }

    private static func outcome(
        of finding: PolicyFinding, _ rule: String, _ mode: PolicyFile.Mode, _ policy: PolicyFile,
        _ context: PolicyContext, _ used: inout Set<Int>
    ) -> (PolicyResult.Outcome, String) {
        var remark = ""
        for (index, exception) in policy.exceptions.enumerated() where exception.rule == rule {
            if let pattern = exception.path {
                guard let path = finding.path, pattern.matches(path) else { continue }
            }
            used.insert(index)
            guard exception.expires.daysSince1970 >= context.today.daysSince1970 else {
                remark = " (the exception of \(exception.owner) ended on \(Day.text(exception.expires)))"
                continue
            }
            return (
                .excepted(
                    reason: exception.reason, owner: exception.owner, expires: Day.text(exception.expires)), ""
            )
        }
        return (mode == .enforce ? .failed : .warned, remark)
    }

    /// Exceptions that nothing needs: they should go before somebody relies on them.
    ///
    /// Of a rule that found more than it lists nobody knows which of its exceptions are needed.
    private static func needless(
        _ policy: PolicyFile, _ used: Set<Int>, _ overflowed: Set<String>, _ context: PolicyContext
    ) -> [PolicyResult] {
        policy.exceptions.enumerated().compactMap { index, exception in
            guard !used.contains(index), !overflowed.contains(exception.rule) else { return nil }
            let path = exception.path.map { " of \($0.text)" } ?? ""
            let about: SourceSpan
            let message: String
            let hint: String
            if policy.mode(of: exception.rule) == .off {
                about = exception.ruleSpan
                let state = policy.rules[exception.rule] == nil ? "the policy does not have" : "is off in the policy"
                message = "the exception\(path) is for the rule '\(exception.rule)', which \(state)"
                hint = "take it out, or ask for the rule: '\(exception.rule): true'"
            } else {
                about = exception.pathSpan ?? exception.ruleSpan
                message = "the exception\(path) is needed by nothing"
                hint = "take it out of the policy"
            }
            let place = PolicyResult.Place(about, from: context.workingDirectory)
            var result = PolicyResult(
                rule: exception.rule, outcome: .warned, message: message, hint: hint, place: place, policyPlace: place)
            result.excerpt = about
            return result
        }
    }
}
