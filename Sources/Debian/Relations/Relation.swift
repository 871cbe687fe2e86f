// https://www.debian.org/doc/debian-policy/ch-relationships.html#syntax-of-relationship-fields
package import Inventory

/// What a relation asks of a version.
package struct VersionConstraint: Hashable, Sendable, CustomStringConvertible {
    package enum Comparison: String, Hashable, Sendable {
        case less = "<<"
        case lessOrEqual = "<="
        case equal = "="
        case greaterOrEqual = ">="
        case greater = ">>"
    }

    package var comparison: Comparison
    package var version: DebianVersion

    package init(_ comparison: Comparison, _ version: DebianVersion) {
        self.comparison = comparison
        self.version = version
    }

    package func isSatisfied(by candidate: DebianVersion) -> Bool {
        switch comparison {
        case .less: candidate < version
        case .lessOrEqual: candidate <= version
        case .equal: candidate == version
        case .greaterOrEqual: candidate >= version
        case .greater: candidate > version
        }
    }

    /// `>= 1.2`.
    package var description: String { "\(comparison.rawValue) \(version)" }
}

/// One package named in a relation field: `libc6 (>= 2.36)`, `python3:any`.
package struct Relation: Hashable, Sendable, CustomStringConvertible {
    /// A package or what packages provide.
    package var name: String
    /// What follows the colon: `any`, `native` or an architecture.
    package var architectureQualifier: String?
    package var constraint: VersionConstraint?

    package init(_ name: String, architectureQualifier: String? = nil, constraint: VersionConstraint? = nil) {
        self.name = name
        self.architectureQualifier = architectureQualifier
        self.constraint = constraint
    }

    package var description: String {
        name + (architectureQualifier.map { ":" + $0 } ?? "") + (constraint.map { " (\($0))" } ?? "")
    }
}

/// Relations of which one must hold: `default-mta | mail-transport-agent`.
package struct Dependency: Hashable, Sendable, CustomStringConvertible {
    /// In the order in which they are preferred; never empty when it was read from a field.
    package var alternatives: [Relation]

    package init(_ alternatives: [Relation]) { self.alternatives = alternatives }

    package var description: String { alternatives.map(\.description).joined(separator: " | ") }
}
