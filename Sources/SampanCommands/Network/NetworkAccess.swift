import Debian
package import HTTPTransport
package import RegistryClient
import Synchronization

/// The connections of one command: made when first needed, closed at its end.
package final class NetworkAccess: Sendable {
    private struct State {
        var transport: HTTPSession?
        var archives: HTTPSession?
        var registry: RegistrySession?
    }

    private let insecure: Set<String>
    private let mirrors: [String]
    private let environment: [String: String]
    private let adjust: @Sendable (inout TransportConfiguration) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - insecure: registries without TLS or with a certificate that isn't checked.
    ///   - mirrors: of Docker Hub, asked before it.
    ///   - adjust: has the last word on how servers are talked to.
    package init(
        insecure: Set<String>, mirrors: [String], environment: [String: String],
        adjust: @escaping @Sendable (inout TransportConfiguration) -> Void = { _ in }
    ) {
        self.insecure = insecure
        self.mirrors = mirrors
        self.environment = environment
        self.adjust = adjust
    }

    package func transport() throws -> HTTPSession {
        try state.withLock { state in
            if let transport = state.transport { return transport }
            var configuration = try configuration()
            adjust(&configuration)
            let transport = try HTTPSession(configuration)
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

    private func configuration() throws -> TransportConfiguration {
        var configuration = try TransportConfiguration(environment: environment, version: Version.text)
        configuration.insecureHosts = insecure
        return configuration
    }

    package func registry() throws -> RegistrySession {
        let transport = try transport()
        return state.withLock { state in
            if let registry = state.registry { return registry }
            let configuration = RegistryConfiguration(mirrors: mirrors.isEmpty ? [:] : ["docker.io": mirrors])
            let registry = RegistrySession(transport: transport, configuration: configuration)
            state.registry = registry
            return registry
        }
    }

    package func shutdown() async {
        let sessions = state.withLock { state in
            defer { (state.transport, state.archives) = (nil, nil) }
            return [state.transport, state.archives]
        }
        for session in sessions { await session?.shutdown() }
    }
}
