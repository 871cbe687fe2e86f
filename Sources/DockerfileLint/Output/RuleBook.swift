package import Core

/// What people can read about rules: by code, in lists, and in the pages made from them.
package enum RuleBook {
    /// hadolint's code for a file that doesn't parse.
    package static let syntaxError = "DL1000"

    /// All rules, by their codes: hadolint's, BuildKit's, then ours.
    package static let all: [RuleInfo] = RuleSet.all.map { $0.info }.sorted {
        (order($0.origin), $0.code) < (order($1.origin), $1.code)
    }

    private static func order(_ origin: RuleInfo.Origin) -> Int { RuleInfo.Origin.allCases.firstIndex(of: origin) ?? 0 }

    package static func info(_ code: String) -> RuleInfo? { RuleSet.rule(code)?.info }

    /// The rule of a code written in any case.
    package static func find(_ code: String) -> RuleInfo? {
        info(code) ?? all.first { $0.code.lowercased() == code.lowercased() }
    }

    /// Whether findings can have this code.
    package static func isKnown(_ code: String) -> Bool {
        info(code) != nil || code == syntaxError || isShellCheck(code)
            || all.contains { $0.equivalents.contains(code) }
    }

    /// `SC` and four digits.
    package static func isShellCheck(_ code: String) -> Bool {
        let bytes = Array(code.utf8)
        return bytes.count == 6 && bytes.starts(with: "SC".utf8)
            && bytes[2...].allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The code that a mistyped one may have meant.
    package static func suggestion(for code: String) -> String? {
        Suggestion.nearest(to: code, in: all.map(\.code) + [syntaxError])
    }

    /// Where a code's own documentation is.
    package static func reference(_ code: String) -> String? {
        if let info = info(code) {
            if let reference = info.reference { return reference }
            if info.origin == .hadolint { return "https://github.com/hadolint/hadolint/wiki/" + code }
            return nil
        }
        return isShellCheck(code) ? "https://www.shellcheck.net/wiki/" + code : nil
    }

    /// The start of a rule's story.
    static func firstParagraph(_ code: String) -> String? {
        guard let why = info(code)?.why else { return reference(code) }
        return why.split(separator: "\n\n", maxSplits: 1).first.map { oneLine(String($0)) }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

// MARK: - One rule

extension RuleBook {
    /// The whole story of a rule, for a terminal.
    package static func explanation(_ info: RuleInfo, width: Int = 80) -> String {
        var out = "\(info.code): \(info.title)\n\n"
        out += "severity: \(info.severity.rawValue)\n"
        out += "from:     \(source(info.origin))\n"
        if !info.equivalents.isEmpty { out += "same as:  \(info.equivalents.joined(separator: ", "))\n" }
        out += "fix:      \(fixing(info.fixing))\n"
        for paragraph in info.why.split(separator: "\n\n") {
            out += "\n" + TextWrap.lines(oneLine(String(paragraph)), width: width).joined(separator: "\n") + "\n"
        }
        out += "\nBad:\n\n" + indented(info.bad) + "\nGood:\n\n" + indented(info.good)
        if let reference = reference(info.code) { out += "\nMore: \(reference)\n" }
        return out
    }

    /// ``explanation(_:width:)`` without the layout.
    static func text(_ info: RuleInfo) -> String {
        info.why + "\n\nBad:\n\n" + indented(info.bad) + "\nGood:\n\n" + indented(info.good)
    }

    private static func indented(_ example: RuleInfo.Example) -> String {
        var out = lines(example.dockerfile)
        for (path, content) in example.files.sorted(by: { $0.key < $1.key }) {
            out += "\n  with \(path):\n\n" + lines(content)
        }
        return out
    }

    private static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
            .reduce(into: "") { $0 += $1.isEmpty ? "\n" : "    \($1)\n" }
    }

    private static func source(_ origin: RuleInfo.Origin) -> String {
        switch origin {
        case .hadolint: "hadolint"
        case .buildkit: "BuildKit's build checks"
        case .shellcheck: "ShellCheck"
        case .sampan: "sampan"
        }
    }

    private static func fixing(_ fixing: RuleInfo.Fixing) -> String {
        switch fixing {
        case .none: "by hand"
        case .safe: "--fix"
        case .unsafe: "--fix=unsafe: what is built may change"
        }
    }
}

// MARK: - All rules

extension RuleBook {
    /// A line for each rule.
    package static var list: String {
        let width = all.map(\.code.count).max() ?? 0
        return all.reduce(into: "") { out, info in
            let fix =
                switch info.fixing {
                case .none: "       "
                case .safe: "fix    "
                case .unsafe: "unsafe "
                }
            out += info.code + String(repeating: " ", count: width - info.code.count + 2)
            out += info.severity.rawValue + String(repeating: " ", count: 9 - info.severity.rawValue.count)
            out += fix + " " + info.title + "\n"
        }
    }

    /// The list for programs.
    package static var json: OrderedJSON {
        .array(
            all.map { info in
                [
                    "code": .string(info.code), "origin": .string(info.origin.rawValue),
                    "severity": .string(info.severity.rawValue), "title": .string(info.title),
                    "fix": .string(info.fixing.rawValue),
                    "equivalents": .array(info.equivalents.map { .string($0) }),
                    "reference": .text(reference(info.code)),
                ]
            })
    }
}

// MARK: - Codes without a rule of ours

extension RuleBook {
    /// What is known about a code that other programs give; nil for one that nobody has.
    package static func other(_ code: String) -> String? {
        let code = code.uppercased()
        if code == syntaxError {
            return """
                DL1000: The file does not parse

                A build would stop at this place; the finding says what is wrong. Other rules still look at what can be read.
                """
        }
        guard isShellCheck(code), let reference = reference(code) else { return nil }
        return """
            \(code) is ShellCheck's: the program shellcheck finds it in the script of a RUN.

            More: \(reference)
            """
    }
}
