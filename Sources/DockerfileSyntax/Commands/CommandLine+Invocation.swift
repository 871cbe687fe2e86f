// https://docs.docker.com/reference/dockerfile/#here-documents

extension CommandLine {
    /// What a RUN really starts.
    package enum Invocation: Sendable, Equatable {
        /// A program with its arguments.
        case exec([String])
        /// A text for the image's shell.
        case shell(String)
        /// A script with a `#!` line: it is made a file of that name with mode 0755, and started without arguments.
        case script(name: String, content: [UInt8])
    }

    /// Resolves here-documents: one that is all of the command is the script itself; otherwise the shell gets the
    /// command with the bodies behind it, and reads them on its own.
    package var invocation: Invocation {
        switch form {
        case .exec(let words): return .exec(words.map(\.text))
        case .shell(let word):
            guard let first = heredocs.first else { return .shell(word.text) }
            let range = 0..<word.text.utf8.count
            if let parsed = try? HeredocScanner.parse(word.text, range), parsed.name == first.name {
                let content = first.content
                if content.starts(with: "#!".utf8) { return .script(name: first.name, content: content) }
                return .shell(String(decoding: content, as: UTF8.self))
            }
            return .shell(
                heredocs.reduce(word.text) { text, heredoc in
                    text + "\n" + String(decoding: heredoc.rawContent, as: UTF8.self) + heredoc.name
                })
        }
    }
}
