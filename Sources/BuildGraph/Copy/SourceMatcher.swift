package import Core
private import DockerfileSyntax
package import Layers

/// Finds what a COPY source names in a tree: a path, or a pattern with the wildcards of Go's `filepath.Match`.
package struct SourceMatcher {
    package struct Match {
        /// The path as it was named, before links were followed; its last component is the name in the destination.
        package var name: BytePath
        /// For `--parents`: the part that is not made again.
        package var pivot: BytePath
        /// What it leads to; its path is the real one.
        package var entry: Entry
    }

    private let tree: StackTree
    private let span: SourceSpan?

    package init(tree: StackTree, span: SourceSpan?) {
        self.tree = tree
        self.span = span
    }

    /// - Throws: ``CopyError`` when a path without wildcards is not there. A pattern may match nothing.
    package func matches(_ pattern: String, parents: Bool = false) throws -> [Match] {
        // How many components of a path stand before the pivot.
        var depth = 0
        var pattern = pattern
        if parents, let marker = Self.range(of: "/./", in: pattern) {
            // Before the pivot `**` is no more than `*`.
            let before = BytePath(cleaning: String(pattern[..<marker.lowerBound]))
            let parts = before.components.map {
                $0.elementsEqual("**".utf8) ? "*" : String(decoding: $0, as: UTF8.self)
            }
            depth = parts.count
            pattern = (parts + [String(pattern[marker.upperBound...])]).joined(separator: "/")
        }
        func match(_ name: BytePath, _ entry: Entry) -> Match {
            Match(
                name: name, pivot: name.components.prefix(depth).reduce(BytePath()) { $0.appending($1) }, entry: entry)
        }
        let path = BytePath(cleaning: pattern)
        guard GlobMatcher.hasWildcards(pattern) else {
            // Without wildcards a backslash escapes, as it does with them.
            let plain = BytePath(cleaning: Self.unescape(path.bytes))
            guard let entry = try tree.lookup(plain) else {
                throw CopyError.notFound(pattern: pattern, span, similar: try similar(to: plain))
            }
            return [match(plain, entry)]
        }
        return try expand(path).compactMap { name in
            try tree.lookup(name).map { match(name, $0) }
        }
    }

    /// Matches component by component; `**` stands for any number of directories.
    private func expand(_ pattern: BytePath) throws -> [BytePath] {
        var found = [BytePath()]
        for component in pattern.components {
            let text = String(decoding: component, as: UTF8.self)
            if text == "**" {
                found = try found.flatMap { directory in
                    [directory]
                        + (try tree.walk(below: tree.resolve(directory)).filter(\.isDirectory).map(\.path))
                }
                continue
            }
            guard GlobMatcher.hasWildcards(text) else {
                let name = Self.unescape(Array(component))
                found = try found.map { $0.appending(name) }.filter { try tree.lookup($0.parent) != nil }
                continue
            }
            let glob = try GlobMatcher(text)
            var next: [BytePath] = []
            for directory in found {
                for child in try tree.children(of: tree.resolve(directory))
                where glob.matches(BytePath(normalized: Array(child.path.name))) {
                    next.append(directory.appending(child.path.name))
                }
            }
            found = next
        }
        var seen: Set<BytePath> = []
        return found.filter { !$0.isRoot && seen.insert($0).inserted }.sorted()
    }

    private func similar(to path: BytePath) throws -> String? {
        let siblings = try tree.children(of: tree.resolve(path.parent))
        let name = String(decoding: path.name, as: UTF8.self)
        // A link that leads nowhere is there under the very name.
        let names = siblings.map { String(decoding: $0.path.name, as: UTF8.self) }.filter { $0 != name }
        guard let near = Suggestion.nearest(to: name, in: names) else { return nil }
        return path.parent.appending(near).description
    }

    private static func unescape(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "\\")) else { return bytes }
        var out: [UInt8] = []
        var escaped = false
        for byte in bytes {
            if byte == UInt8(ascii: "\\"), !escaped {
                escaped = true
            } else {
                out.append(byte)
                escaped = false
            }
        }
        return out
    }

    private static func range(of needle: String, in text: String) -> Range<String.Index>? {
        guard let start = text.indices.first(where: { text[$0...].hasPrefix(needle) }) else { return nil }
        return start..<text.index(start, offsetBy: needle.count)
    }
}
