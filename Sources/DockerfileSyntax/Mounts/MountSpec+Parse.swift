// https://pkg.go.dev/encoding/csv: the value of --mount is one CSV record.
import Core

extension MountSpec {
    /// Splits the value of a `--mount` flag into its options; checks what does not hang on variables.
    static func parse(
        _ flag: Flag, source: SourceFile, report: (DockerfileError.Kind, SourceRange) -> Void
    ) -> MountSpec {
        let text = flag.mappedValue
        let word = flag.value ?? flag.name
        var spec = MountSpec(word: word, fields: [], range: flag.range, source: source)
        guard let records = fields(text) else {
            report(.malformedMount, word.range)
            return spec
        }
        for record in records {
            let bytes = record.bytes
            let equals = bytes.firstIndex(of: UInt8(ascii: "="))
            var key = record.word(0..<(equals ?? bytes.count))
            key.text = key.text.lowercased()
            let value = equals.map { record.word(($0 + 1)..<bytes.count) }
            let field = Field(key: key, value: value)
            spec.fields.append(field)
            guard let option = Mount.Option(name: key.text) else {
                if key.text.isEmpty || value == nil && !key.text.utf8.contains(where: isWordByte) {
                    report(.malformedMount, key.range.isEmpty ? word.range : key.range)
                } else {
                    report(.unknownMountOption(option: key.text, known: Mount.Option.names), key.range)
                }
                continue
            }
            switch option {
            case .readonly, .readwrite, .required: break
            default:
                guard let value else {
                    report(.mountOptionNeedsValue(key.text), key.range)
                    continue
                }
                if option == .from, hasVariable(value.text) { report(.variableInFrom, value.range) }
            }
        }
        return spec
    }

    /// A dollar sign with anything behind it.
    static func hasVariable(_ text: String) -> Bool {
        guard let dollar = text.utf8.firstIndex(of: UInt8(ascii: "$")) else { return false }
        return text.utf8.index(after: dollar) != text.utf8.endIndex
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// The fields of a CSV record; nil when it has none or its quotes are wrong.
    private static func fields(_ text: MappedText) -> [MappedText]? {
        guard !text.isEmpty else { return nil }
        let bytes = text.bytes
        let comma = UInt8(ascii: ",")
        let quote = UInt8(ascii: "\"")
        var out: [MappedText] = []
        var index = 0
        while true {
            guard index < bytes.count, bytes[index] == quote else {
                let end = bytes[index...].firstIndex(of: comma) ?? bytes.count
                guard !bytes[index..<end].contains(quote) else { return nil }
                out.append(text.slice(index..<end))
                if end == bytes.count { return out }
                index = end + 1
                continue
            }
            index += 1
            var field = MappedText()
            while true {
                guard index < bytes.count else { return nil }
                if bytes[index] == quote {
                    guard index + 1 < bytes.count, bytes[index + 1] == quote else { break }
                    index += 1
                }
                field.append(bytes[index], at: text.offset(index))
                index += 1
            }
            out.append(field)
            index += 1
            if index == bytes.count { return out }
            guard bytes[index] == comma else { return nil }
            index += 1
        }
    }
}
