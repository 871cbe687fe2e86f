package import Core
import HTTPTransport
import HostOS
import Synchronization

/// The logins that Docker, Podman and this program keep, in files and with helpers.
///
/// Every file is read once and every helper asked once for a registry, when a login is first wanted.
package struct StoredCredentials: CredentialSource {
    private let places: CredentialPlaces
    private let environment: [String: String]
    private let helperTimeout: Duration
    private let onWarning: @Sendable (Diagnostic) -> Void
    private let cache = Cache()

    /// What has been read; shared by copies of the value.
    private final class Cache: Sendable {
        struct State {
            var files: [CredentialPlaces.Place: CredentialFile?] = [:]
            var helped: [String: RegistryCredential?] = [:]
        }

        let state = Mutex(State())
    }

    /// - Parameters:
    ///   - environment: `REGISTRY_AUTH_FILE`, `DOCKER_CONFIG`, `HOME`, `XDG_RUNTIME_DIR`, `XDG_CONFIG_HOME` and
    ///     `DOCKER_AUTH_CONFIG` say where files are, `PATH` where helpers are; helpers get all of it.
    ///   - authFile: the only file, if given.
    ///   - helperTimeout: for one question to a helper.
    ///   - onWarning: told of a file that can't be used and that nobody named.
    package init(
        environment: [String: String], authFile: String? = nil, helperTimeout: Duration = .seconds(60),
        onWarning: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) {
        places = CredentialPlaces(environment: environment, authFile: authFile)
        self.environment = environment
        self.helperTimeout = helperTimeout
        self.onWarning = onWarning
    }

    package func credential(for registry: String, repository: String?) async throws -> RegistryCredential? {
        try await BlockingPool.waiting.run { try find(registry, repository)?.credential }
    }

    /// The login that counts for a registry, and where it is kept: a file's path, or a helper's name.
    ///
    /// Reads files and runs helpers.
    /// - Throws: ``CredentialError``.
    package func find(
        _ registry: String, _ repository: String? = nil
    ) throws(CredentialError) -> (credential: RegistryCredential, place: String)? {
        try cache.state.withLock { state throws(CredentialError) in
            for place in places.all {
                guard let file = try file(place, &state) else { continue }
                if let helper = try helper(file, registry), let found = try ask(helper, registry, &state) {
                    return (found, helper.program)
                }
                if let found = try file.login(registry, repository) { return (found, file.name) }
            }
            return nil
        }
    }

    // MARK: - Changing

    /// Keeps a login where the next one who asks finds it: with the helper that is configured, else in the file.
    ///
    /// The file is replaced as a whole; what else is in it stays. Runs a helper.
    /// - Parameter registry: as in names of images; in a file it may have a path behind it, whose repositories it is for.
    /// - Returns: where it is kept.
    /// - Throws: ``CredentialError``.
    @discardableResult
    package func save(_ credential: RegistryCredential, for registry: String) throws(CredentialError) -> String {
        try change { file throws(CredentialError) in
            if let helper = try helper(file, registry) {
                try helper.store(credential, for: CredentialKey.docker(registry))
                // The empty entry says that there is something, as Docker has it.
                try file.set(nil, for: registry, isDocker: places.isTargetDocker)
                return helper.program
            }
            try file.set(credential, for: registry, isDocker: places.isTargetDocker)
            return file.name
        }
    }

    /// Forgets the login for a registry, in the file that ``save(_:for:)`` writes and with its helper.
    /// - Returns: whether there was one.
    /// - Throws: ``CredentialError``.
    package func erase(registry: String) throws(CredentialError) -> Bool {
        try change { file throws(CredentialError) in try erase(registry, from: &file) }
    }

    /// Forgets all logins of the file, with its helpers too.
    /// - Returns: whose they were.
    /// - Throws: ``CredentialError``.
    package func eraseAll() throws(CredentialError) -> [String] {
        try change { file throws(CredentialError) in
            let names = try file.names()
            for name in names { _ = try erase(name, from: &file) }
            return names
        }
    }

    private func erase(_ registry: String, from file: inout CredentialFile) throws(CredentialError) -> Bool {
        var wasThere = try file.remove(registry)
        if let helper = try helper(file, registry) {
            let server = CredentialKey.docker(registry)
            wasThere = try helper.get(server) != nil || wasThere
            try helper.erase(server)
        }
        return wasThere
    }

    private func change<Value: Sendable>(
        _ body: (inout CredentialFile) throws(CredentialError) -> Value
    ) throws(CredentialError) -> Value {
        guard let path = places.target else { throw .noPlace }
        let value = try FileUpdate.change(path, body)
        cache.state.withLock { $0 = .init() }
        return value
    }

    // MARK: - Reading

    private func file(
        _ place: CredentialPlaces.Place, _ state: inout Cache.State
    ) throws(CredentialError) -> CredentialFile? {
        if let known = state.files[place] { return known }
        var file: CredentialFile?
        switch place {
        case .variable(let name): file = try CredentialFile(Array((environment[name] ?? "").utf8), name: name)
        case .file(let path, isNamed: true): file = try CredentialFile.read(path)
        case .file(let path, isNamed: false):
            do throws(CredentialError) { file = try CredentialFile.read(path) } catch {
                // It may be of no concern: most images need no login. Docker goes on as well.
                var warning = error.diagnostic
                warning.severity = .warning
                onWarning(warning)
            }
        }
        state.files[place] = .some(file)
        return file
    }

    private func helper(_ file: CredentialFile, _ registry: String) throws(CredentialError) -> CredentialHelper? {
        // Helpers know hosts and nothing below.
        let host = registry.prefix { $0 != "/" }
        guard host.utf8.count == registry.utf8.count, let name = try file.helper(for: registry) else { return nil }
        return try CredentialHelper(name, file: file.name, environment: environment, timeout: helperTimeout)
    }

    private func ask(
        _ helper: CredentialHelper, _ registry: String, _ state: inout Cache.State
    ) throws(CredentialError) -> RegistryCredential? {
        let key = helper.program + " " + registry
        if let known = state.helped[key] { return known }
        let found = try helper.get(CredentialKey.docker(registry))
        state.helped[key] = .some(found)
        return found
    }
}
