// https://github.github.com/gfm/
import Core

extension PolicyReport {
    /// Findings of a comment; more of them nobody reads there.
    private static let lineLimit = 50

    /// For a comment on a change.
    package var markdown: String {
        let mark = verdict.isPassed ? "✅" : "❌"
        var out = "### \(mark) sampan check: \(Self.code(image))\n\n\(summary)\n"
        let findings = shown.filter { $0.outcome != .passed }
        if !findings.isEmpty {
            out += "\n| | rule | finding | where |\n| --- | --- | --- | --- |\n"
            for finding in findings.prefix(Self.lineLimit) { out += Self.row(finding) }
            let others = findings.dropFirst(Self.lineLimit).reduce(0) { $0 + $1.count }
            if others > 0 { out += "\n…and \(others) more: `--format json` lists all.\n" }
        }
        return out + "\n<sub>\(Self.escaped(platformText)), \(Self.code(digest.description))</sub>\n"
    }

    private static func row(_ finding: PolicyResult) -> String {
        let mark =
            switch finding.outcome {
            case .failed: "❌ failed"
            case .warned: "⚠️ warning"
            case .excepted: "☑️ excepted"
            case .passed: "✅ passed"
            }
        let hint = finding.hint.map { "<br>→ " + escaped(SafeText.printable($0)) } ?? ""
        let place = finding.place.map { code("\($0.file):\($0.firstLine)") } ?? ""
        return "| \(mark) | \(escaped(finding.rule)) | \(escaped(text(finding)))\(hint) | \(place) |\n"
    }

    /// Text in which nothing is a mark of Markdown or HTML.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "&": out += "&amp;"
            // So that nobody is called, and no issue is linked.
            case "@": out += "&#64;"
            case "#": out += "&#35;"
            case "\\", "`", "*", "_", "[", "]", "|", "~", "!":
                out += "\\"
                out.unicodeScalars.append(scalar)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Text as code: in a table a bar ends the cell even there.
    static func code(_ text: String) -> String {
        let safe = SafeText.printable(text).replacing("`", with: "'").replacing("|", with: "\\|")
        return "`\(safe)`"
    }
}
