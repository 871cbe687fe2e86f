import DockerfileSyntax

/// What the rules about labels of a schema have in common.
enum LabelCheck {
    /// Reports labels of a type (nil: of any) whose value doesn't conform.
    static func check(
        _ type: LintSettings.LabelType?, _ file: LintFile, _ report: inout LintReport,
        message: (String) -> String, isValid: (Substring) -> Bool
    ) {
        let schema = file.settings.labelSchema
        guard !schema.isEmpty else { return }
        for statement in file.statements where statement.isPlain(.label) {
            // One finding for a label of an instruction, however often it is given.
            var told: Set<String> = []
            for pair in statement.instruction.pairs {
                let key = String(pair.name.unquoted)
                guard let wanted = schema[key], type == nil || wanted == type else { continue }
                let value = pair.hasEquals ? unquoted(pair.value) : pair.value.text[...]
                if !isValid(value), told.insert(key).inserted {
                    report.add(pair.value.range, in: statement, message(key))
                }
            }
        }
    }

    /// Settings for the examples of rules: one label of a type.
    static func settings(_ label: String, _ type: LintSettings.LabelType, isStrict: Bool = false) -> LintSettings {
        var out = LintSettings()
        out.labelSchema = [label: type]
        out.strictLabels = isStrict
        return out
    }

    /// One pair of quotes goes, as when the label is read.
    private static func unquoted(_ word: Word) -> Substring {
        let text = word.text[...]
        guard text.utf8.count > 1, let quote = text.utf8.first, quote == text.utf8.last,
            quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        else { return text }
        return text.dropFirst().dropLast()
    }
}
