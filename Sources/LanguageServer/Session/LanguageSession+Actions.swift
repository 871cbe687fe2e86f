// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocument_codeAction
import Core
import DockerfileLint
import DockerfileSyntax

extension LanguageSession {
    /// What editors run when a file is saved.
    static let fixAllKind = "source.fixAll.sampan"

    /// The fixes of findings in a range, comments that turn them off, and all safe fixes at once.
    func actions(_ document: inout OpenDocument, _ parameters: OrderedJSON) throws(RPCError) -> OrderedJSON {
        guard let range = document.positions.range(parameters["range"]) else { throw .invalidParameters("a range") }
        guard !document.isTooLong else { return [] }
        let only = parameters.at("context", "only")?.items?.compactMap(\.string)
        let checked = checked(&document)
        let here = checked.findings.filter { $0.range.start <= range.end && range.start <= $0.range.end }
        var out: [OrderedJSON] = []
        if Self.wants("quickfix", only) {
            for finding in here {
                guard let fix = finding.fix, !fix.edits.isEmpty else { continue }
                let warning = fix.isSafe ? "" : " (may change what is built)"
                out.append(
                    action(
                        "\(finding.code): \(fix.title)\(warning)", "quickfix", fix.edits, document, finding: finding,
                        isPreferred: fix.isSafe))
            }
            // One comment turns off all findings of a code that an instruction has.
            var offered: Set<String> = []
            for finding in here {
                guard let edit = Self.ignoring(finding, checked.file),
                    offered.insert("\(finding.instruction ?? -1) \(finding.code)").inserted
                else { continue }
                out.append(
                    action("\(finding.code): ignore it here", "quickfix", [edit], document, finding: finding))
            }
        }
        // Asked for by name, or offered where it has something to do.
        if Self.wants(Self.fixAllKind, only), only != nil || here.contains(where: { $0.fix?.isSafe ?? false }) {
            let file = checked.file
            let run = FixRun(fixing: file.source, unsafe: false, settings: file.settings, project: file.project)
            if let edit = Self.difference(document.bytes, run.after.bytes) {
                let count = run.applied.count
                out.append(
                    action(
                        "make all safe fixes of this file (\(count))", Self.fixAllKind, [edit], document, finding: nil))
            }
        }
        return .array(out)
    }

    /// A kind stands for those below it too.
    private static func wants(_ kind: String, _ only: [String]?) -> Bool {
        only.map { $0.contains { $0.isEmpty || kind == $0 || kind.hasPrefix($0 + ".") } } ?? true
    }

    private func action(
        _ title: String, _ kind: String, _ edits: [TextEdit], _ document: OpenDocument, finding: Finding?,
        isPreferred: Bool = false
    ) -> OrderedJSON {
        var action: OrderedJSON = ["title": .string(title), "kind": .string(kind)]
        if let finding {
            action["diagnostics"] = [LanguageSession.diagnostic(finding, document.positions)]
            if isPreferred { action["isPreferred"] = true }
        }
        action["edit"] = workspaceEdit(edits, document)
        return action
    }

    private func workspaceEdit(_ edits: [TextEdit], _ document: OpenDocument) -> OrderedJSON {
        let items = edits.map { edit -> OrderedJSON in
            ["range": document.positions.json(edit.range), "newText": .string(edit.text)]
        }
        guard takesVersionedEdits else {
            return ["changes": .object([.init(key: document.uri, value: .array(items))])]
        }
        return [
            "documentChanges": [
                [
                    "textDocument": ["uri": .string(document.uri), "version": document.version],
                    "edits": .array(items),
                ]
            ]
        ]
    }

    /// The comment that turns a finding off where it stands; nil where none can.
    private static func ignoring(_ finding: Finding, _ file: LintFile) -> TextEdit? {
        guard finding.code != RuleBook.syntaxError, let index = finding.instruction,
            file.statements.indices.contains(index)
        else { return nil }
        let source = file.source
        let line = source.line(at: file.statements[index].outer.range.start)
        // Only the comment right above the instruction counts: a second one would take the place of the first.
        if line > 0 {
            let above = source.lineBytes(line - 1)
            let text = String(decoding: above, as: UTF8.self)
            if let codes = text.split(separator: "hadolint ignore=", maxSplits: 1).last, text.hasPrefix("#"),
                codes.utf8.count < text.utf8.count, !codes.contains("#"), !codes.isEmpty
            {
                let end = above.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? above.endIndex
                return .insert(",\(finding.code)", at: end)
            }
        }
        let start = source.lineStarts[line]
        let end =
            source.bytes[start...].firstIndex(of: 0x0a).map { $0 > start && source.bytes[$0 - 1] == 0x0d } ?? false
        return .insert("# hadolint ignore=\(finding.code)\(end ? "\r\n" : "\n")", at: start)
    }

    /// One edit that makes a text another: what both begin and end with stays.
    static func difference(_ before: [UInt8], _ after: [UInt8]) -> TextEdit? {
        guard before != after else { return nil }
        let shorter = min(before.count, after.count)
        var start = 0
        while start < shorter, before[start] == after[start] { start += 1 }
        // Not inside of a character or of a line end.
        while start > 0, !isBorder(before, start) || !isBorder(after, start) { start -= 1 }
        var end = 0
        while end < shorter - start, before[before.count - 1 - end] == after[after.count - 1 - end] { end += 1 }
        while end > 0, !isBorder(before, before.count - end) || !isBorder(after, after.count - end) { end -= 1 }
        return TextEdit(
            SourceRange(start, before.count - end),
            String(decoding: after[start..<after.count - end], as: UTF8.self))
    }

    private static func isBorder(_ bytes: [UInt8], _ index: Int) -> Bool {
        guard index > 0, index < bytes.count else { return true }
        return bytes[index] & 0xc0 != 0x80 && bytes[index] != 0x0a
    }
}
