package import Core
package import Inventory

/// A component that is in an image, and which files belong to it.
package struct InstalledPackage: Sendable, Hashable {
    package var component: Component
    /// The file that says so: a package database, a manifest, a program.
    package var evidence: BytePath
    /// The files that it brought, as far as it says.
    package var files: [BytePath]

    package init(_ component: Component, evidence: BytePath, files: [BytePath] = []) {
        self.component = component
        self.evidence = evidence
        self.files = files
    }
}
