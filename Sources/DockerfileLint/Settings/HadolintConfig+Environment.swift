// https://github.com/hadolint/hadolint#cli
package import Core

extension HadolintConfig {
    /// Reads the variables of the environment that hadolint reads.
    /// - Returns: the config, and warnings about values that say nothing, which hadolint passes over in silence.
    package static func parse(
        environment: [String: String]
    ) -> (config: HadolintConfig, warnings: [Diagnostic]) {
        var reader = HadolintEnvironment(environment: environment)
        return (reader.read(), reader.warnings)
    }

    /// `NAME`, or `NAME:TYPE`, as `--require-label` takes it.
    package static func label(_ text: String) -> (name: String, type: LintSettings.LabelType)? {
        guard let colon = text.firstIndex(of: ":") else { return (text, .text) }
        return labelType(String(text[text.index(after: colon)...])).map { (String(text[..<colon]), $0) }
    }
}

private struct HadolintEnvironment {
    let environment: [String: String]
    var warnings: [Diagnostic] = []

    private static let truths: Set<String> = ["1", "y", "yes", "true", "on"]
    private static let falsehoods: Set<String> = ["", "0", "n", "no", "false", "off"]

    mutating func read() -> HadolintConfig {
        var config = HadolintConfig()
        config.noFail = flag("HADOLINT_NOFAIL")
        config.noColor = environment["NO_COLOR"] != nil
        config.isVerbose = flag("HADOLINT_VERBOSE")
        if let name = value("HADOLINT_FORMAT", HadolintConfig.formats, { $0 }) { config.formats = [name] }
        config.failureThreshold = value(
            "HADOLINT_FAILURE_THRESHOLD", LintSeverity.allCases.map(\.rawValue) + ["none"],
            HadolintConfig.severity)
        for severity in [LintSeverity.error, .warning, .info, .style] {
            let codes = list("HADOLINT_OVERRIDE_" + severity.rawValue.uppercased())
            if !codes.isEmpty { config.overrides[severity] = codes }
        }
        config.ignored = list("HADOLINT_IGNORE")
        config.trustedRegistries = list("HADOLINT_TRUSTED_REGISTRIES")
        readLabels(into: &config)
        config.strictLabels = flag("HADOLINT_STRICT_LABELS")
        config.disablesIgnorePragma = flag("HADOLINT_DISABLE_IGNORE_PRAGMA")
        return config
    }

    /// One bad label, and hadolint takes none.
    private mutating func readLabels(into config: inout HadolintConfig) {
        let name = "HADOLINT_REQUIRE_LABELS"
        var schema: [String: LintSettings.LabelType] = [:]
        for text in list(name) {
            guard let label = HadolintConfig.label(text) else {
                let known = LintSettings.LabelType.allCases.map { "NAME:\($0.rawValue)" }
                warnings.append(HadolintConfigError.variable(name, value: text, known: known).diagnostic)
                return
            }
            schema[label.name] = label.type
        }
        config.labelSchema = schema
    }

    /// A list with commas; blanks around the items are no part of them.
    private func list(_ name: String) -> [String] {
        guard let text = environment[name] else { return [] }
        return text.split(separator: ",").map { item in
            let start = item.drop { $0 == " " }
            return String(start.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    private mutating func flag(_ name: String) -> Bool {
        guard let text = environment[name] else { return false }
        let lower = text.lowercased()
        if Self.truths.contains(lower) { return true }
        if !Self.falsehoods.contains(lower) {
            warnings.append(HadolintConfigError.variable(name, value: text, known: ["true", "false"]).diagnostic)
        }
        return false
    }

    private mutating func value<Value>(
        _ name: String, _ known: [String], _ parse: (String) -> Value?
    ) -> Value? {
        guard let text = environment[name], !text.isEmpty else { return nil }
        if known.contains(text), let value = parse(text) { return value }
        warnings.append(HadolintConfigError.variable(name, value: text, known: known).diagnostic)
        return nil
    }
}
