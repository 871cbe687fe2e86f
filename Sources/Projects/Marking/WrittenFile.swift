import Core

/// A file that is written for a project, with a mark that tells it from what a person wrote or changed.
///
/// The mark holds the digest of the file without that digest. While both agree nobody touched the file, and it may be
/// written anew; when they don't, it belongs to whoever changed it.
package struct WrittenFile: Sendable, Equatable {
    /// Relative to the project.
    package let path: String
    package let text: String

    /// - Parameter text: has ``mark`` once, where the digest goes.
    init(_ path: String, _ text: String) {
        self.path = path
        let digest = SHA256.digest(of: text).hex.prefix(Self.length)
        self.text = text.replacing(Self.mark, with: "sampan init (\(digest))")
    }

    /// Stands where the digest will be.
    static let mark = "sampan init ()"
    private static let length = 32

    /// What a file that is there already means for this one.
    package enum State: String, Sendable {
        /// Nothing is there.
        case new
        /// What is there is exactly this.
        case same
        /// It was written by an earlier run, and nobody changed it since.
        case outdated
        /// It was written by an earlier run and changed since.
        case changed
        /// Somebody else wrote it.
        case foreign
    }

    /// Whether a line has the mark.
    static func isMarked(_ line: some StringProtocol) -> Bool { line.contains("sampan init (") }

    package func state(of there: [UInt8]?) -> State {
        guard let there else { return .new }
        let old = String(decoding: there, as: UTF8.self)
        if old == text { return .same }
        guard let start = old.firstRange(of: "sampan init ("), let end = old[start.upperBound...].firstIndex(of: ")")
        else { return .foreign }
        let digest = old[start.upperBound..<end]
        guard digest.count == Self.length, digest.allSatisfy(\.isHexDigit) else { return .foreign }
        let bare = old[..<start.lowerBound] + Self.mark + old[old.index(after: end)...]
        return SHA256.digest(of: String(bare)).hex.hasPrefix(digest) ? .outdated : .changed
    }
}
