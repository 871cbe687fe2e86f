import Core
import DockerfileLint

/// What options and settings files decide together.
struct LintPlan: Sendable {
    var config: HadolintConfig
    /// About the settings files.
    var warnings: [Diagnostic]
    /// The settings file; nil when there is none.
    var path: String?
    var settings = LintSettings()
    var format: LintFormat

    init(config: HadolintConfig, warnings: [Diagnostic], path: String?) {
        self.config = config
        self.warnings = warnings
        self.path = path
        format = config.formats.last.flatMap { LintFormat(rawValue: $0) } ?? .tty
    }

    /// The settings for people, as `--verbose` shows them: a line for each that is not as it is without settings.
    var told: String {
        var lines = [path.map { "settings: \(SafeText.text($0))" } ?? "settings: no file"]
        func list(_ name: String, _ values: [String]) {
            if !values.isEmpty { lines.append("\(name): \(values.map { SafeText.text($0) }.joined(separator: ", "))") }
        }
        lines.append("format: \(format.rawValue)")
        lines.append("failure-threshold: \((config.failureThreshold ?? .info).rawValue)")
        list("ignored", config.ignored)
        for severity in [LintSeverity.error, .warning, .info, .style] {
            list("override \(severity.rawValue)", config.overrides[severity] ?? [])
        }
        list("trustedRegistries", config.trustedRegistries)
        list("label-schema", config.labelSchema.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.rawValue)" })
        let switches = [
            ("strict-labels", config.strictLabels), ("no-fail", config.noFail), ("no-color", config.noColor),
            ("disable-ignore-pragma", config.disablesIgnorePragma),
        ]
        for (name, isOn) in switches where isOn { lines.append("\(name): true") }
        return lines.joined(separator: "\n")
    }
}
