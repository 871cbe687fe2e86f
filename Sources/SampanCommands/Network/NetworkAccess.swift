import Core
import Debian
package import HTTPTransport
import HostOS
package import RegistryClient
import Synchronization

/// The connections of one command: made when first needed, closed at its end.
package final class NetworkAccess: Sendable {
    private struct State {
        var transport: HTTPSession?
        var archives: HTTPSession?
        var registry: RegistrySession?
    }

    private let settings: RegistrySettings
    private let authFile: String?
    private let environment: [String: String]
    private let adjust: @Sendable (inout TransportConfiguration) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - registry: of the command line.
    ///   - project: the directory whose `sampan.yaml` counts.
    ///   - writesLogins: whether the file of logins may be made by this command.
    ///   - adjust: has the last word on how servers are talked to.
    /// - Throws: `Diagnostic` or `DiagnosticList` for flags and settings that can't be read.
    package convenience init(
        registry: RegistryOptions, project: String = ".", environment: [String: String], writesLogins: Bool = false,
        adjust: @escaping @Sendable (inout TransportConfiguration) -> Void = { _ in }
    ) throws {
        try self.init(
            flags: registry.flags, project: project, environment: environment, writesLogins: writesLogins,
            adjust: adjust)
    }

    /// The same with plain values, for commands that have none of the options.
    package init(
        flags: RegistryFlags = RegistryFlags(), project: String = ".", environment: [String: String],
        writesLogins: Bool = false,
        adjust: @escaping @Sendable (inout TransportConfiguration) -> Void = { _ in }
    ) throws {
        if !writesLogins, let file = flags.authFile, try FileInfo.of(file, followLinks: true) == nil {
            throw Diagnostic(
                code: "registry.authfile", "there is no file of logins '\(file)'",
                hint: "sampan login --authfile FILE REGISTRY writes one")
        }
        settings = try RegistrySettings.load(flags, project: project, environment: environment)
        authFile = flags.authFile
        self.environment = environment
        self.adjust = adjust
    }

    package func transport() throws -> HTTPSession {
        try state.withLock { state in
            if let transport = state.transport { return transport }
            let transport = try HTTPSession(try registryTransport(settings))
            state.transport = transport
            return transport
        }
    }

    /// For mirrors of package archives.
    package func archives() throws -> HTTPSession {
        try state.withLock { state in
            if let archives = state.archives { return archives }
            let apt = try AptConfiguration.read(environment: environment)
            var configuration = try configuration().forArchives(apt: apt)
            adjust(&configuration)
            let archives = try HTTPSession(configuration)
            state.archives = archives
            return archives
        }
    }

    /// How registries are talked to by some settings.
    private func registryTransport(_ settings: RegistrySettings) throws -> TransportConfiguration {
        var configuration = try configuration()
        configuration.insecureHosts = settings.insecure
        configuration.tls = TLSPolicy(
            servers: settings.tls, directories: CertificatePlaces.directories(environment))
        adjust(&configuration)
        return configuration
    }

    private func configuration() throws -> TransportConfiguration {
        var configuration = try TransportConfiguration(environment: environment, version: Version.text)
        configuration.insecureHosts = settings.insecure
        return configuration
    }

    package func registry() throws -> RegistrySession {
        let transport = try transport()
        return try state.withLock { state in
            if let registry = state.registry { return registry }
            var configuration = RegistryConfiguration(mirrors: settings.mirrors, credentials: credentials())
            configuration.tokenServers = settings.tokenServers
            let own = settings.own
            configuration.own = OwnSettings(
                transport: try registryTransport(own), mirrors: own.mirrors, tokenServers: own.tokenServers)
            let registry = RegistrySession(transport: transport, configuration: configuration)
            state.registry = registry
            return registry
        }
    }

    /// Where logins are looked up and kept.
    package func credentials() -> StoredCredentials {
        StoredCredentials(environment: environment, authFile: authFile) { Console.shared.diagnostic($0) }
    }

    package func shutdown() async {
        let sessions = state.withLock { state in
            defer { (state.transport, state.archives) = (nil, nil) }
            return [state.transport, state.archives]
        }
        for session in sessions { await session?.shutdown() }
    }
}

/// Where Docker and Podman keep the certificates of registries.
enum CertificatePlaces {
    /// The user's own go before the machine's.
    static func directories(_ environment: [String: String]) -> [String] {
        var own: [String] = []
        if let config = environment["XDG_CONFIG_HOME"], config.hasPrefix("/") {
            own = [config]
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            own = [home + "/.config"]
        }
        return own.flatMap { [$0 + "/containers/certs.d", $0 + "/docker/certs.d"] }
            + ["/etc/containers/certs.d", "/etc/docker/certs.d"]
    }
}
