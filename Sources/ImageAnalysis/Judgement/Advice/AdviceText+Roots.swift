internal import Core

extension AdviceText {
    /// The topmost directories that make caches of what is in them.
    static func cacheRoots(_ paths: [BytePath]) -> [BytePath] {
        roots(paths) { $0.equals(".cache") || $0.equals(".npm") || $0.equals("_cacache") || $0.equals("cache") }
    }

    static func versionControlRoots(_ paths: [BytePath]) -> [String] {
        roots(paths) { BytePath.isVersionControl($0) }.map(quoted)
    }

    static func testRoots(_ paths: [BytePath]) -> [BytePath] {
        roots(paths) {
            $0.equals("test") || $0.equals("tests") || $0.equals("testdata") || $0.equals("__tests__")
                || $0.equals("__fixtures__")
        }
    }

    /// For each path the first directory on its way that fits, else its parent; all below another is left out.
    private static func roots(_ paths: [BytePath], _ fits: (ArraySlice<UInt8>) -> Bool) -> [BytePath] {
        var roots: Set<BytePath> = []
        for path in paths {
            var start = 0
            var found: BytePath?
            for index in path.bytes.indices where path.bytes[index] == UInt8(ascii: "/") {
                if fits(path.bytes[start..<index]) {
                    found = BytePath(normalized: Array(path.bytes[..<index]))
                    break
                }
                start = index + 1
            }
            roots.insert(found ?? path)
        }
        return topmost(Array(roots))
    }

    /// The directory that all paths are in; nil when that is the root.
    static func common(_ paths: [BytePath]) -> BytePath? {
        guard var above = paths.first?.parent else { return nil }
        for path in paths { while !path.isSameOrBelow(above) { above = above.parent } }
        return above.isRoot ? nil : above
    }

    /// A text as JSON has it, as in the lists of a Dockerfile.
    static func json(_ text: String) -> String { OrderedJSON.string(text).line }
}

extension BytePath {
    static func isVersionControl(_ name: ArraySlice<UInt8>) -> Bool {
        name.equals(".git") || name.equals(".svn") || name.equals(".hg") || name.equals(".bzr") || name.equals("CVS")
    }

    /// The name of the directory of version control that holds it.
    var versionControlName: String? {
        var found: String?
        forEachDirectory { name in
            if found == nil, Self.isVersionControl(name) { found = String(decoding: name, as: UTF8.self) }
        }
        return found
    }
}
