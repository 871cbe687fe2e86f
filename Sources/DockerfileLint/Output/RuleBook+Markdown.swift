import Core

extension RuleBook {
    /// The page of all rules.
    package static var page: String {
        var out = """
            # Rules of `sampan lint`

            Generated from the program by `make docs`. [lint.md](lint.md) tells how to use them; `sampan lint --explain CODE`
            prints one. A rule whose fix is *safe* is mended by `--fix`; one whose fix is *unsafe* (what is built may change)
            by `--fix=unsafe`. Codes `SC…` are [ShellCheck's](https://www.shellcheck.net/wiki/): they come from the program
            `shellcheck`, where it is installed. `\(syntaxError)` is the code of what does not parse.


            """
        let fixable = all.count { $0.fixing != .none }
        out += "\(all.count) rules, \(fixable) of them with a fix.\n\n"
        for origin in RuleInfo.Origin.allCases {
            let rules = all.filter { $0.origin == origin }
            guard !rules.isEmpty else { continue }
            out += "## \(title(origin))\n\n| code | severity | fix | what it tells | same as |\n|---|---|---|---|---|\n"
            for info in rules {
                out += "| [`\(info.code)`](#\(info.code.lowercased())) | \(info.severity.rawValue)"
                out += " | \(info.fixing == .none ? "" : info.fixing.rawValue) | \(cell(info.title))"
                out += " | \(info.equivalents.map { "`\($0)`" }.joined(separator: ", ")) |\n"
            }
            out += "\n"
        }
        for info in all { out += "### \(info.code)\n\n" + markdown(info) + "\n" }
        return String(out.dropLast())
    }

    private static func title(_ origin: RuleInfo.Origin) -> String {
        switch origin {
        case .hadolint: "hadolint's rules"
        case .buildkit: "BuildKit's build checks"
        case .shellcheck: "ShellCheck's rules"
        case .sampan: "Rules of our own"
        }
    }

    /// One rule: what it tells, why, and the examples.
    package static func markdown(_ info: RuleInfo) -> String {
        var out = "**\(info.title)** (\(info.severity.rawValue)"
        if info.fixing != .none { out += ", \(info.fixing.rawValue) fix" }
        if !info.equivalents.isEmpty {
            out += ", same as " + info.equivalents.map { "`\($0)`" }.joined(separator: ", ")
        }
        out += ")\n\n\(info.why)\n\n"
        out += "Bad:\n\n" + fenced(info.bad) + "Good:\n\n" + fenced(info.good)
        if let reference = reference(info.code) { out += "More: <\(reference)>\n" }
        return out
    }

    private static func fenced(_ example: RuleInfo.Example) -> String {
        var out = block(example.dockerfile, "dockerfile")
        for (path, content) in example.files.sorted(by: { $0.key < $1.key }) {
            out += "with `\(path)`:\n\n" + block(content, "")
        }
        return out
    }

    private static func block(_ text: String, _ language: String) -> String {
        // Longer than any run of backticks in the text.
        let fence = String(repeating: "`", count: text.contains("```") ? 6 : 3)
        return fence + language + "\n" + text + (text.hasSuffix("\n") || text.isEmpty ? "" : "\n") + fence + "\n\n"
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
