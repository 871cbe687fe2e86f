/// What a run of the linter is told: by options, by a config file, by the caller.
package struct LintSettings: Sendable {
    /// https://github.com/hadolint/hadolint#configure
    package enum LabelType: String, Sendable, CaseIterable {
        case text, rfc3339, semver, url, hash, spdx, email
    }

    /// Severities that replace the rules' own; `ignore` turns a rule off, another one turns an ignored rule on.
    package var severities: [String: LintSeverity] = [:]
    /// Codes that are not told.
    package var ignored: Set<String> = []
    /// Patterns of registries that FROM may name; empty allows all.
    package var trustedRegistries: [String] = []
    package var labelSchema: [String: LabelType] = [:]
    package var strictLabels = false
    /// Pragmas in comments count.
    package var readsPragmas = true
    /// Options for BuildKit's checks that stand in the place of the file's `# check=`.
    package var checks: CheckOptions?
    /// Digests of base images that the caller looked up, by the reference as FROM writes it: `sha256:…`.
    package var digests: [String: String] = [:]
    /// Today, as days since 1970-01-01, for tables with dates; nil leaves rules of that kind silent.
    package var today: Int?

    package init() {}
}
