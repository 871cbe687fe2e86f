// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
import Core

extension LintReportWriter {
    var sarif: OrderedJSON {
        let entries = entries
        var codes: [String] = []
        var places: [String: Int] = [:]
        for entry in entries where places[entry.finding.code] == nil {
            places[entry.finding.code] = codes.count
            codes.append(entry.finding.code)
        }
        let results = zip(entries, fingerprints).map { entry, fingerprint in
            result(entry.file, entry.finding, entry.place, rule: places[entry.finding.code] ?? 0, fingerprint)
        }
        return [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
            "runs": [
                [
                    "tool": [
                        "driver": [
                            "name": "sampan", "semanticVersion": .string(version),
                            "rules": .array(codes.map(Self.rule)),
                        ]
                    ],
                    "columnKind": "unicodeCodePoints", "defaultSourceLanguage": "dockerfile",
                    "results": .array(Array(results)),
                ]
            ],
        ]
    }

    private static func rule(_ code: String) -> OrderedJSON {
        guard let info = RuleBook.info(code) else {
            let document: OrderedJSON = [
                "id": .string(code), "helpUri": .text(RuleBook.reference(code)),
            ]
            return document.withoutNulls
        }
        let document: OrderedJSON = [
            "id": .string(info.code), "shortDescription": ["text": .string(info.title)],
            "fullDescription": ["text": .string(info.why)],
            "help": ["text": .string(RuleBook.text(info)), "markdown": .string(RuleBook.markdown(info))],
            "helpUri": .text(RuleBook.reference(code)),
            "defaultConfiguration": ["level": .string(level(info.severity))],
        ]
        return document.withoutNulls
    }

    private static func level(_ severity: LintSeverity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .info, .style: "note"
        case .ignore: "none"
        }
    }

    private func result(
        _ file: LintedFile, _ finding: Finding, _ place: LintPlace, rule: Int, _ fingerprint: String
    ) -> OrderedJSON {
        let artifact: OrderedJSON = ["uri": .string(URIText.reference(reported(file)))]
        let fixes: OrderedJSON =
            finding.fix.map { fix in
                [
                    [
                        "description": ["text": .string(fix.title)],
                        "artifactChanges": [
                            [
                                "artifactLocation": artifact,
                                "replacements": .array(fix.edits.map { Self.replacement($0, file.source) }),
                            ]
                        ],
                    ]
                ]
            } ?? .null
        let document: OrderedJSON = [
            "ruleId": .string(finding.code), "ruleIndex": .int(rule),
            "level": .string(Self.level(finding.severity)), "message": ["text": .string(finding.message)],
            "locations": [
                ["physicalLocation": ["artifactLocation": artifact, "region": Self.region(place)]]
            ],
            "partialFingerprints": ["sampan/v1": .string(fingerprint)], "fixes": fixes,
        ]
        return document.withoutNulls
    }

    private static func replacement(_ edit: TextEdit, _ source: SourceFile) -> OrderedJSON {
        let document: OrderedJSON = [
            "deletedRegion": region(LintPlace(edit.range, in: source)),
            "insertedContent": edit.text.isEmpty ? .null : ["text": .string(edit.text)],
        ]
        return document.withoutNulls
    }

    private static func region(_ place: LintPlace) -> OrderedJSON {
        [
            "startLine": .int(place.line), "startColumn": .int(place.column), "endLine": .int(place.endLine),
            "endColumn": .int(place.endColumn),
        ]
    }
}

/// Names of files as URI references. https://www.rfc-editor.org/rfc/rfc3986
enum URIText {
    static func reference(_ path: String) -> String {
        var out = path.hasPrefix("/") ? "file://" : ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "/"), UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                out += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return out
    }
}
