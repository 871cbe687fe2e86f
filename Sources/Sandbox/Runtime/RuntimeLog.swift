internal import FoundationEssentials

/// The log that runtimes write, one JSON object a line.
enum RuntimeLog {
    private struct Line: Decodable {
        var level: String?
        var msg: String?
    }

    /// The last line that is an error, or the last one at all.
    static func lastError(_ bytes: [UInt8]) -> String? {
        let lines = bytes.split(separator: 0x0a).compactMap { line in
            try? JSONDecoder().decode(Line.self, from: Data(line))
        }
        return (lines.last { $0.level == "error" || $0.level == "fatal" } ?? lines.last)?.msg
    }
}
