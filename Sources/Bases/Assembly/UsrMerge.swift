// https://wiki.debian.org/UsrMerge
internal import Core

/// How paths of packages move on suites where `/bin`, `/sbin` and `/lib*` are links into `/usr`.
package struct UsrMerge: Sendable {
    /// Links that every merged system has.
    static let always = ["bin", "sbin", "lib"]
    /// Links that are there when some package has files in such a directory.
    static let onDemand = ["lib32", "lib64", "libo32", "libx32"]

    private static let names = (always + onDemand).map { Array($0.utf8)[...] }
    private static let usr: BytePath = "usr"

    let isMerged: Bool

    /// Whether a suite has a merged `/usr`: what Debian released from version 10 on installs so, and all from 12 on is so.
    package static func applies(to suite: String) -> Bool {
        let codename = suite.prefix { $0 != "-" && $0 != "/" }
        return !["wheezy", "jessie", "stretch"].contains(codename)
    }

    /// Where a package's path is in the image.
    func map(_ path: BytePath) -> BytePath {
        guard isMerged, Self.directory(of: path) != nil else { return path }
        return Self.usr.appending(path)
    }

    /// The first component of a path if it is a directory that moves.
    static func directory(of path: BytePath) -> ArraySlice<UInt8>? {
        let first = path.bytes.prefix { $0 != UInt8(ascii: "/") }
        return names.contains(first) ? first : nil
    }

    /// The path that ``map(_:)`` takes to this one; nil when there is none.
    static func unmerged(_ path: BytePath) -> BytePath? {
        guard let rest = path.relative(to: usr), directory(of: rest) != nil else { return nil }
        return rest
    }

    /// The target of a link that means the same where the link is now.
    ///
    /// Names of links on the way are taken as if they were directories, which is right for what packages have: they must
    /// not reach each other's files through links.
    /// - Parameters:
    ///   - old: the directory of the link in the package.
    ///   - new: the directory of the link in the image.
    func target(_ target: [UInt8], from old: BytePath, to new: BytePath) -> [UInt8] {
        if target.first == UInt8(ascii: "/") || old == new { return target }
        let meant = map(Self.join(old, target))
        if map(Self.join(new, target)) == meant { return target }
        return Self.relative(meant, to: new)
    }

    /// The lexical path of a relative target.
    static func join(_ directory: BytePath, _ target: [UInt8]) -> BytePath {
        BytePath(cleaning: directory.bytes + [UInt8(ascii: "/")] + target)
    }

    /// A path as seen from a directory.
    static func relative(_ path: BytePath, to directory: BytePath) -> [UInt8] {
        let from = directory.components
        let to = path.components
        let shared = zip(from, to).prefix { $0 == $1 }.count
        let up = Array(repeating: Array("..".utf8)[...], count: from.count - shared)
        let parts = up + to[shared...]
        return parts.isEmpty ? Array(".".utf8) : Array(parts.joined(separator: [UInt8(ascii: "/")]))
    }
}
