// https://maven.apache.org/pom.html

/// The texts of a pom.xml by the path of their element, as far as Maven's own form goes: no entities, no CDATA.
struct PomReader {
    /// `project/build/finalName` and its text, in order.
    private(set) var values: [(path: String, text: String)] = []

    init(_ text: String) {
        var stack: [String] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "<") {
            let content = Words.trimmed(rest[..<open])
            rest = rest[open...].dropFirst()
            if rest.hasPrefix("!--") {
                guard let end = rest.firstRange(of: "-->") else { return }
                rest = rest[end.upperBound...]
                continue
            }
            guard let close = rest.firstIndex(of: ">") else { return }
            let tag = rest[..<close]
            rest = rest[rest.index(after: close)...]
            if tag.hasPrefix("?") || tag.hasPrefix("!") { continue }
            if tag.hasPrefix("/") {
                if !content.isEmpty { values.append((stack.joined(separator: "/"), content)) }
                _ = stack.popLast()
            } else if !tag.hasSuffix("/") {
                stack.append(String(tag.prefix { !$0.isWhitespace }))
                guard stack.count < 32, values.count < 10_000 else { return }
            }
        }
    }

    /// The text of an element, `${…}` replaced by properties.
    func value(_ path: String) -> String? { values.first { $0.path == "project/" + path }.map { resolve($0.text) } }

    func property(_ name: String) -> String? { value("properties/" + name) }

    /// The first element of a name, wherever it stands.
    func anywhere(_ name: String) -> String? { values.first { $0.path.hasSuffix("/" + name) }.map { resolve($0.text) } }

    /// What the configuration of the compiler plugin has for `release`, else for `target`.
    var compilerRelease: String? {
        for name in ["release", "target"] {
            let found = values.first {
                $0.path.hasPrefix("project/build/") && $0.path.hasSuffix("/plugin/configuration/" + name)
            }
            if let found { return resolve(found.text) }
        }
        return nil
    }

    func has(artifact: String) -> Bool { values.contains { $0.path.hasSuffix("/artifactId") && $0.text == artifact } }

    private func resolve(_ text: String) -> String {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return text }
        let name = String(text.dropFirst(2).dropLast())
        let path =
            name.hasPrefix("project.")
            ? "project/" + name.dropFirst(8).split(separator: ".").joined(separator: "/") : "project/properties/" + name
        let found = values.first { $0.path == path }?.text ?? text
        return found.contains("${") ? text : found
    }
}
