import Core
package import YAML

/// Reads the section `policy` of a file of settings. All mistakes go into the report.
package struct PolicyReader {
    private let report: YAMLReport
    /// Of the file; others are named from there.
    private let directory: String

    package init(_ report: YAMLReport, directory: String) {
        self.report = report
        self.directory = directory
    }

    /// The policy, with what its profile says where it says nothing.
    package func policy(_ node: YAMLNode) -> PolicyFile {
        let own = report.mapping(node, "the policy") { section($0) } ?? PolicyFile()
        guard let profile = own.profile, let base = try? Profile.policy(profile) else { return own }
        return own.over(base)
    }

    private func section(_ reader: YAMLMappingReader) -> PolicyFile {
        var policy = PolicyFile()
        policy.span = reader.span
        policy.mode = reader.value("mode") { try mode($0, [.enforce, .warn]) } ?? .enforce
        policy.profile = reader.value("profile") { name in
            guard Profile.names.contains(name) else { throw PolicyError.profile(name) }
            return name
        }
        if policy.profile != nil { policy.span = reader.keySpan("profile") }
        policy.baseline = reader.value("baseline") { text in
            guard !text.isEmpty, !text.utf8.contains(0) else { throw PolicyError.empty(key: "baseline") }
            return text.hasPrefix("/") || directory == "." ? text : directory + "/" + text
        }
        for rule in PolicyRules.all {
            guard let node = reader.node(rule.name) else { continue }
            policy.rules[rule.name] = settings(node, of: rule, at: reader.keySpan(rule.name))
        }
        policy.exceptions = reader.mappings("exceptions", "an exception") { exception($0) } ?? []
        return policy
    }

    private func mode(_ text: String, _ modes: [PolicyFile.Mode]) throws(PolicyError) -> PolicyFile.Mode {
        guard let mode = PolicyFile.Mode(rawValue: text), modes.contains(mode) else {
            throw .choice(text, key: "mode", choices: modes.map(\.rawValue))
        }
        return mode
    }

    /// `true` switches a rule on as it is, `false` off.
    private func settings(_ node: YAMLNode, of rule: any PolicyRule.Type, at span: SourceSpan) -> RuleSettings? {
        if case .scalar("true", isPlain: true) = node.value { return RuleSettings(span: span) }
        if case .scalar("false", isPlain: true) = node.value { return RuleSettings(mode: .off, span: span) }
        return report.mapping(node, "the rule \(rule.name)") { reader in
            var settings = RuleSettings(span: span)
            settings.mode = reader.value("mode") { try mode($0, PolicyFile.Mode.allCases) }
            for key in rule.keys {
                guard let value = value(reader, key) else { continue }
                settings.values[key.name] = value
                settings.spans[key.name] = reader.keySpan(key.name)
            }
            return settings
        }
    }

    private func value(_ reader: YAMLMappingReader, _ key: SettingKey) -> SettingValue? {
        let name = key.name
        func amount<Value>(_ form: String, _ parse: @escaping (String) -> Value?) -> Value? {
            reader.value(name) { text in
                guard let value = parse(text) else { throw PolicyError.amount(text, key: name, form: form) }
                return value
            }
        }
        switch key.kind {
        case .size: return amount("a number and kB, MB or GB, such as 80MB", Amount.bytes).map(SettingValue.bytes)
        case .growth:
            return amount("a share or a size, such as 5% or 2MB") { text -> SettingValue? in
                Amount.percent(text).map(SettingValue.percent) ?? Amount.bytes(text).map(SettingValue.bytes)
            }
        case .count: return reader.integer(name, in: 0...1_000_000).map(SettingValue.count)
        case .percent: return amount("a share, such as 5%", Amount.percent).map(SettingValue.percent)
        case .days: return amount("a number and d, w or y, such as 90d", Amount.days).map(SettingValue.count)
        case .flag: return reader.bool(name).map(SettingValue.flag)
        case .choice(let choices):
            return reader.value(name) { text in
                guard choices.contains(text) else { throw PolicyError.choice(text, key: name, choices: choices) }
                return .choice(text)
            }
        case .texts: return reader.strings(name).map(SettingValue.texts)
        case .paths: return reader.values(name) { text, _ in try PathPattern(text) }.map(SettingValue.paths)
        case .ports:
            return reader.values(name) { text, _ in
                guard let port = PortRange(parsing: text) else {
                    throw PolicyError.amount(text, key: name, form: "PORT[-PORT][/tcp|udp|sctp]")
                }
                return port
            }.map(SettingValue.ports)
        case .platforms:
            return reader.values(name) { text, _ in
                guard let platform = Platform(parsing: text) else {
                    throw PolicyError.amount(text, key: name, form: "os/architecture[/variant], such as linux/arm64")
                }
                return platform.description
            }.map(SettingValue.texts)
        case .pairs:
            return reader.texts(name).map { .pairs($0.map { SettingValue.Pair(key: $0.key, value: $0.value) }) }
        }
    }

    private func exception(_ reader: YAMLMappingReader) -> PolicyFile.Exception? {
        let rule = reader.value("rule", required: true) { name in
            guard PolicyRules.names.contains(name) else { throw PolicyError.notRule(name) }
            return name
        }
        let path = reader.value("path") { try PathPattern($0) }
        let reason = said("reason", reader)
        let owner = said("owner", reader)
        let expires = reader.value("expires", required: true) { try Day.parse($0) }
        guard let rule, let reason, let owner, let expires, path != nil || !reader.contains("path") else { return nil }
        return PolicyFile.Exception(
            rule: rule, path: path, reason: reason, owner: owner, expires: expires,
            ruleSpan: reader.node("rule")?.span ?? reader.span,
            pathSpan: path.flatMap { _ in reader.node("path")?.span })
    }

    /// A text with something in it.
    private func said(_ key: String, _ reader: YAMLMappingReader) -> String? {
        reader.value(key, required: true) { text in
            guard text.contains(where: { !$0.isWhitespace }) else { throw PolicyError.empty(key: key) }
            return text
        }
    }
}
