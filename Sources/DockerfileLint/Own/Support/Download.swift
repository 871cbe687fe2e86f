import ShellSyntax

/// A command that puts what a URL names into a file.
struct Download {
    /// As it is written, or the last part of the URL.
    let file: String

    init?(_ call: Call) {
        let isWget = call.name == "wget"
        guard isWget || call.name == "curl" else { return nil }
        var url: String?
        var output: String?
        var isNext = false
        var takesName = isWget
        for word in call.arguments {
            let text = word.text
            if isNext {
                output = text
                isNext = false
            } else if text == (isWget ? "--output-document" : "--output") {
                isNext = true
            } else if text.hasPrefix("--output=") || text.hasPrefix("--output-document=") {
                output = text.split(separator: "=", maxSplits: 1).last.map(String.init)
            } else if text == "--remote-name" {
                takesName = true
            } else if text.hasPrefix("-"), !text.hasPrefix("--") {
                let letters = text.dropFirst()
                if letters.hasSuffix(isWget ? "O" : "o") {
                    isNext = true
                } else if isWget, let mark = letters.firstIndex(of: "O") {
                    output = String(letters[letters.index(after: mark)...])
                } else if !isWget, letters.contains("O") {
                    takesName = true
                }
            } else if text.contains("://") {
                url = text
            }
        }
        if let output {
            guard output != "-", !output.hasPrefix("/dev/") else { return nil }
            file = output
        } else {
            guard takesName, let url, let name = url.split(separator: "/").last, !name.contains("?") else { return nil }
            file = String(name)
        }
    }

    /// The whole path; nil when variables hide it.
    func path(in directory: String?) -> String? { LintFile.absolute(file, directory) }

    var isArchive: Bool { Self.isArchive(file) }

    static func isArchive(_ name: String) -> Bool {
        [".tar", ".gz", ".tgz", ".xz", ".txz", ".bz2", ".zst", ".zip", ".deb", ".rpm", ".7z"].contains {
            name.hasSuffix($0)
        }
    }
}
