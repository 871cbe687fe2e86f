// https://github.com/moby/moby/blob/master/daemon/builder/dockerfile/dispatchers.go (what docker writes)
// https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go (what BuildKit writes)

/// An instruction of a Dockerfile, read from the history of an image: BuildKit's form (`RUN /bin/sh -c make # buildkit`)
/// and that of docker and buildah before (`/bin/sh -c #(nop) COPY file:… in /`, `|1 A=b /bin/sh -c make`).
struct HistoryInstruction: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// What the shell is given; nil of the form that starts a program itself.
        case run(shell: String?)
        /// COPY or ADD: its sources are names of digests in docker's own form.
        case copy(flags: [String], sources: [String], destination: String)
        case other
    }

    var kind: Kind
    /// As it would stand in a Dockerfile, or as it stands in the one that is known.
    var text: String
    /// Of RUN what stands before the text for the shell: the keyword and flags.
    private(set) var head = "RUN "

    /// Longer ones are taken as they are.
    private static let limit = 64 << 10

    init(_ history: String) {
        var text = Self.trimmed(history[...])
        if text.hasSuffix("# buildkit") { text = Self.trimmed(text.dropLast(10)) }
        guard text.utf8.count <= Self.limit else {
            kind = .other
            self.text = String(text)
            return
        }
        let marker = "/bin/sh -c #(nop)"
        if text.hasPrefix(marker) {
            self = Self.plain(Self.trimmed(text.dropFirst(marker.count)))
        } else if text.hasPrefix("RUN ") {
            self = Self.run(Self.trimmed(text.dropFirst(4)))
        } else if text.hasPrefix("/bin/sh -c ") || text.hasPrefix("|") {
            self = Self.run(text)
        } else {
            self = Self.plain(text)
        }
    }

    /// Whether it reads as an instruction, and not as what a tool says of itself.
    var isInstruction: Bool {
        let word = text.prefix { $0 != " " }
        return word.count < text.count && !word.isEmpty && word.allSatisfy { $0.isASCII && $0.isUppercase }
    }

    /// The text where it reads as an instruction.
    var shown: String? { isInstruction ? text : nil }

    var isRun: Bool { if case .run = kind { true } else { false } }
    var isCopy: Bool { if case .copy = kind { true } else { false } }

    /// What the shell is given by RUN.
    var shell: String? { if case .run(let shell) = kind { shell } else { nil } }

    private init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// An instruction of the history as it stands in the Dockerfile, comments and continued lines with it: edits keep
    /// them. What the history says of sources and destinations stays, as variables have their values there.
    init(_ history: String, written: String?) {
        self.init(history)
        guard let written, let keyword = written.split(whereSeparator: \.isWhitespace).first?.uppercased() else {
            return
        }
        switch (kind, keyword) {
        case (.run(let shell), "RUN"):
            text = written
            let length = WrittenFlags(written).end
            head = String(written.prefix(length))
            let rest = written.dropFirst(length)
            // A script in a here-document is no text that can be parted at its commands.
            kind = .run(shell: shell == nil || rest.contains("<<") ? nil : String(rest))
        case (.copy, "COPY"), (.copy, "ADD"): text = written
        default: break
        }
    }

    private static func run(_ given: Substring) -> HistoryInstruction {
        var text = given
        // Arguments of the build stand in front, and their values may hold anything but a shell.
        if text.hasPrefix("|"), let shell = text.firstRange(of: " /bin/") {
            text = text[text.index(after: shell.lowerBound)...]
        }
        if let flag = commandFlag(text.split(separator: " ", maxSplits: 8)) {
            let command = trimmed(text[flag.endIndex...])
            return HistoryInstruction(.run(shell: String(command)), "RUN " + command)
        }
        // Docker's RUN of a heredoc shows as itself.
        return HistoryInstruction(.run(shell: nil), "RUN " + text)
    }

    /// The option of a shell behind which its text stands; nil of what is no shell, or is given a script.
    private static func commandFlag(_ words: [Substring]) -> Substring? {
        guard let first = words.first, first.hasPrefix("/"), first.hasSuffix("sh") else { return nil }
        var isValue = false
        for word in words.dropFirst().prefix(7) {
            if isValue {
                isValue = false
            } else if !word.hasPrefix("-") {
                return nil
            } else if word.hasSuffix("c"), !word.hasPrefix("--") {
                return word
            } else {
                // Of `-o pipefail` and the like the next word is the value.
                isValue = word.hasSuffix("o") && !word.hasPrefix("--")
            }
        }
        return nil
    }

    private static func plain(_ text: Substring) -> HistoryInstruction {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard let keyword = words.first, keyword == "COPY" || keyword == "ADD", words.count >= 3 else {
            return HistoryInstruction(.other, String(text))
        }
        let flags = Array(words.dropFirst().prefix { $0.hasPrefix("--") })
        var rest = Array(words.dropFirst(1 + flags.count))
        // Docker wrote `COPY file:DIGEST in /place`.
        if rest.count >= 3, rest[rest.count - 2] == "in" { rest.remove(at: rest.count - 2) }
        guard rest.count >= 2, let destination = rest.last else { return HistoryInstruction(.other, String(text)) }
        return HistoryInstruction(
            .copy(flags: flags, sources: rest.dropLast(), destination: destination),
            ([keyword] + flags + rest).joined(separator: " "))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
