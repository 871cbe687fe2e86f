import Core
package import ImageAnalysis
import OCI

/// A first policy for an image: it passes today, and fails when the image gets worse.
///
/// What the image does not fulfil stands in it as a warning, with the finding beside it, so that nothing is asked for
/// silently and nothing is forgotten.
package enum PolicyDraft {
    /// The text of a `sampan.yaml` with nothing but the policy.
    package static func text(for explanation: Explanation, _ context: PolicyContext) async throws -> String {
        let image = explanation.image
        var lines = [
            "# What images of this project must be. sampan check IMAGE judges by it; docs/check.md explains every rule.",
            "policy:",
            "  size:",
            "    # \(Human.bytes(image.compressedSize)) today, and a tenth to grow",
            "    max: \(budget(image.compressedSize))",
        ]
        lines += ["  layers:", "    max: \(image.layers.count + 2)"]
        let waste = explanation.waste.bytes
        let share = image.contentBytes > 0 ? Double(waste) * 100 / Double(image.contentBytes) : 0
        lines += [
            "  waste:", "    # \(Human.decimal(share, 1))% of \(Human.bytes(image.contentBytes)) today",
            "    max-share: \(max(5, Int(share.rounded(.up)) + 2))%",
        ]
        let input = try PolicyInput(explanation, context)
        for rule in [
            UserRule.self, SetuidRule.self, WorldWritableRule.self, SecretsRule.self, ShellsRule.self,
            PackageManagersRule.self, ToolchainsRule.self, LinkageRule.self, ContextRule.self,
        ] as [any PolicyRule.Type] {
            let findings = try await rule.findings(RuleSettings(), input)
            guard let first = findings.first else {
                lines.append("  \(rule.name): true")
                continue
            }
            let others = findings.count - 1 + findings.reduce(0) { $0 + $1.others }
            let more = others > 0 ? ", and \(others) more" : ""
            lines += ["  \(rule.name):", "    # \(SafeText.printable(first.message + more))", "    mode: warn"]
        }
        lines += ports(image) + base(context)
        lines += labels(image)
        return lines.joined(separator: "\n") + "\n"
    }

    /// A tenth more, rounded up to two digits.
    private static func budget(_ bytes: Int64) -> String {
        let wanted = max(1000, bytes + bytes / 10)
        var unit: Int64 = 1000
        for next in [1_000_000, 1_000_000_000] as [Int64] where wanted >= 10 * next { unit = next }
        let name = unit == 1000 ? "kB" : unit == 1_000_000 ? "MB" : "GB"
        var step = unit
        while wanted / step >= 100 { step *= 10 }
        return "\((wanted + step - 1) / step * step / unit)\(name)"
    }

    private static func ports(_ image: AnalysedImage) -> [String] {
        let ports = image.config.config.exposedPorts.filter { PortRange(parsing: $0) != nil }.sorted()
        guard !ports.isEmpty else { return [] }
        return ["  ports:", "    allowed: [" + ports.joined(separator: ", ") + "]"]
    }

    private static func base(_ context: PolicyContext) -> [String] {
        guard let bases = context.bases, !bases.isEmpty else { return [] }
        let names = Set(
            bases.filter { $0.isFinal && $0.name != "scratch" }.map { base -> String in
                guard !base.name.hasPrefix("base:"), let reference = try? Reference(parsing: base.name) else {
                    return base.name
                }
                return reference.registry + "/" + reference.repository
            })
        var lines = ["  base:"]
        if !names.isEmpty { lines.append("    allowed: [" + names.sorted().map(quoted).joined(separator: ", ") + "]") }
        let isPinned = bases.allSatisfy {
            $0.name == "scratch" || $0.name.hasPrefix("base:") || $0.name.contains("@sha256:")
        }
        lines += ["    digest: \(isPinned)", "    supported: true"]
        return lines
    }

    private static func labels(_ image: AnalysedImage) -> [String] {
        let known = [Annotation.source, Annotation.revision, Annotation.version, Annotation.title]
        let there = known.filter { !(image.config.config.labels[$0] ?? "").isEmpty }
        guard !there.isEmpty else { return [] }
        return ["  labels:", "    required: [" + there.joined(separator: ", ") + "]"]
    }

    /// Names of images are anybody's.
    private static func quoted(_ text: String) -> String {
        text.utf8.allSatisfy(SafeText.isPlain) ? text : "'" + SafeText.printable(text).filter { $0 != "'" } + "'"
    }
}
