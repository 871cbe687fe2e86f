import Core

extension StatementBuilder {
    enum FlagKind {
        case text
        case list
        case boolean
    }

    /// The flags of one instruction that passed the checks.
    struct FlagValues {
        var values: [String: [Flag]] = [:]

        func word(_ name: String) -> Word? { values[name]?.last?.value }
        func all(_ name: String) -> [Flag] { values[name] ?? [] }

        /// Nil when the flag isn't given.
        func boolean(_ name: String) -> Bool? {
            guard let flag = values[name]?.last else { return nil }
            return flag.value?.text.lowercased() != "false"
        }
    }

    /// Checks all flags against those that the instruction knows.
    mutating func takeFlags(_ known: [(name: String, kind: FlagKind)]) -> FlagValues {
        var out = FlagValues()
        for flag in instruction.flags {
            let name = flag.name.text
            guard let kind = known.first(where: { $0.name == name })?.kind else {
                report(
                    .unknownFlag(flag: name, keyword: instruction.name, known: known.map(\.name)),
                    SourceRange(flag.range.start, max(flag.name.range.end, flag.range.start + 2)))
                continue
            }
            if kind != .list, out.values[name] != nil {
                report(.duplicateFlag(name), flag.range)
                continue
            }
            switch kind {
            case .text, .list:
                if flag.value == nil {
                    report(.flagNeedsValue(flag: name, keyword: instruction.name), flag.range)
                    continue
                }
            case .boolean:
                if let value = flag.value, !["true", "false"].contains(value.text.lowercased()) {
                    report(
                        value.text.isEmpty
                            ? .flagNeedsValue(flag: name, keyword: instruction.name)
                            : .flagNotBoolean(flag: name, value: value.text),
                        value.text.isEmpty ? flag.range : value.range)
                    continue
                }
            }
            out.values[name, default: []].append(flag)
        }
        return out
    }

    /// A flag's value out of a few.
    mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ flag: String, _ word: Word?, _ fallback: Value
    ) -> Value where Value.RawValue == String {
        guard let word else { return fallback }
        guard let value = Value(rawValue: word.text) else {
            report(
                .unknownFlagValue(flag: flag, value: word.text, known: Value.allCases.map(\.rawValue)), word.range)
            return fallback
        }
        return value
    }
}
