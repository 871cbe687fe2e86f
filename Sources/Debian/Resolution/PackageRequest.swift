package import Core

/// A package that someone asks for by name: any version, or one; from any suite, or one.
package struct PackageRequest: Sendable, Hashable {
    package var name: String
    /// Exactly this version.
    package var version: String?
    /// Only from this suite, such as `bookworm-backports`.
    package var suite: String?
    /// Where the request is written, for messages; it is no part of the request's identity.
    package var span: SourceSpan?

    package init(name: String, version: String? = nil, suite: String? = nil, span: SourceSpan? = nil) {
        self.name = name
        self.version = version
        self.suite = suite
        self.span = span
    }

    package static func == (left: PackageRequest, right: PackageRequest) -> Bool {
        left.name == right.name && left.version == right.version && left.suite == right.suite
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(version)
        hasher.combine(suite)
    }
}
