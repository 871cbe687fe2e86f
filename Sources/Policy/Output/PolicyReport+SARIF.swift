// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
package import Core

extension PolicyReport {
    /// For code scanning: findings at the lines of the Dockerfile, or of the policy where no instruction is guilty.
    package var sarif: OrderedJSON {
        let findings = findings
        let names = PolicyRules.names.filter { name in findings.contains { $0.rule == name } }
        let rules = names.compactMap { PolicyRules.rule($0) }.map(Self.rule)
        let results = zip(findings, Self.fingerprints(findings)).map { finding, fingerprint in
            result(finding, index: names.firstIndex(of: finding.rule), fingerprint)
        }
        return [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
            "runs": [
                [
                    "tool": [
                        "driver": [
                            "name": "sampan", "semanticVersion": .string(version), "rules": .array(Array(rules)),
                        ]
                    ],
                    "results": .array(Array(results)),
                    "properties": [
                        "image": .string(SafeText.printable(image)), "digest": .string(digest.description),
                        "platform": .string(platformText),
                    ],
                ]
            ],
        ]
    }

    private static func rule(_ rule: any PolicyRule.Type) -> OrderedJSON {
        [
            "id": .string(rule.name), "shortDescription": ["text": .string(rule.title)],
            "fullDescription": ["text": .string(rule.help)], "help": ["text": .string(rule.help)],
            "defaultConfiguration": ["level": "error"],
        ]
    }

    private func result(_ finding: PolicyResult, index: Int?, _ fingerprint: String) -> OrderedJSON {
        var suppressions: OrderedJSON = .null
        var level = "error"
        switch finding.outcome {
        case .failed: break
        case .warned: level = "warning"
        case .passed: level = "none"
        case .excepted(let reason, let owner, let expires):
            level = "note"
            suppressions = [
                [
                    "kind": "external", "status": "accepted",
                    "justification": .string(SafeText.printable("\(reason) (\(owner), until \(expires))")),
                ]
            ]
        }
        let hint = finding.hint.map { ". Hint: " + SafeText.printable($0) } ?? ""
        let object: OrderedJSON = [
            "ruleId": .string(finding.rule), "ruleIndex": index.map { .int($0) } ?? .null, "level": .string(level),
            "message": ["text": .string(SafeText.printable(finding.message) + hint)],
            "locations": [location(finding)], "partialFingerprints": ["sampan/v1": .string(fingerprint)],
            "suppressions": suppressions,
        ]
        return object.withoutNulls
    }

    private func location(_ finding: PolicyResult) -> OrderedJSON {
        let logical: OrderedJSON = [
            [
                "fullyQualifiedName": .string(
                    SafeText.printable(image + (finding.path.map { ":" + SafeText.path($0) } ?? ""))),
                "kind": "resource",
            ]
        ]
        let place = Self.place(finding)
        let region: OrderedJSON = ["startLine": .int(place.firstLine), "endLine": .int(place.lastLine)]
        return [
            "physicalLocation": ["artifactLocation": ["uri": .string(Self.uri(place.file))], "region": region],
            "logicalLocations": logical,
        ]
    }

    /// A file as a URI reference. https://www.rfc-editor.org/rfc/rfc3986
    static func uri(_ file: String) -> String {
        var out = file.hasPrefix("/") ? "file://" : ""
        for byte in file.utf8 {
            if SafeText.isPlain(byte) || byte == UInt8(ascii: "~") {
                out.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                out += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return out
    }
}
