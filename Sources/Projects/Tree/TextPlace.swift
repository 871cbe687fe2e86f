/// A line of a file that says something about the project.
package struct TextPlace: Sendable, Hashable, CustomStringConvertible {
    package var path: String
    /// From 1.
    package var line: Int

    package var description: String { "\(path):\(line)" }
}

/// Reading sources line by line for what they give away.
extension ProjectTree {
    /// The first line of some files that a function takes something from.
    ///
    /// Lines longer than 2000 characters are no source that somebody wrote and are passed over.
    func firstLine<Value>(
        in paths: [String], _ take: (Substring) -> Value?
    ) -> (value: Value, place: TextPlace)? {
        for path in paths {
            guard let text = text(path) else { continue }
            var number = 0
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                number += 1
                guard line.utf8.count < 2000, let value = take(line) else { continue }
                return (value, TextPlace(path: path, line: number))
            }
        }
        return nil
    }

    /// The first line of some files that has one of several texts outside of a comment.
    func firstUse(of needles: [String], in paths: [String]) -> (needle: String, place: TextPlace)? {
        let found = firstLine(in: paths) { line in
            Self.code(line).flatMap { code in needles.first { code.contains($0) } }
        }
        return found.map { ($0.value, $0.place) }
    }

    /// A line without blanks before it; nil for a comment.
    private static func code(_ line: Substring) -> Substring? {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        return ["//", "/*", "* ", "# "].contains { trimmed.hasPrefix($0) } ? nil : trimmed
    }
}

/// Small pieces of text.
enum Words {
    /// The texts in double, single or back quotes of a line.
    static func quoted(_ line: some StringProtocol) -> [String] {
        var out: [String] = []
        var open: Character?
        var word = ""
        for character in line {
            if let mark = open {
                if character == mark {
                    out.append(word)
                    open = nil
                } else {
                    word.append(character)
                }
            } else if character == "\"" || character == "'" || character == "`" {
                open = character
                word = ""
            }
        }
        return out
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        let start = text.drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }

    /// The words between blanks.
    static func split(_ text: some StringProtocol) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map { String($0) }
    }

    static func directory(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// What an image, a label or a resource can be called: small letters, digits and dashes.
    static func safeName(_ text: String) -> String {
        var out = ""
        for scalar in text.lowercased().unicodeScalars {
            let fits = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
            if fits { out.unicodeScalars.append(scalar) } else if !out.hasSuffix("-"), !out.isEmpty { out += "-" }
        }
        while out.hasSuffix("-") { out.removeLast() }
        return out.isEmpty ? "app" : String(out.prefix(50))
    }

    /// Whether a text can stand in a Dockerfile and a shell without quotes.
    static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || "._-/+@".utf8.contains($0)
            }
    }
}
