// https://toml.io/en/v1.0.0

/// The keys of a TOML file by line, as far as manifests need them: no dates, no nested tables in one line.
struct TOMLLines {
    /// A key's table, as `project.scripts`, its name, and its value as written; values over several lines are joined.
    private(set) var entries: [(table: String, key: String, value: String)] = []
    /// Headers in order; those of arrays of tables occur as often as they stand.
    private(set) var tables: [String] = []

    init(_ text: String) {
        var table = ""
        var open: (key: String, value: String)?
        for raw in text.split(separator: "\n") {
            let line = Words.trimmed(Self.withoutComment(raw))
            if let pending = open {
                let value = pending.value + " " + line
                if Self.isClosed(value) {
                    entries.append((table, pending.key, value))
                    open = nil
                } else {
                    open = value.utf8.count < 100_000 ? (pending.key, value) : nil
                }
            } else if line.hasPrefix("[") {
                table = line.filter { $0 != "[" && $0 != "]" && $0 != "\"" && $0 != " " }
                tables.append(table)
            } else if let equals = line.firstIndex(of: "=") {
                let key = Words.trimmed(line[..<equals]).filter { $0 != "\"" }
                let value = Words.trimmed(line[line.index(after: equals)...])
                if Self.isClosed(value) { entries.append((table, key, value)) } else { open = (key, value) }
            }
        }
    }

    private static func withoutComment(_ line: Substring) -> Substring {
        var quote: Character?
        for index in line.indices {
            let character = line[index]
            if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            }
            if quote == nil, character == "#" { return line[..<index] }
        }
        return line
    }

    private static func isClosed(_ value: String) -> Bool {
        value.filter { $0 == "[" }.count <= value.filter { $0 == "]" }.count
            && value.filter { $0 == "{" }.count <= value.filter { $0 == "}" }.count
    }

    func value(_ table: String, _ key: String) -> String? { entries.last { $0.table == table && $0.key == key }?.value }

    /// A value that is one text.
    func text(_ table: String, _ key: String) -> String? { value(table, key).flatMap { Words.quoted($0).first } }

    func keys(_ table: String) -> [String] { entries.filter { $0.table == table }.map(\.key) }
}
