package import Core

/// What is wrong with a policy.
package enum PolicyError: DiagnosticConvertible, Equatable {
    case pattern(String)
    case amount(String, key: String, form: String)
    case choice(String, key: String, choices: [String])
    case notRule(String)
    case profile(String)
    case date(String)
    case empty(key: String)
    case baseline(String, reason: String)
    case noFigures(platform: String, file: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .pattern(let text):
            Diagnostic(
                code: "policy.pattern", "'\(text)' is not a pattern of paths",
                hint: "write /etc/ssl/**, /app/*.so, or a name such as *.pyc for any directory")
        case .amount(let text, let key, let form):
            Diagnostic(code: "policy.amount", "'\(text)' is not understood as '\(key)'", hint: "the form is \(form)")
        case .choice(let text, let key, let choices):
            Diagnostic(
                code: "policy.choice", "'\(text)' is not a '\(key)'",
                hint: Suggestion.hint(for: text, in: choices) ?? "write one of: " + choices.joined(separator: ", "))
        case .notRule(let name):
            Diagnostic(
                code: "policy.rule", "there is no rule '\(name)'",
                hint: Suggestion.hint(for: name, in: PolicyRules.names)
                    ?? "the rules are: " + PolicyRules.names.joined(separator: ", "))
        case .profile(let name):
            Diagnostic(
                code: "policy.profile", "there is no profile '\(name)'",
                hint: "the profiles are: " + Profile.names.joined(separator: ", "))
        case .date(let text):
            Diagnostic(
                code: "policy.date", "'\(text)' is not a day", hint: "the form is YEAR-MONTH-DAY, such as 2030-01-31")
        case .empty(let key): Diagnostic(code: "policy.empty", "'\(key)' says nothing", hint: "write a sentence")
        case .baseline(let file, let reason):
            Diagnostic(
                code: "policy.baseline", "the baseline '\(file)' can't be used", causes: [reason],
                hint: "write it anew: sampan check --update-baseline")
        case .noFigures(let platform, let file):
            Diagnostic(
                code: "policy.baseline", "the baseline '\(file)' has no figures for \(platform)",
                hint: "add them: sampan check --update-baseline --platform \(platform)")
        }
    }
}
