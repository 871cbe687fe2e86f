import Core
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
        for statement in file.statements where !statement.isTrigger {
            switch statement.command {
            case .from(let from):
                let image = from.hadolintImage
                if image.name != "scratch" || image.registry != nil, !names.contains(image.name),
                    !isTrusted(image.registry, file.settings)
                {
                    report.add(from.image.range, in: statement)
                }
                if let name = from.name { names.insert(name.text[...]) }
            case .copy(let copy):
                if let from = copy.from, isForeign(file.source.text(from.range), names, file.settings) {
                    report.add(from.range, in: statement)
                }
            case .run(let run):
                let sources = run.mounts.lazy.compactMap { $0.field(.from)?.value }
                if let from = sources.first(where: { isForeign(file.source.text($0.range), names, file.settings) }) {
                    report.add(from.range, in: statement)
                }
            default: break
            }
        }
    }

    /// What files are taken from is neither a stage nor an image that may be used. As hadolint has it a stage is known
    /// by its name alone, whatever registry stands before it: its number is an image's name.
    private static func isForeign(_ from: String, _ names: Set<Substring>, _ settings: LintSettings) -> Bool {
        var rest = from[...]
        var registry: Substring?
        if let slash = from.utf8.firstIndex(of: UInt8(ascii: "/")), from[..<slash].utf8.contains(UInt8(ascii: ".")) {
            registry = from[..<slash]
            rest = from[from.utf8.index(after: slash)...]
        }
        return from != "scratch" && !names.contains(rest) && !isTrusted(registry, settings)
    }

    private static func isTrusted(_ registry: Substring?, _ settings: LintSettings) -> Bool {
        settings.trustedRegistries.contains { pattern in
            if let registry { return matches(pattern, registry) }
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
