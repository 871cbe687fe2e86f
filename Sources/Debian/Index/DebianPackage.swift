// https://www.debian.org/doc/debian-policy/ch-controlfields.html#binary-package-control-files-debian-control
// https://wiki.debian.org/DebianRepository/Format#A.22Packages.22_Indices
package import Core
package import Inventory

/// A binary package as an archive's index describes it.
package struct DebianPackage: Sendable, Hashable, CustomStringConvertible {
    package var name: String
    package var version: DebianVersion
    /// `all`, or the architecture it is for.
    package var architecture: String
    /// The suite whose index has it.
    package var suite: String
    /// The source package; its version is ``sourceVersion``.
    package var source: String
    package var sourceVersion: DebianVersion
    /// Where the archive keeps the file: relative to the archive's root, without `..`.
    package var path: String
    /// Bytes of the file.
    package var size: Int64
    package var sha256: Digest
    package var isEssential: Bool
    /// `required`, `important`, `standard`, `optional` or `extra`; `optional` when the index doesn't say.
    package var priority: String
    /// `same`, `foreign`, `allowed`; nil for none.
    package var multiArch: String?
    package var preDepends: [Dependency] = []
    package var depends: [Dependency] = []
    package var recommends: [Dependency] = []
    package var provides: [Relation] = []
    package var conflicts: [Relation] = []
    package var breaks: [Relation] = []
    package var replaces: [Relation] = []

    package init(
        name: String, version: DebianVersion, architecture: String, suite: String, source: String? = nil,
        sourceVersion: DebianVersion? = nil, path: String, size: Int64, sha256: Digest, isEssential: Bool = false,
        priority: String = "optional", multiArch: String? = nil
    ) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.suite = suite
        self.source = source ?? name
        self.sourceVersion = sourceVersion ?? version
        self.path = path
        self.size = size
        self.sha256 = sha256
        self.isEssential = isEssential
        self.priority = priority
        self.multiArch = multiArch
    }

    /// `libc6 2.36-9 (bookworm)`.
    package var description: String { "\(name) \(version) (\(suite))" }

    /// Whether its own name, with its version and architecture, is what a relation asks for.
    /// - Parameters:
    ///   - architecture: the one that packages are chosen for.
    ///   - negative: whether the relation is a conflict; there `:any` means each architecture, while as a dependency it
    ///     asks for a package that allows it.
    package func satisfies(_ relation: Relation, architecture: String, negative: Bool = false) -> Bool {
        name == relation.name && admits(relation.architectureQualifier, architecture, negative)
            && relation.constraint?.isSatisfied(by: version) ?? true
    }

    /// Whether something that it provides is what a relation asks for. A version is met by versioned provisions alone.
    package func provides(_ relation: Relation, architecture: String, negative: Bool = false) -> Bool {
        guard admits(relation.architectureQualifier, architecture, negative) else { return false }
        return provides.contains { provided in
            guard provided.name == relation.name else { return false }
            guard let constraint = relation.constraint else { return true }
            guard let offered = provided.constraint, offered.comparison == .equal else { return false }
            return constraint.isSatisfied(by: offered.version)
        }
    }

    private func admits(_ qualifier: String?, _ architecture: String, _ negative: Bool) -> Bool {
        switch qualifier {
        case nil, "native", architecture: true
        case "any": negative || multiArch == "allowed"
        default: false
        }
    }
}
