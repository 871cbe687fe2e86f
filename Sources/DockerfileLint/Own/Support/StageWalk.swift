import DockerfileSyntax

extension LintFile {
    /// Calls a closure with each statement of a stage and the directory it works in; nil where variables hide it.
    func walk(_ stage: LintStage, _ body: (LintStatement, String?) -> Void) {
        var directory: String? = "/"
        for part in chain(of: stage).reversed() {
            for statement in statements(of: part) where !statement.isTrigger {
                if case .workdir(let word) = statement.command {
                    let path = String(word.unquoted)
                    if path.utf8.contains(UInt8(ascii: "$")) {
                        directory = nil
                    } else if path.hasPrefix("/") {
                        directory = PathText.joined("/", path)
                    } else {
                        directory = directory.map { PathText.joined($0, path) }
                    }
                    // Longer than any that means something.
                    if let path = directory, path.utf8.count > 1024 { directory = nil }
                }
                if part.index == stage.index { body(statement, directory) }
            }
        }
    }

    /// A path of the image as a whole one; nil when variables hide it.
    static func absolute(_ path: String, _ directory: String?) -> String? {
        if path.utf8.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "~") }) { return nil }
        if path.hasPrefix("/") { return trimmed(PathText.joined("/", path)) }
        return directory.map { trimmed(PathText.joined($0, path)) }
    }

    private static func trimmed(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}

extension LintStatement {
    /// What COPY or ADD brings from the build context: the transfer, and nothing for copies from stages.
    var contextTransfer: Transfer? {
        switch command {
        case .copy(let copy) where copy.from == nil: copy.transfer
        case .add(let add): add.transfer
        default: nil
        }
    }

    /// The transfer of any COPY or ADD.
    var transfer: Transfer? {
        switch command {
        case .copy(let copy): copy.transfer
        case .add(let add): add.transfer
        default: nil
        }
    }
}

extension Transfer {
    /// The sources that are paths.
    var paths: [Word] {
        sources.compactMap { source in
            guard case .path(let word) = source else { return nil }
            return word
        }
    }

    /// Takes the context as a whole.
    var takesAll: Bool {
        paths.contains { [".", "./", "/", "*", "./*"].contains($0.text) }
    }
}
