// https://docs.docker.com/build/concepts/context/#dockerignore-files

/// One pattern of an ignore file, compiled to the cheapest test that decides it.
struct IgnorePattern: Sendable, Hashable {
    private enum Test: Sendable, Hashable {
        case exact([UInt8])
        /// `dir/**`
        case prefix([UInt8])
        /// `**/name`, where the name alone matches too; `**name` matches any path with that end.
        case suffix([UInt8])
        case glob(Glob)
    }

    /// Starts with `!`: takes back what patterns before it said.
    let isException: Bool
    private let test: Test

    /// Takes a pattern in clean form without `!`; nil when it is malformed.
    init?(cleaned pattern: [UInt8], isException: Bool) {
        self.isException = isException
        guard let glob = Glob(pattern, doubleStars: true) else { return nil }
        let stars: [UInt8] = Array("**".utf8)
        func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool { !bytes.contains { "*?[]\\".utf8.contains($0) } }
        if isPlain(pattern[...]) {
            test = .exact(pattern)
        } else if pattern.starts(with: stars), isPlain(pattern.dropFirst(2)) {
            test = .suffix(Array(pattern.dropFirst(2)))
        } else if pattern.reversed().starts(with: stars), isPlain(pattern.dropLast(2)) {
            test = .prefix(Array(pattern.dropLast(2)))
        } else {
            test = .glob(glob)
        }
    }

    /// Whether the pattern matches this very path.
    func matches(_ path: [UInt8]) -> Bool {
        switch test {
        case .exact(let bytes): return path == bytes
        case .prefix(let bytes): return path.starts(with: bytes)
        case .suffix(let bytes):
            if path.count >= bytes.count, path[(path.count - bytes.count)...].elementsEqual(bytes) { return true }
            return bytes.first == UInt8(ascii: "/") && path.count == bytes.count - 1
                && path.elementsEqual(bytes.dropFirst())
        case .glob(let glob): return glob.matches(path)
        }
    }

    /// Whether the pattern can match anything inside a directory.
    func canMatch(below directory: [UInt8]) -> Bool {
        let start = directory.isEmpty ? [] : directory + [UInt8(ascii: "/")]
        switch test {
        case .exact(let bytes): return bytes.count > start.count && bytes.starts(with: start)
        case .prefix(let bytes): return bytes.starts(with: start) || start.starts(with: bytes)
        case .suffix: return true
        case .glob(let glob): return glob.canMatch(startingWith: start)
        }
    }
}
