/// The images that are written where a project asks for no version of its own, as of 2026-11-21.
///
/// A release line is here when its tag was found in use in public Dockerfiles by that day; `until` is what its makers
/// say of how long it gets fixes. Newer lines that a project asks for are taken on trust. docs/init.md has the table.
enum Images {
    /// A release line and the tag that stands for it.
    struct Line: Sendable, Equatable {
        var version: Version
        /// `2027-02`; nil while there is no successor that would end it.
        var until: String?
    }

    // https://go.dev/doc/devel/release: a line gets fixes until the second one after it is out.
    static let go = [Line(version: Version(1, 27)), Line(version: Version(1, 26), until: "2027-02")]
    // https://www.swift.org/install/
    static let swift = [Line(version: Version(6, 3)), Line(version: Version(6, 2))]
    // https://www.rust-lang.org/: one line at a time; older compilers are for those who name one.
    static let rust = [Line(version: Version(1, 97))]
    // https://nodejs.org/en/about/previous-releases: lines with long-term support.
    static let node = [
        Line(version: Version(24, 0), until: "2028-04"), Line(version: Version(22, 0), until: "2027-04"),
    ]
    // https://devguide.python.org/versions/
    static let python = [
        Line(version: Version(3, 14), until: "2030-10"), Line(version: Version(3, 13), until: "2029-10"),
        Line(version: Version(3, 12), until: "2028-10"), Line(version: Version(3, 11), until: "2027-10"),
    ]
    // https://adoptium.net/support/: long-term releases; 21 is what is written for a project that asks for none.
    static let java = [
        Line(version: Version(17, 0), until: "2027-10"), Line(version: Version(21, 0), until: "2029-12"),
        Line(version: Version(25, 0), until: "2031-09"),
    ]
    static let defaultJava = 21
    // https://gcc.gnu.org/releases.html
    static let gcc = [Line(version: Version(14, 0))]

    /// The Debian that assembled bases are made of; programs must be linked against no newer C library.
    static let debian = "bookworm"

    /// What the assembled bases hold.
    static let assembledGo = Version(1, 23)
    static let assembledPython = Version(3, 11)

    /// The line of a list that is written for a project that needs at least some version: the line that it names while
    /// that is one of ours, else our newest, else, for what is newer than all of ours, its own.
    static func line(_ lines: [Line], atLeast wanted: Version?) -> Version {
        guard let newest = lines.first?.version else { return wanted ?? Version(0, 0) }
        guard let wanted else { return newest }
        let asked = wanted.line
        return lines.contains { $0.version == asked } ? asked : max(asked, newest)
    }
}

/// `1.23` or `1.23.4`; further parts don't matter here.
struct Version: Comparable, Hashable, Sendable, CustomStringConvertible {
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
    var line: Version { Version(major, minor) }
    var description: String { patch.map { "\(short).\($0)" } ?? short }

    static func < (left: Version, right: Version) -> Bool {
        (left.major, left.minor, left.patch ?? 0) < (right.major, right.minor, right.patch ?? 0)
    }
}
