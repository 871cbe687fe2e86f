// https://pkg.go.dev/path/filepath#Match
package import Core

/// A wildcard in a source of COPY or ADD: `*`, `?` and `[...]`, none of which crosses a directory.
package struct GlobMatcher: Sendable, Hashable {
    package let pattern: String
    private let glob: Glob

    /// Throws when the pattern is malformed, such as `[` without `]`.
    /// - Parameter doubleStars: whether `**` crosses directories, as in ignore files.
    package init(_ pattern: String, doubleStars: Bool = false) throws(DockerfileError) {
        guard let glob = Glob(Array(pattern.utf8), doubleStars: doubleStars) else {
            throw DockerfileError(.invalidPattern(pattern), at: nil)
        }
        self.pattern = pattern
        self.glob = glob
    }

    /// True when the pattern is more than a path.
    package static func hasWildcards(_ pattern: String) -> Bool { pattern.utf8.contains { "*?[\\".utf8.contains($0) } }

    /// The whole path must match.
    package func matches(_ path: BytePath) -> Bool { glob.matches(path.bytes) }

    package func matches(_ path: [UInt8]) -> Bool { glob.matches(path) }

    package func matches(_ path: String) -> Bool { glob.matches(Array(path.utf8)) }
}
