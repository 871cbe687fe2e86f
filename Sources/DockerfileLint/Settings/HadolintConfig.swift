// https://github.com/hadolint/hadolint#configure
package import Core

/// What hadolint can be told outside its Dockerfiles: by a config file, by the environment, by options.
///
/// The three are read one by one and put together with ``merging(_:)``, from the environment over the file to the
/// options.
package struct HadolintConfig: Hashable, Sendable {
    /// The names that `format` takes.
    package static let formats = [
        "tty", "json", "checkstyle", "codeclimate", "gitlab_codeclimate", "gnu", "codacy", "sonarqube", "sarif",
        "junit",
    ]

    package var noFail = false
    package var noColor = false
    package var isVerbose = false
    /// Names of ``formats``; of several each is written.
    package var formats: [String] = []
    /// Findings below it don't fail the run; nil leaves hadolint's own, which is `info`.
    package var failureThreshold: LintSeverity?
    /// Codes that are to have a severity; of several the gravest holds.
    package var overrides: [LintSeverity: [String]] = [:]
    package var ignored: [String] = []
    package var labelSchema: [String: LintSettings.LabelType] = [:]
    package var strictLabels = false
    package var disablesIgnorePragma = false
    package var trustedRegistries: [String] = []

    package init() {}

    /// This, with what a source says that comes after it. Lists grow, switches stay on, a later threshold replaces an
    /// earlier one, but the kind of a label stays.
    package func merging(_ later: HadolintConfig) -> HadolintConfig {
        var out = self
        out.noFail = noFail || later.noFail
        out.noColor = noColor || later.noColor
        out.isVerbose = isVerbose || later.isVerbose
        out.formats += later.formats
        out.failureThreshold = later.failureThreshold ?? failureThreshold
        out.overrides.merge(later.overrides) { $0 + $1 }
        out.ignored += later.ignored
        out.labelSchema.merge(later.labelSchema) { first, _ in first }
        out.strictLabels = strictLabels || later.strictLabels
        out.disablesIgnorePragma = disablesIgnorePragma || later.disablesIgnorePragma
        out.trustedRegistries += later.trustedRegistries
        return out
    }

    /// Tells the linter.
    package func apply(to settings: inout LintSettings) {
        for severity in [LintSeverity.style, .info, .warning, .error] {
            for code in overrides[severity] ?? [] { settings.severities[code] = severity }
        }
        settings.ignored.formUnion(ignored)
        settings.trustedRegistries += trustedRegistries
        settings.labelSchema.merge(labelSchema) { first, _ in first }
        settings.strictLabels = settings.strictLabels || strictLabels
        settings.readsPragmas = settings.readsPragmas && !disablesIgnorePragma
    }

    /// Findings of this severity make the run fail.
    package func fails(on severity: LintSeverity) -> Bool {
        !noFail && severity >= (failureThreshold ?? .info)
    }

    /// A threshold or severity as hadolint writes it; `none` is its other name for `ignore`.
    package static func severity(_ text: String) -> LintSeverity? {
        text == "none" ? .ignore : LintSeverity(rawValue: text)
    }

    /// The kind of a label; nothing means text.
    package static func labelType(_ text: String) -> LintSettings.LabelType? {
        text.isEmpty ? .text : LintSettings.LabelType(rawValue: text)
    }

    /// Something that could be the code of a rule: of this program, or of shellcheck, or one that hadolint had once.
    package static func isCode(_ text: String) -> Bool {
        if RuleSet.rule(text) != nil { return true }
        let prefix = text.prefix(2)
        let digits = text.utf8.dropFirst(2)
        return (prefix == "DL" || prefix == "SC") && digits.count == 4
            && digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
}

/// What is odd or wrong in a hadolint config.
package enum HadolintConfigError: DiagnosticConvertible, Sendable, Equatable {
    case severity(String)
    case format(String)
    case labelType(String, label: String)
    case rule(String)
    /// A variable of the environment whose value says nothing.
    case variable(String, value: String, known: [String])

    package var diagnostic: Diagnostic {
        switch self {
        case .severity(let text):
            let known = LintSeverity.allCases.map(\.rawValue) + ["none"]
            return Diagnostic(
                code: "lint-config.severity", "'\(text)' is no severity", hint: Self.hint(text, known, "severities"))
        case .format(let text):
            return Diagnostic(
                code: "lint-config.format", "'\(text)' is no output format",
                hint: Self.hint(text, HadolintConfig.formats, "formats"))
        case .labelType(let text, let label):
            return Diagnostic(
                code: "lint-config.label-type", "'\(text)' is no kind of label, as '\(label)' is to be",
                hint: Self.hint(text, LintSettings.LabelType.allCases.map(\.rawValue), "kinds"))
        case .rule(let text):
            return Diagnostic(
                .warning, code: "lint-config.rule", "no rule is called '\(text)'",
                hint: Suggestion.hint(for: text, in: RuleSet.all.map { $0.info.code }))
        case .variable(let name, let value, let known):
            return Diagnostic(
                .warning, code: "lint-config.variable", "\(name) is '\(value)', which says nothing",
                hint: Self.hint(value, known, "values"))
        }
    }

    private static func hint(_ text: String, _ known: [String], _ what: String) -> String {
        Suggestion.hint(for: text, in: known) ?? "\(what) are \(known.joined(separator: ", "))"
    }
}
