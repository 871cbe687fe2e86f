// The form in which BuildKit's parser tests write a tree: one S-expression a line.

extension Dockerfile {
    /// The instructions as S-expressions, each on a line: keyword in lower case, flags in brackets, arguments quoted.
    /// ENV and LABEL give three texts a pair, the third being `=` or empty. Here-documents do not show.
    package func sexp() -> String {
        var out = ""
        for instruction in instructions { out += "(" + instruction.sexp() + ")\n" }
        return out
    }
}

extension Instruction {
    fileprivate func sexp() -> String {
        var out = keywordWord.text.lowercased()
        if !flags.isEmpty {
            let texts = flags.map { GoQuote.quote("--" + $0.name.text + ($0.value.map { "=" + $0.text } ?? "")) }
            out += " [" + texts.joined(separator: " ") + "]"
        }
        for trigger in nested { out += " (" + trigger.sexp() + ")" }
        for pair in pairs {
            for text in [pair.name.text, pair.value.text, pair.hasEquals ? "=" : ""] {
                out += " " + GoQuote.quote(text)
            }
        }
        for argument in arguments { out += " " + GoQuote.quote(argument.text) }
        // The arguments of what is no instruction are unknown, which the reference shows as one empty text.
        if keyword == nil { out += " \"\"" }
        return out
    }
}
