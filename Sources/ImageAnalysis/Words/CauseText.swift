internal import ContentStore
internal import Core

/// How the instruction that made a layer is shown on one line.
package enum CauseText {
    /// `Dockerfile:12`; of lines that the file continues `Dockerfile:12-15`. Nil for images of others.
    package static func place(_ place: LayerCause.Place?) -> String? {
        place.map { place in
            let lines = place.lastLine > place.firstLine ? "\(place.firstLine)-\(place.lastLine)" : "\(place.firstLine)"
            return SafeText.text(place.file) + ":" + lines
        }
    }

    /// The instruction as a Dockerfile has it: without the shell, marks and arguments that builders put into the history,
    /// and without secrets.
    package static func instruction(_ text: String) -> String {
        var words = SecretText.redacted(text).split(whereSeparator: \.isWhitespace).map(String.init)
        if words.first == "RUN" { words.removeFirst() }
        // `|2 A=1 B=2 /bin/sh -c …` has the build arguments in front.
        if let count = words.first.flatMap({ $0.hasPrefix("|") ? Int($0.dropFirst()) : nil }), count >= 0,
            count < words.count
        {
            words.removeFirst(1 + count)
        }
        let isShell = words.count > 2 && words[0].hasSuffix("/sh") && words[1] == "-c"
        if isShell { words.removeFirst(2) }
        if words.count > 1, words[0] == "#(nop)" { return SafeText.text(words.dropFirst().joined(separator: " ")) }
        if words.suffix(2) == ["#", "buildkit"] { words.removeLast(2) }
        let isRun = isShell || text.hasPrefix("RUN ")
        let line = (isRun ? ["RUN"] : []) + words
        return line.isEmpty ? "(no history)" : SafeText.text(line.joined(separator: " "))
    }
}
