// https://github.com/testmoapp/junitxml (what the many readers of this format agree on)
import Core

extension PolicyReport {
    package var junit: String { Self.junit([self], of: image) }

    /// For what shows tests: a suite for each image, a case for each rule.
    static func junit(_ reports: [PolicyReport], of image: String) -> String {
        let suites = reports.map { $0.suite(name: reports.count > 1 ? "\(image) (\($0.platformText))" : image) }
        let tests = suites.reduce(0) { $0 + $1.tests }
        let failures = suites.reduce(0) { $0 + $1.failures }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="sampan check" tests="\(tests)" failures="\(failures)" errors="0" time="0">
            \(suites.map(\.text).joined())</testsuites>

            """
    }

    private func suite(name: String) -> (text: String, tests: Int, failures: Int) {
        var rules: [String] = []
        for result in verdict.results where !rules.contains(result.rule) { rules.append(result.rule) }
        let cases = rules.map { name in testCase(name, verdict.results.filter { $0.rule == name }) }
        let failures = rules.count { name in verdict.results.contains { $0.rule == name && $0.outcome == .failed } }
        let text = """
              <testsuite name="\(Self.xml(name))" tests="\(rules.count)" failures="\(failures)" errors="0" skipped="0" time="0">
                <properties>
                  <property name="digest" value="\(digest.description)"/>
                  <property name="platform" value="\(Self.xml(platformText))"/>
                </properties>
            \(cases.joined())  </testsuite>

            """
        return (text, rules.count, failures)
    }

    private func testCase(_ name: String, _ results: [PolicyResult]) -> String {
        let failed = results.filter { $0.outcome == .failed }
        let others = results.filter { $0.outcome != .failed && $0.outcome != .passed }
        let place = failed.first?.place.map { " file=\"\(Self.xml($0.file))\" line=\"\($0.firstLine)\"" }
        let start = "    <testcase classname=\"policy\" name=\"\(Self.xml(name))\" time=\"0\"\(place ?? "")"
        guard !failed.isEmpty || !others.isEmpty else { return start + "/>\n" }
        var body = ""
        if let first = failed.first {
            let more = failed.count > 1 ? " (and \(failed.count - 1) more)" : ""
            let lines = failed.map { Self.xml(Self.line($0)) }.joined(separator: "\n")
            body +=
                "      <failure message=\"\(Self.xml(Self.text(first) + more))\" type=\"\(Self.xml(name))\">\(lines)</failure>\n"
        }
        if !others.isEmpty {
            let lines = others.map { Self.xml($0.outcome.word + ": " + Self.line($0)) }.joined(separator: "\n")
            body += "      <system-out>\(lines)</system-out>\n"
        }
        return start + ">\n" + body + "    </testcase>\n"
    }

    /// `Dockerfile:3: what (what to do)`.
    private static func line(_ result: PolicyResult) -> String {
        let place = result.place.map { "\($0.file):\($0.firstLine): " } ?? ""
        let hint = result.hint.map { " (\(SafeText.printable($0)))" } ?? ""
        return place + text(result) + hint
    }

    static func xml(_ text: String) -> String { XMLText.escaped(SafeText.printable(text)) }
}
