package import Core

/// What a base leaves out of its packages. Nothing is left out that a recipe doesn't name.
package enum Slice: Sendable, Hashable {
    /// A slice with a fixed meaning.
    case named(Name)
    /// Directories and files of /usr/share/zoneinfo: `posix`, `right`, `Antarctica`.
    case zoneinfo([String])
    /// Patterns of absolute paths: `*` and `?` within a component, `**` for any number of components.
    case paths([String])

    package enum Name: String, Sendable, Hashable, CaseIterable {
        case docs, man, info, locales, lintian
        case bashCompletion = "bash-completion"
        case gconv, copyrights

        /// What it leaves out, and what of that it keeps.
        package var patterns: (out: [String], kept: [String]) {
            switch self {
            case .docs:
                (["/usr/share/doc/*/**", "/usr/share/doc-base/**"], ["/usr/share/doc/*/copyright"])
            case .man: (["/usr/share/man/**"], [])
            case .info: (["/usr/share/info/**"], [])
            case .locales:
                (
                    ["/usr/share/locale/**", "/usr/share/i18n/**", "/usr/lib/locale/**"],
                    ["/usr/lib/locale/C.utf8", "/usr/lib/locale/C.utf8/**"]
                )
            case .lintian: (["/usr/share/lintian/**"], [])
            case .bashCompletion: (["/usr/share/bash-completion/**", "/etc/bash_completion.d/**"], [])
            case .gconv: (["/usr/lib/*/gconv/**"], [])
            case .copyrights: (["/usr/share/doc/*/copyright", "/usr/share/common-licenses/**"], [])
            }
        }
    }

    /// The slice's name for people and reports.
    package var name: String {
        switch self {
        case .named(let name): name.rawValue
        case .zoneinfo: "zoneinfo"
        case .paths: "paths"
        }
    }

    /// What it leaves out, and what of that it keeps.
    package var patterns: (out: [String], kept: [String]) {
        switch self {
        case .named(let name): name.patterns
        case .zoneinfo(let names):
            (names.flatMap { ["/usr/share/zoneinfo/\($0)", "/usr/share/zoneinfo/\($0)/**"] }, [])
        case .paths(let patterns): (patterns, [])
        }
    }
}

/// Tells by which slice a path is left out.
///
/// Paths are those of the image, after links of directories (`/lib`) were followed. `/usr/share/man/**` matches all below
/// the directory, not the directory: one whose whole content was left out should go with it.
package struct SliceMatcher: Sendable {
    private let slices: [(out: [PathPattern], kept: [PathPattern])]

    package init(_ slices: [Slice]) {
        self.slices = slices.map { slice in
            let (out, kept) = slice.patterns
            return (out.map { PathPattern($0) }, kept.map { PathPattern($0) })
        }
    }

    /// The index of the first slice that leaves a path out; nil when it stays.
    package func slice(of path: BytePath) -> Int? {
        if slices.isEmpty { return nil }
        let components = path.components
        return slices.firstIndex { slice in
            slice.out.contains { $0.matches(components) } && !slice.kept.contains { $0.matches(components) }
        }
    }
}

/// A pattern of absolute paths, compiled into components.
package struct PathPattern: Sendable, Hashable {
    private enum Component: Sendable, Hashable {
        case literal([UInt8])
        case wildcard([UInt8])
        /// `**`: any number of components; at the end of a pattern at least one.
        case any
    }

    private let components: [Component]

    package init(_ text: String) {
        components = text.utf8.split(separator: UInt8(ascii: "/")).map { part in
            if part.elementsEqual("**".utf8) { return .any }
            let special = part.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
            return special ? .wildcard(Array(part)) : .literal(Array(part))
        }
    }

    package func matches(_ path: BytePath) -> Bool { matches(path.components) }

    /// The greedy walk with one place to come back to: time is at most the product of both lengths.
    func matches(_ path: [ArraySlice<UInt8>]) -> Bool {
        var (index, position) = (0, 0)
        var retry: (index: Int, position: Int)?
        while position < path.count {
            if index < components.count, case .any = components[index] {
                if index + 1 == components.count { return true }
                retry = (index + 1, position)
                index += 1
            } else if index < components.count, Self.matches(components[index], path[position]) {
                index += 1
                position += 1
            } else if let last = retry {
                retry = (last.index, last.position + 1)
                (index, position) = (last.index, last.position + 1)
            } else {
                return false
            }
        }
        return index == components.count
    }

    private static func matches(_ component: Component, _ name: ArraySlice<UInt8>) -> Bool {
        switch component {
        case .literal(let text): text.elementsEqual(name)
        case .wildcard(let pattern): matches(pattern, name)
        case .any: true
        }
    }

    private static func matches(_ pattern: [UInt8], _ name: ArraySlice<UInt8>) -> Bool {
        var (index, position) = (0, name.startIndex)
        var retry: (index: Int, position: Int)?
        while position < name.endIndex {
            if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
                retry = (index + 1, position)
                index += 1
            } else if index < pattern.count, pattern[index] == name[position] || pattern[index] == UInt8(ascii: "?") {
                index += 1
                position += 1
            } else if let last = retry {
                retry = (last.index, last.position + 1)
                (index, position) = (last.index, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
