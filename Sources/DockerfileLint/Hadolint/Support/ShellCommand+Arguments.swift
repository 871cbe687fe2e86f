import ShellSyntax

/// How hadolint takes a command line apart, the same for all programs: `--name`, `--name=value` and every letter of
/// `-abc` are flags, wherever they stand and also behind `--`. A flag's value is the word behind it, whether the flag takes
/// one or not, unless the value is written with `=`.
extension ShellCommand {
    /// Some argument is exactly this.
    func hasArgument(_ text: String) -> Bool { arguments.contains { $0.text == text } }

    func hasArgument(oneOf texts: [String]) -> Bool { arguments.contains { texts.contains($0.text) } }

    /// Some argument is one of these flags: letters, or long names without their dashes.
    func hasFlag(_ names: String...) -> Bool {
        arguments.contains { word in names.contains { word.isFlag($0) } }
    }

    /// How often a flag is given; `-qq` has it twice.
    func count(ofFlag name: String) -> Int {
        arguments.reduce(0) { sum, word in
            guard let letter = name.utf8.first, name.utf8.count == 1, word.hasShortFlags else {
                return sum + (word.isFlag(name) ? 1 : 0)
            }
            return sum + word.text.utf8.dropFirst().reduce(0) { $0 + ($1 == letter ? 1 : 0) }
        }
    }

    /// The arguments that are no flags, without the values of these flags.
    func plainArguments(withoutValuesOf names: [String] = []) -> [ShellWord] {
        var out: [ShellWord] = []
        var isValue = false
        for word in arguments {
            if !isValue, !word.isAnyFlag { out.append(word) }
            isValue = !names.isEmpty && word.takesNextWord && names.contains { word.isFlag($0) }
        }
        return out
    }

    /// The words behind these flags, also behind those that have a value of their own: hadolint takes them so.
    func values(ofFlags names: String...) -> [ShellWord] {
        var out: [ShellWord] = []
        var isValue = false
        for word in arguments {
            if isValue { out.append(word) }
            isValue = names.contains { word.isFlag($0) }
        }
        return out
    }
}

extension ShellWord {
    /// `-`, then letters.
    fileprivate var hasShortFlags: Bool {
        let bytes = text.utf8
        return bytes.first == UInt8(ascii: "-") && bytes.count > 1
            && bytes[bytes.index(after: bytes.startIndex)] != UInt8(ascii: "-")
    }

    /// Is a flag of any name.
    var isAnyFlag: Bool { text.utf8.first == UInt8(ascii: "-") && text != "-" && text != "--" }

    /// Is written without `=`.
    fileprivate var takesNextWord: Bool { !text.utf8.contains(UInt8(ascii: "=")) }

    /// Is, or as a word of letters holds, this flag.
    func isFlag(_ name: String) -> Bool {
        guard text.utf8.first == UInt8(ascii: "-") else { return false }
        if hasShortFlags {
            return name.utf8.count == 1 && text.utf8.dropFirst().contains { $0 == name.utf8.first }
        }
        let rest = text.utf8.dropFirst(2)
        guard !name.isEmpty, rest.starts(with: name.utf8) else { return false }
        let after = rest.dropFirst(name.utf8.count).first
        return after == nil || after == UInt8(ascii: "=")
    }
}
