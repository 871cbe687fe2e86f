import Core

extension LintReportWriter {
    /// Each finding with its line, why it matters (where a code comes up for the first time) and what mends it; then
    /// how many there are. Empty when nothing was found.
    var terminal: String {
        let renderer = DiagnosticRenderer(color: usesColor, width: max(40, width))
        var out = ""
        var told: Set<String> = []
        for file in files {
            for finding in file.findings {
                out += finding.heading(renderer)
                out += renderer.excerpt(
                    SourceSpan(file.source, finding.range), tint: finding.severity.tint)
                if told.insert(finding.code).inserted, let why = RuleBook.firstParagraph(finding.code) {
                    out += paragraph("why", why, renderer)
                }
                if let fix = finding.fix {
                    out += paragraph("fix", "\(fix.title) (\(fix.isSafe ? "--fix" : "--fix=unsafe"))", renderer)
                }
                out += "\n"
            }
        }
        return out.isEmpty ? "" : out + summary + "\n"
    }

    /// `7 findings in 2 of 3 files: 1 error, 6 warnings; --fix mends 4 of them, --fix=unsafe 2 more`
    package var summary: String {
        let findings = files.flatMap(\.findings)
        let touched = files.count { !$0.findings.isEmpty }
        let all = Self.count(files.count, "file")
        guard !findings.isEmpty else { return "nothing found in \(all)" }
        let kinds = LintSeverity.allCases.compactMap { severity in
            let count = findings.count { $0.severity == severity }
            return count == 0
                ? nil
                : severity == .error || severity == .warning
                    ? Self.count(count, severity.rawValue) : "\(count) \(severity.rawValue)"
        }
        var out = Self.count(findings.count, "finding") + " in "
        out += touched == files.count ? all : "\(touched) of \(all)"
        out += ": " + kinds.joined(separator: ", ")
        let safe = findings.count { $0.fix?.isSafe == true }
        let unsafe = findings.count { $0.fix?.isSafe == false }
        switch (safe, unsafe) {
        case (0, 0): break
        case (_, 0): out += "; --fix mends \(safe) of them"
        case (0, _): out += "; --fix=unsafe mends \(unsafe) of them"
        default: out += "; --fix mends \(safe) of them, --fix=unsafe \(unsafe) more"
        }
        return out
    }

    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private func paragraph(_ label: String, _ text: String, _ renderer: DiagnosticRenderer) -> String {
        let lines = TextWrap.lines(SafeText.text(text), width: max(30, width - 5))
        return lines.enumerated().reduce(into: "") { out, line in
            out += (line.offset == 0 ? renderer.paint(label, "36") + ": " : "     ") + line.element + "\n"
        }
    }
}

extension Finding {
    /// `warning[DL3008]: what`
    fileprivate func heading(_ renderer: DiagnosticRenderer) -> String {
        let also = equivalents.isEmpty ? "" : " (\(equivalents.joined(separator: ", ")))"
        return renderer.paint("\(severity.rawValue)[\(code)]", severity.tint) + ": " + SafeText.text(message) + also
            + "\n"
    }
}

extension LintSeverity {
    /// The terminal's number of its colour.
    fileprivate var tint: String {
        switch self {
        case .error: "1;31"
        case .warning: "1;33"
        case .info: "1;34"
        case .style, .ignore: "1;36"
        }
    }
}

/// Prose in lines of a width.
enum TextWrap {
    static func lines(_ text: String, width: Int) -> [String] {
        var out: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                out.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return line.isEmpty && !out.isEmpty ? out : out + [line]
    }
}
