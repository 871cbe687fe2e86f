// https://github.com/hadolint/hadolint/blob/master/docs/INTEGRATION.md
import Core

extension LintReportWriter {
    /// hadolint's keys, with the exact place, then what it doesn't have: the end, the codes that tell the same, the
    /// fix as edits, and where the rule is explained.
    var json: OrderedJSON {
        .array(
            entries.map { file, finding, place in
                let document: OrderedJSON = [
                    "code": .string(finding.code), "column": .int(place.column), "file": .string(file.source.name),
                    "level": .string(finding.severity.rawValue), "line": .int(place.line),
                    "message": .string(finding.message), "endLine": .int(place.endLine),
                    "endColumn": .int(place.endColumn),
                    "equivalents": .array(finding.equivalents.map { .string($0) }),
                    "fix": finding.fix.map { Self.fix($0, file.source) } ?? .null,
                    "reference": .text(RuleBook.reference(finding.code)),
                ]
                return document
            })
    }

    private static func fix(_ fix: Fix, _ source: SourceFile) -> OrderedJSON {
        [
            "title": .string(fix.title), "safe": .bool(fix.isSafe),
            "edits": .array(
                fix.edits.map { edit in
                    let place = LintPlace(edit.range, in: source)
                    return [
                        "line": .int(place.line), "column": .int(place.column), "endLine": .int(place.endLine),
                        "endColumn": .int(place.endColumn), "text": .string(edit.text),
                    ]
                }),
        ]
    }

    /// https://github.com/codacy/codacy-engine-scala-seed (one object a finding, without anything between them)
    var codacy: [UInt8] {
        entries.flatMap { file, finding, place in
            let document: OrderedJSON = [
                "filename": .string(file.source.name), "line": .int(place.line), "message": .string(finding.message),
                "patternId": .string(finding.code),
            ]
            return Array(document.line.utf8)
        }
    }

    /// https://docs.sonarsource.com/sonarqube-server/latest/analyzing-source-code/importing-external-issues/generic-issue-import-format/
    var sonarqube: OrderedJSON {
        [
            "issues": .array(
                entries.map { file, finding, place in
                    var range: OrderedJSON = ["startLine": .int(place.line), "endLine": .int(place.endLine)]
                    // An empty range is refused there; without columns the whole line is meant.
                    if place.endLine > place.line || place.endColumn > place.column {
                        range["startColumn"] = .int(place.column - 1)
                        range["endColumn"] = .int(place.endColumn - 1)
                    }
                    let (severity, type) = Self.sonar(finding)
                    return [
                        "engineId": "sampan", "ruleId": .string(finding.code), "severity": .string(severity),
                        "type": .string(type),
                        "primaryLocation": [
                            "filePath": .string(reported(file)), "message": .string(finding.message),
                            "textRange": range,
                        ],
                    ]
                })
        ]
    }

    private static func sonar(_ finding: Finding) -> (severity: String, type: String) {
        switch finding.severity {
        case .error: (finding.code == RuleBook.syntaxError ? "BLOCKER" : "CRITICAL", "BUG")
        case .warning: ("MAJOR", "CODE_SMELL")
        case .info: ("MINOR", "CODE_SMELL")
        case .style, .ignore: ("INFO", "CODE_SMELL")
        }
    }
}
