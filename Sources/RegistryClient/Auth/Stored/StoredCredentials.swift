package import Core

/// The logins that Docker, Podman and this program keep.
package struct StoredCredentials: CredentialSource {
    private let environment: [String: String]
    private let authFile: String?
    private let onWarning: @Sendable (Diagnostic) -> Void

    package init(
        environment: [String: String], authFile: String? = nil,
        onWarning: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) {
        self.environment = environment
        self.authFile = authFile
        self.onWarning = onWarning
    }

    package func credential(for registry: String, repository: String?) async throws -> RegistryCredential? { nil }
}
