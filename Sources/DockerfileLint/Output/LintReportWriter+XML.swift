// https://checkstyle.org/ (the XML of its reports) and https://github.com/testmoapp/junitxml
import Core

extension LintReportWriter {
    var checkstyle: String {
        var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n"
        for file in files {
            out += "  <file name=\"\(xml(reported(file)))\">\n"
            for finding in file.findings {
                let place = LintPlace(finding.range, in: file.source)
                out += "    <error line=\"\(place.line)\" column=\"\(place.column)\""
                out += " severity=\"\(Self.checkstyleSeverity(finding.severity))\""
                out +=
                    " message=\"\(xml(finding.message))\" source=\"\(xml(finding.code))\"/>\n"
            }
            out += "  </file>\n"
        }
        return out + "</checkstyle>\n"
    }

    /// The format knows no style.
    private static func checkstyleSeverity(_ severity: LintSeverity) -> String {
        severity == .style || severity == .ignore ? "info" : severity.rawValue
    }

    /// For what shows tests: a suite for each file, a case for each finding; a file without any is a case that passes.
    var junit: String {
        let failures = files.reduce(0) { $0 + $1.findings.count }
        let tests = files.reduce(0) { $0 + max(1, $1.findings.count) }
        var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        out += "<testsuites name=\"sampan lint\" tests=\"\(tests)\" failures=\"\(failures)\" errors=\"0\" time=\"0\">\n"
        for file in files { out += suite(file) }
        return out + "</testsuites>\n"
    }

    private func suite(_ file: LintedFile) -> String {
        let name = xml(reported(file))
        let count = file.findings.count
        var out = "  <testsuite name=\"\(name)\" tests=\"\(max(1, count))\" failures=\"\(count)\""
        out += " errors=\"0\" skipped=\"0\" time=\"0\">\n"
        if file.findings.isEmpty { out += "    <testcase classname=\"\(name)\" name=\"lint\" time=\"0\"/>\n" }
        for finding in file.findings {
            let place = LintPlace(finding.range, in: file.source)
            let code = xml(finding.code)
            let message = xml(finding.message)
            let fix = finding.fix.map { "\nfix: " + xml($0.title) } ?? ""
            out += """
                    <testcase classname="\(name)" name="\(code) at line \(place.line)" file="\(name)" line="\(place.line)" time="0">
                      <failure message="\(message)" type="\(finding.severity.rawValue)">\(name):\(place.line):\(place.column): \(code) \(finding.severity.rawValue): \(message)\(fix)</failure>
                    </testcase>

                """
        }
        return out + "  </testsuite>\n"
    }

    /// https://www.gnu.org/prep/standards/html_node/Errors.html, as hadolint writes it.
    var gnu: String {
        entries.reduce(into: "") { out, entry in
            let (file, finding, place) = entry
            out += "sampan:\(SafeText.text(file.source.name)):\(place.line):\(place.column): \(finding.code)"
            out += " \(finding.severity.rawValue): \(SafeText.text(finding.message))\n"
        }
    }

    private func xml(_ text: String) -> String { XMLText.escaped(SafeText.text(text)) }
}
