/// The versions of images that are written where the project asks for none, as of November 2026.
///
/// Each is the newest release with support of its line then; a project that names a version gets that one.
enum Images {
    static let go = "1.26"
    static let swift = "6.2"
    static let rust = "1.90"
    static let node = "24"
    static let python = "3.13"
    static let java = "21"
    static let gcc = "14"
    /// The Debian that assembled bases are made of; programs must be linked against no newer C library.
    static let debian = "bookworm"

    /// What the assembled bases hold.
    static let assembledGo = Version(1, 23)
    static let assembledPython = Version(3, 11)
}

/// `1.23` or `1.23.4`; further parts don't matter here.
struct Version: Comparable, Sendable, CustomStringConvertible {
    var major: Int
    var minor: Int
    var patch: Int?

    init(_ major: Int, _ minor: Int, _ patch: Int? = nil) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads what a text begins with; nil when that is no version.
    init?(_ text: some StringProtocol) {
        let digits = text.prefix { $0 == "." || ("0"..."9").contains($0) }
        let parts = digits.split(separator: ".").map { Int($0) }
        guard let first = parts.first, let major = first, major < 1_000_000 else { return nil }
        self.major = major
        minor = (parts.count > 1 ? parts[1] : 0) ?? 0
        patch = parts.count > 2 ? parts[2] : nil
    }

    var short: String { "\(major).\(minor)" }
    var description: String { patch.map { "\(short).\($0)" } ?? short }

    static func < (left: Version, right: Version) -> Bool {
        (left.major, left.minor, left.patch ?? 0) < (right.major, right.minor, right.patch ?? 0)
    }
}
