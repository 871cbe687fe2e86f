internal import Core

/// What directories of certain names hold, wherever they are.
enum SpecialDirectory {
    case versionControl, cache, bytecode
    /// `*.dist-info` and `*.egg-info`.
    case pythonMetadata
    /// Where programs of a language keep what they use: their documentation and caches are not the system's.
    case packages
}

extension BytePath {
    /// Whether the path starts with a text that ends in a slash.
    func hasPrefix(_ prefix: StaticString) -> Bool {
        let count = prefix.utf8CodeUnitCount
        guard bytes.count > count else { return false }
        return prefix.withUTF8Buffer { prefix in
            for index in 0..<count where bytes[index] != prefix[index] { return false }
            return true
        }
    }

    /// The directories above that have a meaning of their own, from the root down.
    var specialDirectories: [SpecialDirectory] {
        var found: [SpecialDirectory] = []
        forEachDirectory { name in
            if let place = Self.special(name) { found.append(place) }
        }
        return found
    }

    /// Whether a directory above is one that web servers serve.
    var isServed: Bool {
        var isServed = false
        forEachDirectory { name in
            if name.equals("html") || name.equals("www") || name.equals("public") || name.equals("static")
                || name.equals("assets")
            {
                isServed = true
            }
            if name.equals("node_modules") { isServed = false }
        }
        return isServed
    }

    /// Calls with the name of each directory above, from the root down.
    func forEachDirectory(_ body: (ArraySlice<UInt8>) -> Void) {
        var start = bytes.startIndex
        for index in bytes.indices where bytes[index] == UInt8(ascii: "/") {
            body(bytes[start..<index])
            start = index + 1
        }
    }

    private static func special(_ name: ArraySlice<UInt8>) -> SpecialDirectory? {
        guard let first = name.first else { return nil }
        switch first {
        case UInt8(ascii: "."):
            if name.equals(".git") || name.equals(".svn") || name.equals(".hg") || name.equals(".bzr") {
                return .versionControl
            }
            return name.equals(".cache") || name.equals(".npm") || name.equals(".ccache") ? .cache : nil
        case UInt8(ascii: "_"):
            if name.equals("__pycache__") { return .bytecode }
            return name.equals("_cacache") ? .cache : nil
        case UInt8(ascii: "C"): return name.equals("CVS") ? .versionControl : nil
        case UInt8(ascii: "n"): return name.equals("node_modules") ? .packages : nil
        case UInt8(ascii: "s"): if name.equals("site-packages") { return .packages }
        case UInt8(ascii: "d"): if name.equals("dist-packages") { return .packages }
        default: break
        }
        guard name.count > 9, name.last == UInt8(ascii: "o") else { return nil }
        return name.suffix(10).equals(".dist-info") || name.suffix(9).equals(".egg-info") ? .pythonMetadata : nil
    }
}

extension ArraySlice<UInt8> {
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            var index = startIndex
            for byte in text {
                if self[index] != byte { return false }
                index += 1
            }
            return true
        }
    }
}
