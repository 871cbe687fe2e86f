// https://docs.docker.com/build/concepts/context/#dockerignore-files
package import Core

/// Decides which paths of a tree are left out: by `.dockerignore`, or by the patterns of `COPY --exclude`.
///
/// A pattern that matches a directory holds for all below it. The last pattern that holds for a path decides; one with
/// `!` keeps the path.
package struct IgnoreMatcher: Sendable {
    /// What holds for a path; given back for what lies below it.
    package struct State: Sendable {
        /// Which patterns match the path or a directory above it, as bits.
        fileprivate var matched: [UInt64]
        package fileprivate(set) var isExcluded = false
    }

    private let patterns: [IgnorePattern]
    private let hasExceptions: Bool
    private let root: State

    /// True when nothing is ever left out.
    package var isEmpty: Bool { patterns.isEmpty }

    /// Takes patterns as flags give them.
    package init(patterns: [String]) throws(DockerfileError) {
        var compiled: [IgnorePattern] = []
        for pattern in patterns {
            let bytes = Array(pattern.utf8)
            let trimmed = Whitespace.trimmed(bytes, 0..<bytes.count)
            if trimmed.isEmpty { continue }
            compiled.append(
                try Self.compile(Self.clean(Array(bytes[trimmed])), { .init(.invalidPattern($0), at: nil) }))
        }
        self.init(compiled)
    }

    /// Takes the text of an ignore file. Errors point into it.
    package init(_ file: SourceFile) throws(DockerfileError) {
        var compiled: [IgnorePattern] = []
        for line in file.lineStarts.indices {
            var range = file.lineBytes(line).indices
            if line == 0, file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
                range = min(3, range.upperBound)..<range.upperBound
            }
            guard !range.isEmpty, file.bytes[range.lowerBound] != UInt8(ascii: "#") else { continue }
            let trimmed = Whitespace.trimmed(file.bytes, range)
            guard !trimmed.isEmpty else { continue }
            let pattern = Self.relative(file.bytes[trimmed])
            compiled.append(
                try Self.compile(Self.clean(pattern)) {
                    .init(
                        .invalidPattern($0), at: SourceSpan(file, SourceRange(trimmed.lowerBound, trimmed.upperBound)))
                })
        }
        self.init(compiled)
    }

    package init(patternsText: String) throws(DockerfileError) {
        try self.init(SourceFile(name: ".dockerignore", text: patternsText))
    }

    private init(_ patterns: [IgnorePattern]) {
        self.patterns = patterns
        hasExceptions = patterns.contains(where: \.isException)
        root = State(matched: Array(repeating: 0, count: (patterns.count + 63) / 64))
    }

    /// A line without leading slash; `!` stays in front.
    private static func relative(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var rest = Array(line)
        let isException = rest.first == UInt8(ascii: "!")
        if isException {
            rest.removeFirst()
            rest = Array(rest[Whitespace.trimmed(rest, 0..<rest.count)])
        }
        if !rest.isEmpty {
            rest = clean(rest)
            if rest.count > 1, rest[0] == UInt8(ascii: "/") { rest.removeFirst() }
        }
        return isException ? [UInt8(ascii: "!")] + rest : rest
    }

    private static func compile(
        _ cleaned: [UInt8], _ failure: (String) -> DockerfileError
    ) throws(DockerfileError) -> IgnorePattern {
        let isException = cleaned.first == UInt8(ascii: "!")
        let bare = isException ? Array(cleaned.dropFirst()) : cleaned
        guard !bare.isEmpty, let pattern = IgnorePattern(cleaned: bare, isException: isException) else {
            throw failure(String(decoding: cleaned, as: UTF8.self))
        }
        return pattern
    }

    /// Go's `path.Clean`: the shortest path that means the same.
    static func clean(_ path: [UInt8]) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        let isRooted = path.first == slash
        var parts: [ArraySlice<UInt8>] = []
        for part in path.split(separator: slash) {
            if part.elementsEqual(".".utf8) { continue }
            guard part.elementsEqual("..".utf8) else {
                parts.append(part)
                continue
            }
            if let last = parts.last, !last.elementsEqual("..".utf8) {
                parts.removeLast()
            } else if !isRooted {
                parts.append(part)
            }
        }
        let joined = Array(parts.joined(separator: [slash]))
        if isRooted { return [slash] + joined }
        return joined.isEmpty ? Array(".".utf8) : joined
    }

    /// Whether a path is left out. For a walk over a tree, ``match(_:parent:)`` is quicker.
    package func excludes(_ path: BytePath) -> Bool {
        guard !patterns.isEmpty, !path.isRoot else { return false }
        var state = root
        var bytes: [UInt8] = []
        for component in path.components {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "/")) }
            bytes.append(contentsOf: component)
            state = match(bytes, state)
        }
        return state.isExcluded
    }

    /// What holds for a path, given what holds for its directory (nil for what lies at the top).
    package func match(_ path: BytePath, parent: State?) -> State {
        path.isRoot ? root : match(path.bytes, parent ?? root)
    }

    private func match(_ path: [UInt8], _ parent: State) -> State {
        var state = parent
        state.isExcluded = false
        for index in patterns.indices {
            let bit: UInt64 = 1 << UInt64(index % 64)
            if state.matched[index / 64] & bit == 0 {
                guard patterns[index].matches(path) else { continue }
                state.matched[index / 64] |= bit
            }
            state.isExcluded = !patterns[index].isException
        }
        return state
    }

    /// True when a directory and all that can lie below it are left out, so that it need not be read.
    package func canSkip(_ directory: BytePath, _ state: State) -> Bool {
        guard state.isExcluded else { return false }
        guard hasExceptions else { return true }
        return patterns.indices.allSatisfy { index in
            !patterns[index].isException || state.matched[index / 64] & (1 << UInt64(index % 64)) != 0
                || !patterns[index].canMatch(below: directory.bytes)
        }
    }
}
