package import Core
import DockerfileSyntax

/// Paths of an image by a pattern: `/etc/ssl/**`, `/app/*.so`, or without a slash in front at any depth, `*.pyc`.
/// `*` stays in its directory, `**` crosses directories.
package struct PathPattern: Sendable, Hashable {
    package let text: String
    private let matcher: GlobMatcher

    /// - Throws: for a malformed pattern.
    package init(_ text: String) throws(PolicyError) {
        let pattern = text.hasPrefix("/") ? String(text.dropFirst()) : text.hasPrefix("**/") ? text : "**/" + text
        guard !text.isEmpty, text != "/", !pattern.split(separator: "/").contains(".."),
            let matcher = try? GlobMatcher(pattern, doubleStars: true)
        else { throw .pattern(text) }
        self.text = text
        self.matcher = matcher
    }

    /// Whether a path is meant, or lies in a directory that is meant.
    package func matches(_ path: BytePath) -> Bool {
        var path = path
        while !path.isRoot {
            if matcher.matches(path) { return true }
            path = path.parent
        }
        return false
    }

    /// Whether exactly this path is meant.
    package func matchesExactly(_ path: BytePath) -> Bool { matcher.matches(path) }
}
