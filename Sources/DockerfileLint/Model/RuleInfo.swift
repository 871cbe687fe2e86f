/// What people are told about a rule: in a finding, by `--explain`, and in the pages made from it.
///
/// There is one for each rule, and it never changes: as an object it is passed on without being copied.
package final class RuleInfo: Sendable {
    /// Whose rule it is; people who come from there find the same code.
    package enum Origin: String, Sendable, CaseIterable {
        /// https://github.com/hadolint/hadolint
        case hadolint
        /// https://docs.docker.com/reference/build-checks/
        case buildkit
        /// https://www.shellcheck.net/wiki/
        case shellcheck
        case sampan
    }

    package enum Fixing: String, Sendable {
        case none
        /// The file means the same afterwards, but for what the rule is about.
        case safe
        /// May change what the build gives; asks for a look.
        case unsafe
    }

    /// A Dockerfile with what lies beside it.
    package struct Example: Sendable {
        package var dockerfile: String
        /// Files of the build context: path and content.
        package var files: [String: String]
        /// What the rule has to be told before it looks for anything.
        package var settings: LintSettings

        package init(
            _ dockerfile: String, files: [String: String] = [:], settings: LintSettings = LintSettings()
        ) {
            self.dockerfile = dockerfile
            self.files = files
            self.settings = settings
        }
    }

    /// Such as `DL3008`, `MaintainerDeprecated`, `SMP1001`.
    package let code: String
    package let origin: Origin
    /// Unless changed by options or a config file.
    package let severity: LintSeverity
    /// The sentence of a finding, without a full stop; a finding may give a more exact one.
    package let title: String
    /// Why it matters and what to do: one or more paragraphs.
    package let why: String
    /// The rule fires on it, and its fix, if any, silences it.
    package let bad: Example
    /// The same, done right: the rule is silent.
    package let good: Example
    package let fixing: Fixing
    /// Codes of other origins that tell the same: one finding speaks for all, and ignoring one ignores all.
    package let equivalents: [String]
    /// Where the rule's own documentation is.
    package let reference: String?

    package init(
        _ code: String, _ origin: Origin, _ severity: LintSeverity, _ title: String, why: String, bad: Example,
        good: Example, fixing: Fixing = .none, equivalents: [String] = [], reference: String? = nil
    ) {
        self.code = code
        self.origin = origin
        self.severity = severity
        self.title = title
        self.why = why
        self.bad = bad
        self.good = good
        self.fixing = fixing
        self.equivalents = equivalents
        self.reference = reference
    }
}
