internal import Core

/// Languages whose programs load their library piece by piece.
enum Language {
    struct Root: Hashable {
        var path: BytePath
        var language: String
    }

    /// The directory of a language's own library that holds a path.
    static func root(of path: BytePath) -> Root? {
        let parts = path.components.map { String(decoding: $0, as: UTF8.self) }
        for (index, part) in parts.enumerated().dropLast() {
            let language: String
            switch part {
            case "node_modules": language = "Node"
            case "perl-base", "perl5": language = "Perl"
            case "ruby", "jvm", "php":
                guard index > 0, parts[index - 1].hasPrefix("lib") || parts[index - 1] == "share" else { continue }
                language = ["ruby": "Ruby", "jvm": "Java", "php": "PHP"][part] ?? part
            default:
                guard index > 0, parts[index - 1].hasPrefix("lib"), part.hasPrefix("python"),
                    part.dropFirst(6).first?.isNumber == true
                else { continue }
                // Debian's python3 holds what packages bring, each a directory of its own.
                if part == "python3", parts.count > index + 3 {
                    return Root(path: prefix(parts, index + 3), language: "Python")
                }
                if part == "python3" { continue }
                language = "Python"
            }
            return Root(path: prefix(parts, index + 1), language: language)
        }
        return nil
    }

    private static func prefix(_ parts: [String], _ count: Int) -> BytePath {
        BytePath(cleaning: parts.prefix(count).joined(separator: "/"))
    }

    static func isInterpreter(_ path: BytePath) -> Bool {
        let name = String(decoding: path.name, as: UTF8.self)
        return ["python", "node", "ruby", "perl", "php", "java"].contains { name.hasPrefix($0) }
    }

    static func isCompiledSource(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return name == "Makefile" }
        return ["c", "h", "cc", "cpp", "cxx", "hpp", "go", "rs", "swift", "o", "a", "java", "zig"]
            .contains(String(name[name.index(after: dot)...]))
    }
}
