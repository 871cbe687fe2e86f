// https://github.com/hadolint/hadolint#configure
package import Core
import YAML

extension HadolintConfig {
    /// Reads a config file. A file without any value says nothing.
    /// - Returns: the config, and warnings about what hadolint passes over in silence: keys and codes that don't exist.
    /// - Throws: `DiagnosticList` with all values that aren't what they must be.
    package static func parse(
        _ source: SourceFile
    ) throws(DiagnosticList) -> (config: HadolintConfig, warnings: [Diagnostic]) {
        var parser = HadolintConfigParser()
        let config = try parser.parse(source)
        return (config, parser.warnings)
    }

    /// The places where hadolint looks for its config, in its order; the first that is there is taken.
    package static func searchPaths(directory: String, environment: [String: String]) -> [String] {
        var stems = [directory + "/.hadolint"]
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        if let config = environment["XDG_CONFIG_HOME"], config.hasPrefix("/") {
            stems.append(config + "/hadolint")
        } else if let home {
            stems.append(home + "/.config/hadolint")
        }
        if let home { stems += [home + "/.hadolint/hadolint", home + "/.hadolint/config", home + "/.hadolint"] }
        return stems.flatMap { [$0 + ".yaml", $0 + ".yml"] }
    }
}

private struct HadolintConfigParser {
    var warnings: [Diagnostic] = []
    private let report = YAMLReport()

    private static let what = "a hadolint config"
    private static let keys = [
        "ignored", "override", "trustedRegistries", "label-schema", "strict-labels", "failure-threshold", "format",
        "no-fail", "no-color", "disable-ignore-pragma",
    ]
    private static let overridable = ["error", "warning", "info", "style"]

    mutating func parse(_ source: SourceFile) throws(DiagnosticList) -> HadolintConfig {
        // A file of comments alone says nothing, which is fine.
        if !Self.hasContent(source.bytes) { return HadolintConfig() }
        var config = HadolintConfig()
        if let root = report.parse(source), let known = knownPairs(root, Self.keys, Self.what) {
            _ = report.mapping(known, Self.what) { reader in read(reader, into: &config) }
        }
        try report.check()
        return config
    }

    private static func hasContent(_ bytes: [UInt8]) -> Bool {
        let text = bytes.starts(with: "\u{feff}".utf8) ? bytes[3...] : bytes[...]
        return text.split(separator: UInt8(ascii: "\n")).contains { line in
            let first = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\t") }
            return first.map { $0 != UInt8(ascii: "#") } ?? false
        }
    }

    /// The mapping without keys that don't exist, which are told, and keys without a value, which say nothing.
    private mutating func knownPairs(_ node: YAMLNode, _ known: [String], _ what: String) -> YAMLNode? {
        guard case .mapping(let pairs) = node.value else { return node }
        var kept: [YAMLPair] = []
        for pair in pairs where !pair.value.isNull {
            if known.contains(pair.key) {
                kept.append(pair)
            } else {
                var warning = YAMLError(.unknownKey(pair.key, what: what, known: known), at: pair.keySpan).diagnostic
                warning.severity = .warning
                warnings.append(warning)
            }
        }
        return YAMLNode(.mapping(kept), at: node.span)
    }

    private mutating func read(_ reader: YAMLMappingReader, into config: inout HadolintConfig) {
        config.ignored = codes(reader, "ignored")
        if let override = reader.node("override"),
            let node = knownPairs(override, Self.overridable, "'override'")
        {
            _ = report.mapping(node, "'override'") { inner in
                for severity in [LintSeverity.error, .warning, .info, .style] {
                    let listed = codes(inner, severity.rawValue)
                    if !listed.isEmpty { config.overrides[severity] = listed }
                }
            }
        }
        config.trustedRegistries = reader.strings("trustedRegistries") ?? []
        for label in reader.texts("label-schema") ?? [] {
            if let type = HadolintConfig.labelType(label.value) {
                config.labelSchema[label.key] = type
            } else {
                report.add(HadolintConfigError.labelType(label.value, label: label.key), at: label.span)
            }
        }
        config.strictLabels = bool(reader, "strict-labels")
        config.failureThreshold = reader.value("failure-threshold") { text in
            guard let severity = HadolintConfig.severity(text) else { throw HadolintConfigError.severity(text) }
            return severity
        }
        config.formats =
            reader.value("format") { text in
                guard HadolintConfig.formats.contains(text) else { throw HadolintConfigError.format(text) }
                return [text]
            } ?? []
        config.noFail = bool(reader, "no-fail")
        config.noColor = bool(reader, "no-color")
        config.disablesIgnorePragma = bool(reader, "disable-ignore-pragma")
    }

    private mutating func codes(_ reader: YAMLMappingReader, _ key: String) -> [String] {
        var odd: [Diagnostic] = []
        let codes = reader.values(key) { text, span in
            if !HadolintConfig.isCode(text) { odd.append(HadolintConfigError.rule(text).diagnostic.within(span)) }
            return text
        }
        warnings += odd
        return codes ?? []
    }

    private func bool(_ reader: YAMLMappingReader, _ key: String) -> Bool {
        guard let node = reader.node(key) else { return false }
        guard case .scalar(let text, let isPlain) = node.value else {
            report.add(YAMLError(.wrongType(key: key, expected: "true or false", found: node.kind), at: node.span))
            return false
        }
        switch text {
        case "true", "True", "TRUE": if isPlain { return true }
        case "false", "False", "FALSE": if isPlain { return false }
        default: break
        }
        report.add(YAMLError(.notBoolean(key: key, text: text), at: node.span))
        return false
    }
}
