package import Core

/// A mistake in a lock file beyond YAML itself.
package struct LockError: DiagnosticConvertible, Sendable {
    package enum Kind: Sendable, Equatable {
        case unknownVersion(String)
        case badDigest(String)
        case badPath(String)
        case badAddress(String)
    }

    package var kind: Kind

    package init(_ kind: Kind) { self.kind = kind }

    package var diagnostic: Diagnostic {
        switch kind {
        case .unknownVersion(let text):
            Diagnostic(
                code: "lock.version", "version '\(text)' of lock files is not known",
                hint: "write the file anew with `sampan base lock`")
        case .badDigest(let text): Diagnostic(code: "lock.digest", "'\(text)' is not a SHA-256")
        case .badAddress(let text): Diagnostic(code: "lock.address", "'\(text)' is not the address of an archive")
        case .badPath(let text): Diagnostic(code: "lock.path", "'\(text)' is not a path below a mirror")
        }
    }
}
