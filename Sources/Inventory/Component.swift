// https://github.com/package-url/purl-spec

/// A piece of software that an image has: a package of a distribution, a module, a crate.
package struct Component: Sendable, Hashable {
    /// The types of the package-url specification that are told apart here.
    package enum Ecosystem: String, Sendable, Hashable, CaseIterable {
        case deb, apk, rpm, golang, cargo, pypi, npm, gem, maven, generic
    }

    package var ecosystem: Ecosystem
    /// Of a distribution its ID (`debian`), of npm the scope, of Maven the group, of Go what comes before the last slash.
    package var namespace: String?
    package var name: String
    package var version: String
    /// In the order of their keys: `arch`, `distro`, `source`…
    package var qualifiers: [String: String]
    /// The package that it was built from, when that has another name or version.
    package var source: Source?
    /// As the package says, SPDX expressions where it gives them.
    package var licenses: [String]

    package struct Source: Sendable, Hashable {
        package var name: String
        package var version: String

        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    package init(
        _ ecosystem: Ecosystem, namespace: String? = nil, name: String, version: String,
        qualifiers: [String: String] = [:], source: Source? = nil, licenses: [String] = []
    ) {
        self.ecosystem = ecosystem
        self.namespace = namespace
        self.name = name
        self.version = version
        self.qualifiers = qualifiers
        self.source = source
        self.licenses = licenses
    }
}
