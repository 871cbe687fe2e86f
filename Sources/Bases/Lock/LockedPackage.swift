package import Core

/// A package as an archive's index describes it, pinned to its bytes.
package struct LockedPackage: Sendable, Hashable {
    package var name: String
    package var version: String
    /// Debian's name, or `all`.
    package var architecture: String
    package var suite: String
    /// Relative to the mirror, such as `pool/main/b/base-files/base-files_12.4_amd64.deb`.
    package var path: String
    /// Bytes of the .deb.
    package var size: Int64
    package var sha256: Digest

    package init(
        name: String, version: String, architecture: String, suite: String, path: String, size: Int64, sha256: Digest
    ) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.suite = suite
        self.path = path
        self.size = size
        self.sha256 = sha256
    }
}
