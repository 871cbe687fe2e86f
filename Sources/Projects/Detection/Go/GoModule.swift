// https://go.dev/ref/mod#go-mod-file

/// What go.mod says.
struct GoModule: Sendable, Equatable {
    var path = ""
    var go: Version?
    /// The compiler that the module wants, where that is newer than `go`.
    var toolchain: Version?
    /// Modules that are required, with versions.
    var requires: [String] = []
    /// Directories that stand for modules.
    var localReplacements: [String] = []

    init(_ text: String) {
        var block: String?
        for raw in text.split(separator: "\n") {
            let line = Words.trimmed(raw.prefix(upTo: raw.firstRange(of: "//")?.lowerBound ?? raw.endIndex))
            var words = Words.split(line)
            guard let first = words.first else { continue }
            if first == ")" {
                block = nil
                continue
            }
            if words.count == 2, words[1] == "(" {
                block = first
                continue
            }
            let verb: String
            if let block { verb = block } else { verb = words.removeFirst() }
            take(verb, words.map { $0.filter { $0 != "\"" } })
        }
    }

    private mutating func take(_ verb: String, _ words: [String]) {
        guard let first = words.first else { return }
        switch verb {
        case "module": path = first
        case "go": go = Version(first)
        case "toolchain": toolchain = first.hasPrefix("go") ? Version(first.dropFirst(2)) : nil
        case "require": requires.append(first)
        case "replace":
            if let target = words.last, target.hasPrefix("./") || target.hasPrefix("../") {
                localReplacements.append(target)
            }
        default: break
        }
    }

    /// The last part of the path that is no major version: `web` of `example.com/web/v2`.
    var name: String {
        let parts = path.split(separator: "/")
        guard let last = parts.last else { return "app" }
        let isMajor = last.first == "v" && last.dropFirst().allSatisfy { ("0"..."9").contains($0) } && last.count > 1
        return String(isMajor && parts.count > 1 ? parts[parts.count - 2] : last)
    }
}

/// A Go file as far as its head and its marks tell.
struct GoFile: Sendable {
    var package = ""
    var imports: Set<String> = []
    var isIgnored = false
    var embeds: [String] = []

    init(_ text: String) {
        var inImports = false
        var inComment = false
        for raw in text.split(separator: "\n") {
            let line = Words.trimmed(raw)
            if inComment {
                if line.contains("*/") { inComment = false }
                continue
            }
            if line.hasPrefix("//go:build ") {
                let words = Words.split(line.dropFirst(11))
                if words.contains("ignore") || words.contains("tools") { isIgnored = true }
            } else if line.hasPrefix("//go:embed ") {
                embeds += Words.split(line.dropFirst(11)).map { $0.filter { $0 != "\"" && $0 != "`" } }
            } else if line.hasPrefix("//") || line.isEmpty {
                continue
            } else if line.hasPrefix("/*") {
                inComment = !line.contains("*/")
            } else if package.isEmpty, line.hasPrefix("package ") {
                package = Words.split(line.dropFirst(8)).first ?? ""
            } else if line.hasPrefix("import (") || line == "import(" {
                inImports = true
            } else if line.hasPrefix("import ") {
                imports.formUnion(Words.quoted(line))
            } else if inImports {
                if line.hasPrefix(")") { inImports = false } else { imports.formUnion(Words.quoted(line)) }
            }
        }
    }
}
