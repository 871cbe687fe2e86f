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
        for rule in all {
            let mode = policy.mode(of: rule.name)
            guard mode != .off, let settings = policy.rules[rule.name] else { continue }
            let findings = try await rule.findings(settings, input)
            let policyPlace = (settings.span ?? policy.span).map { PolicyResult.Place($0) }
            if findings.isEmpty {
                results.append(
                    PolicyResult(
                        rule: rule.name, outcome: .passed, message: rule.title, place: policyPlace,
                        policyPlace: policyPlace))
            }
            for finding in findings.prefix(FindingList.limit) {
                let place = finding.key.flatMap { settings.spans[$0] }.map { PolicyResult.Place($0) } ?? policyPlace
                let (outcome, remark) = outcome(of: finding, rule.name, mode, policy, context, &used)
                results.append(
                    PolicyResult(
                        rule: rule.name, outcome: outcome, message: finding.message + remark, hint: finding.hint,
                        path: finding.path, place: finding.place.map { PolicyResult.Place($0) } ?? place,
                        policyPlace: place))
            }
            let untold = max(0, findings.count - FindingList.limit) + findings.reduce(0) { $0 + $1.others }
            if untold > 0 {
                results.append(
                    PolicyResult(
                        rule: rule.name, outcome: mode == .enforce ? .failed : .warned,
                        message: "and \(untold) more", place: policyPlace,
                        policyPlace: policyPlace))
            }
        }
        results += needless(policy, used)
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
    private static func needless(_ policy: PolicyFile, _ used: Set<Int>) -> [PolicyResult] {
        policy.exceptions.enumerated().filter { !used.contains($0.offset) && policy.mode(of: $0.element.rule) != .off }
            .map { _, exception in
                let place = PolicyResult.Place(exception.span)
                let path = exception.path.map { " of \($0.text)" } ?? ""
                return PolicyResult(
                    rule: exception.rule, outcome: .warned,
                    message: "the exception\(path) is needed by nothing", hint: "take it out of the policy",
                    place: place, policyPlace: place)
            }
    }
}
