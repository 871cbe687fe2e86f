// https://github.com/koalaman/shellcheck/wiki/Integration (the format json1)
import Core

/// What `shellcheck -f json1` says.
package struct ShellCheckReport: Sendable {
    struct Place: Sendable {
        /// From 1, in the file that was looked at.
        var line: Int
        /// From 1, in characters.
        var column: Int
    }

    struct Replacement: Sendable {
        var start: Place
        var end: Place
        var text: String
        /// Of those that insert at one place the lower comes first, unless ``insertsAfter`` is set for it.
        var precedence: Int
        var insertsAfter: Bool
    }

    struct Comment: Sendable {
        var code: Int
        var severity: LintSeverity
        var message: String
        var start: Place
        var end: Place
        var replacements: [Replacement]
    }

    /// By the file's name as it was given.
    var comments: [String: [Comment]] = [:]

    /// Nil when it isn't such a report.
    package init?(parsing bytes: [UInt8]) {
        guard let document = try? OrderedJSON(parsing: bytes), case .array(let entries)? = document["comments"] else {
            return nil
        }
        for entry in entries {
            guard let file = entry["file"]?.string, let comment = Self.comment(entry) else { continue }
            comments[file, default: []].append(comment)
        }
    }

    private static func comment(_ entry: OrderedJSON) -> Comment? {
        guard let code = int(entry["code"]), let message = entry["message"]?.string, let place = places(entry),
            let severity = entry["level"]?.string.flatMap({ LintSeverity(rawValue: $0) })
        else { return nil }
        var replacements: [Replacement] = []
        if case .array(let items)? = entry["fix"]?["replacements"] {
            replacements = items.compactMap { item in
                guard let text = item["replacement"]?.string, let place = places(item) else { return nil }
                return Replacement(
                    start: place.start, end: place.end, text: text, precedence: int(item["precedence"]) ?? 0,
                    insertsAfter: item["insertionPoint"]?.string == "afterEnd")
            }
            // Half of a fix is none.
            if replacements.count != items.count { replacements = [] }
        }
        return Comment(
            code: code, severity: severity, message: message, start: place.start, end: place.end,
            replacements: replacements)
    }

    private static func places(_ entry: OrderedJSON) -> (start: Place, end: Place)? {
        guard let line = int(entry["line"]), let column = int(entry["column"]), let endLine = int(entry["endLine"]),
            let endColumn = int(entry["endColumn"]), line > 0, column > 0
        else { return nil }
        return (Place(line: line, column: column), Place(line: endLine, column: endColumn))
    }

    private static func int(_ value: OrderedJSON?) -> Int? {
        guard case .number(let text)? = value else { return nil }
        return Int(text)
    }
}
