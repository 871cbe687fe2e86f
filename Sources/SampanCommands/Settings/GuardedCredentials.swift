import Core
import RegistryClient

/// Keeps logins from registries that only a project's settings call insecure: a checked-out file must not be able to make
/// this machine send a password to whoever answers.
struct GuardedCredentials: CredentialSource {
    let source: any CredentialSource
    /// Registries that the user has not called insecure.
    let unproven: Set<String>

    func credential(for registry: String, repository: String?) async throws -> RegistryCredential? {
        let credential = try await source.credential(for: registry, repository: repository)
        guard credential != nil, unproven.contains(registry) else { return credential }
        throw Diagnostic(
            code: "settings.insecure-login",
            "the login for \(registry) is not sent where the certificate is not checked",
            causes: ["only the project's settings (\(SettingsFile.projectName)) call it insecure"],
            hint: "say so yourself: --insecure-registry \(registry), or in the user's settings")
    }
}
