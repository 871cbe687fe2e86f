import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3026
enum DL3026: LintRule {
    static let info = RuleInfo(
        "DL3026", .hadolint, .error, "Use only an allowed registry in the FROM image",
        why: """
            With `trustedRegistries` in the configuration, or `--trusted-registry`, base images may come only from these \
            registries. A pattern may start or end with `*`. Without any, every registry is allowed.
            """,
        bad: .init("FROM registry.example.com/app:1\n", settings: trusting("registry.example.org")),
        good: .init("FROM registry.example.org/app:1\n", settings: trusting("registry.example.org")))

    private static func trusting(_ registry: String) -> LintSettings {
        var out = LintSettings()
        out.trustedRegistries = [registry]
        return out
    }

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard !file.settings.trustedRegistries.isEmpty else { return }
        var names: Set<Substring> = []
        for stage in file.stages {
            let image = stage.from.hadolintImage
            if image.name != "scratch", !names.contains(image.name), !isTrusted(image, file.settings) {
                report.add(stage.from.image.range, in: file.statements[stage.statements.lowerBound])
            }
            if let name = stage.from.name { names.insert(name.text[...]) }
        }
    }

    private static func isTrusted(_ image: HadolintImage, _ settings: LintSettings) -> Bool {
        settings.trustedRegistries.contains { pattern in
            if let registry = image.registry { return matches(pattern, registry) }
            return matches(pattern, "docker.io") || matches(pattern, "hub.docker.com")
        }
    }

    /// `*` alone, before or behind the rest.
    private static func matches(_ pattern: String, _ registry: Substring) -> Bool {
        if pattern == "*" { return true }
        if pattern.hasPrefix("*") { return registry.hasSuffix(pattern.dropFirst()) }
        if pattern.hasSuffix("*") { return registry.hasPrefix(pattern.dropLast()) }
        return pattern == registry
    }
}
