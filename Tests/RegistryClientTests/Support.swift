import Core
import HTTPTransport
import OCI
import RegistryClient
import SampanTestSupport
import Synchronization

/// Settings that retry within milliseconds.
/// - Parameter idle: the longest silence of a server; short only where silence is the test.
func quickConfiguration(idle: Duration = .seconds(20)) -> TransportConfiguration {
    var configuration = TransportConfiguration()
    configuration.idleTimeout = idle
    configuration.retry.base = .milliseconds(2)
    configuration.retry.ceiling = .milliseconds(10)
    configuration.retry.longestRetryAfter = .seconds(2)
    return configuration
}

/// Runs a test with a transport that is shut down afterwards.
nonisolated(nonsending) func withTransport(
    _ configuration: TransportConfiguration = quickConfiguration(),
    _ body: nonisolated(nonsending) (HTTPSession) async throws -> Void
) async throws {
    try await HTTPSession.with(configuration, body)
}

/// Runs a test with a registry and a client for it.
nonisolated(nonsending) func withRegistry(
    _ configuration: TransportConfiguration = quickConfiguration(), seed: UInt64 = 1,
    settings: (TestRegistry) -> RegistryConfiguration = { _ in RegistryConfiguration() },
    _ body: nonisolated(nonsending) (TestRegistry, RegistrySession) async throws -> Void
) async throws {
    let registry = try TestRegistry(seed: seed)
    defer { registry.stop() }
    try await HTTPSession.with(configuration) { transport in
        try await body(registry, RegistrySession(transport: transport, configuration: settings(registry)))
    }
}

/// Bytes that don't repeat, the same for one seed everywhere.
func noise(_ count: Int, seed: UInt64 = 7) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}

/// Collects values from any thread.
final class Recorder<Value: Sendable>: Sendable {
    private let storage = Mutex<[Value]>([])
    func add(_ value: Value) { storage.withLock { $0.append(value) } }
    var values: [Value] { storage.withLock { $0 } }
}

/// Counts how many are inside at a time.
final class Level: Sendable {
    private let state = Mutex((now: 0, highest: 0))
    var highest: Int { state.withLock { $0.highest } }
    func enter() {
        state.withLock { state in
            state.now += 1
            state.highest = max(state.highest, state.now)
        }
    }
    func leave() { state.withLock { $0.now -= 1 } }
}
