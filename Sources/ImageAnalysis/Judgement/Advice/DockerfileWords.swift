// https://docs.docker.com/reference/dockerfile/#environment-replacement, https://pkg.go.dev/path/filepath#Match
internal import Core

/// Values and paths as a Dockerfile wants them written.
enum DockerfileWords {
    /// COPY of paths to a place: as JSON where a name has blanks or characters that mean something.
    /// - Returns: nil when a name can't be written.
    static func copy(_ flags: String, _ sources: [BytePath], to destination: String) -> String? {
        let head = flags.isEmpty ? "COPY" : "COPY " + flags
        let words = sources.map(\.absolute) + [destination]
        if words.allSatisfy(isPlain) { return head + " " + words.joined(separator: " ") }
        guard words.allSatisfy(isWritable), sources.allSatisfy({ $0.isUnicode }) else { return nil }
        let list = words.dropLast().map { json(pattern($0)) } + [json(variable(destination))]
        return head + " [" + list.joined(separator: ", ") + "]"
    }

    /// A value in quotes, as ENV and LABEL want it; nil when it can't be written.
    static func quoted(_ value: String) -> String? {
        guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else { return nil }
        var text = "\""
        for character in value {
            if character == "\"" || character == "\\" || character == "$" { text += "\\" }
            text.append(character)
        }
        return text + "\""
    }

    /// A text in which nothing is taken for a variable.
    static func variable(_ text: String) -> String { text.replacing("$", with: "\\$") }

    static func json(_ text: String) -> String { AdviceText.json(text) }

    static func json(_ words: [String]) -> String { "[" + words.map(json).joined(separator: ", ") + "]" }

    /// Nanoseconds as Go writes durations.
    static func duration(_ nanoseconds: Int64) -> String {
        for (unit, size) in [
            ("h", Int64(3_600_000_000_000)), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
        ]
        where nanoseconds % size == 0 { return "\(nanoseconds / size)\(unit)" }
        return "\(nanoseconds)ns"
    }

    /// What stands for a secret in `id=`, which is parted at commas and names a file.
    static func secretID(_ name: String) -> String {
        let id = name.unicodeScalars.map { scalar -> Character in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "_.-".unicodeScalars.contains(scalar))
                ? Character(scalar) : "-"
        }
        let trimmed = String(String(id.drop { $0 == "." || $0 == "-" }).prefix(64))
        return trimmed.isEmpty ? "secret" : trimmed
    }

    /// A name as a pattern of `.dockerignore` that fits it alone.
    static func ignorePattern(_ name: String) -> String {
        name.reduce(into: "") { text, character in
            if "*?[\\".contains(character) { text += "\\" }
            text.append(character)
        }
    }

    /// Whether a text is one word that means itself wherever a Dockerfile has it.
    static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || "/._-+:@%".utf8.contains(byte)
            }
    }

    /// Whether a text can be told apart from what escapes and patterns make of it.
    private static func isWritable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && $0 != "\\" }
    }

    /// A path as a pattern that fits it alone.
    private static func pattern(_ path: String) -> String {
        var text = ""
        for character in path {
            switch character {
            case "*", "?", "[": text += "[\(character)]"
            default: text.append(character)
            }
        }
        return variable(text)
    }
}

extension BytePath {
    /// Whether it is text, so that it can be written.
    var isUnicode: Bool { String(validating: bytes, as: UTF8.self) != nil }
}
