package import HTTPTransport
package import RegistryClient
import Synchronization

/// The connections of one command: made when first needed, closed at its end.
package final class NetworkAccess: Sendable {
    private struct State {
        var transport: HTTPSession?
        var registry: RegistrySession?
    }

    private let insecure: Set<String>
    private let mirrors: [String]
    private let environment: [String: String]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - insecure: registries without TLS or with a certificate that isn't checked.
    ///   - mirrors: of Docker Hub, asked before it.
    package init(insecure: Set<String>, mirrors: [String], environment: [String: String]) {
        self.insecure = insecure
        self.mirrors = mirrors
        self.environment = environment
    }

    package func transport() throws -> HTTPSession {
        try state.withLock { state in
            if let transport = state.transport { return transport }
            var configuration = try TransportConfiguration(environment: environment, version: Version.text)
            configuration.insecureHosts = insecure
            let transport = try HTTPSession(configuration)
            state.transport = transport
            return transport
        }
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
        let transport = state.withLock { state in
            defer { state.transport = nil }
            return state.transport
        }
        await transport?.shutdown()
    }
}
