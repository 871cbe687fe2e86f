// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#diagnostic
import Core
import DockerfileLint

extension LanguageSession {
    /// The message that tells a document's findings.
    func diagnostics(_ document: OpenDocument) -> OrderedJSON {
        var items = document.checked?.findings.map { Self.diagnostic($0, document.positions) } ?? []
        if document.isTooLong {
            items = [
                [
                    "range": document.positions.json(SourceRange(0, 0)), "severity": 1, "source": "sampan",
                    "message": .string("longer than \(OpenDocument.limit >> 20) MiB, which no Dockerfile is"),
                ]
            ]
        }
        let parameters: OrderedJSON = [
            "uri": .string(document.uri), "version": document.version, "diagnostics": .array(items),
        ]
        return RPCAnswer.notification("textDocument/publishDiagnostics", parameters.withoutNulls)
    }

    static func diagnostic(_ finding: Finding, _ positions: TextPositions) -> OrderedJSON {
        let same = finding.equivalents.isEmpty ? "" : " (also \(finding.equivalents.joined(separator: ", ")))"
        let diagnostic: OrderedJSON = [
            "range": positions.json(finding.range), "severity": .int(number(finding.severity)),
            "code": .string(finding.code),
            "codeDescription": RuleBook.reference(finding.code).map { ["href": .string($0)] } ?? .null,
            "source": "sampan", "message": .string(finding.message + same),
        ]
        return diagnostic.withoutNulls
    }

    /// Error, warning, information, hint.
    private static func number(_ severity: LintSeverity) -> Int {
        switch severity {
        case .error: 1
        case .warning: 2
        case .info: 3
        case .style, .ignore: 4
        }
    }
}
