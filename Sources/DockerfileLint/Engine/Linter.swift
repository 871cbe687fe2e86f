import Core
import DockerfileSyntax

/// Runs the rules over a file.
package enum Linter {
    /// The findings of one file, in the order of the file. Rules that are off don't run.
    /// - Parameter others: what another program found; settings and pragmas hold for it too.
    package static func lint(
        _ file: LintFile, rules: [any LintRule.Type] = RuleSet.all, with others: [Finding] = []
    ) -> [Finding] {
        var findings = syntaxErrors(file)
        for var finding in others {
            finding.severity = file.settings.severities[finding.code] ?? finding.severity
            if finding.severity != .ignore { findings.append(finding) }
        }
        for rule in rules {
            let info = rule.info
            let severity = file.settings.severities[info.code] ?? file.checks.all.severity(of: info) ?? info.severity
            guard severity != .ignore else { continue }
            var report = LintReport(rule: info, severity: severity)
            rule.check(file, &report)
            findings += report.findings
        }
        findings += refusals(file, besides: findings)
        let pragmas = file.settings.readsPragmas ? Pragmas(file) : Pragmas()
        let ignored = file.settings.ignored.reduce(into: Set<String>()) { $0.formUnion(RuleSet.family(of: $1)) }
        findings.removeAll { ignored.contains($0.code) || pragmas.ignores($0) || file.checks.skips($0) }
        return merged(findings).sorted {
            ($0.range.start, $0.range.end, $0.code) < ($1.range.start, $1.range.end, $1.code)
        }
    }

    /// What the parser could not take, under hadolint's code for it.
    private static func syntaxErrors(_ file: LintFile) -> [Finding] {
        file.errors.filter(\.kind.isSyntax).map { error in
            Finding(
                code: "DL1000", severity: .error, message: message(error),
                range: error.span?.range ?? SourceRange(0, 0), instruction: nil, fix: nil)
        }
    }

    /// What is wrong, with the word that was meant where one is near.
    private static func message(_ error: DockerfileError) -> String {
        let diagnostic = error.diagnostic
        guard let hint = diagnostic.hint, hint.hasPrefix("did you mean") else { return diagnostic.message }
        return diagnostic.message + "; " + hint
    }

    /// What a build refuses although it can be read, unless a rule tells of that instruction as an error already.
    private static func refusals(_ file: LintFile, besides findings: [Finding]) -> [Finding] {
        guard !file.errors.isEmpty else { return [] }
        let told = Set(findings.lazy.filter { $0.severity == .error }.compactMap(\.instruction))
        return file.errors.filter { !$0.kind.isSyntax }.compactMap { error in
            guard let range = error.span?.range else { return nil }
            let statement = file.statement(at: range.start)
            let reserved = if case .reservedStageName = error.kind { true } else { false }
            if reserved || statement.map({ told.contains($0.index) }) ?? false { return nil }
            return Finding(
                code: "DL1000", severity: .error, message: message(error), range: range,
                instruction: statement?.index, fix: nil)
        }
    }

    /// Of findings that tell the same about an instruction the first one stays, and names the others.
    private static func merged(_ findings: [Finding]) -> [Finding] {
        var out: [Finding] = []
        var places: [Key: Int] = [:]
        for finding in findings {
            let family = RuleSet.family(of: finding.code)
            let twin = family.lazy.compactMap { code in
                code == finding.code ? nil : places[Key(code: code, instruction: finding.instruction)]
            }.first
            if let twin {
                // `# check=error=true` makes an error of it, whoever told it first.
                if finding.severity == .error, RuleSet.rule(finding.code)?.info.origin == .buildkit {
                    out[twin].severity = .error
                }
                if !out[twin].equivalents.contains(finding.code) { out[twin].equivalents.append(finding.code) }
            } else {
                places[Key(code: finding.code, instruction: finding.instruction)] = out.count
                out.append(finding)
            }
        }
        return out
    }

    private struct Key: Hashable {
        var code: String
        var instruction: Int?
    }
}
