import BuildGraph
import CacheMounts
import ContentStore
import Core
import Glibc
import HTTPTransport
import HostOS
import Layers
import OCI
import RegistryClient
import SampanTestSupport
import Synchronization

@testable import SampanCommands

/// A machine with a store and what it hears about caches.
final class Machine: Sendable {
    let place: TemporaryDirectory
    let store: Store
    private let heard = Mutex<[Diagnostic]>([])

    init() throws {
        place = try TemporaryDirectory("shared-cache")
        store = try Store.open(StoreLocation(home: place.path("home")))
    }

    deinit { store.close() }

    var told: [String] { heard.withLock { $0.map { "\($0.severity): \($0.message)" } } }

    /// Does something with the caches of some options, connected to the network.
    func with<Value: Sendable>(
        to: [String] = [], from: [String] = [], mounts: String? = nil,
        _ body: (SharedCaches) async throws -> Value
    ) async throws -> Value {
        var configuration = try TransportConfiguration(environment: [:], version: "test")
        configuration.retry.attempts = 2
        configuration.retry.connectAttempts = 1
        configuration.retry.base = .milliseconds(1)
        let transport = try HTTPSession(configuration)
        let session = RegistrySession(transport: transport)
        let caches = SharedCaches(
            try CacheOptions(to: to, from: from, mounts: mounts), store: store, platforms: [.host],
            session: { session }, tell: { item in self.heard.withLock { $0.append(item) } })
        do {
            let value = try await body(caches)
            await transport.shutdown()
            return value
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// What caches know that can be read.
    func imported(from: [String]) async throws -> [CacheRecords] {
        try await with(from: from) { try await $0.sources().map(\.records) }
    }

    /// Records of so many steps whose layers' blobs are in the store.
    func records(_ names: String...) throws -> CacheRecords {
        var records = CacheRecords()
        for name in names {
            let bytes = Array("the layer of \(name)".utf8)
            let content = SHA256.digest(of: "content " + name)
            let id = CacheRecords.id(ofProgramLayer: content)
            let digest = try store.putBlob(bytes)
            records.add(
                CacheRecords.Layer(
                    id: id, contentID: content,
                    blobs: [
                        .init(
                            epoch: 0, compression: .gzip, diffID: SHA256.digest(of: "diff " + name), digest: digest,
                            size: bytes.count)
                    ]))
            records.add(
                CacheRecords.Step(
                    key: SHA256.digest(of: "key " + name), shape: SHA256.digest(of: "shape " + name), layer: id))
        }
        return records
    }

    /// A cache mount with files, as a RUN leaves it.
    func mount(_ id: String, _ change: (String) throws -> Void) throws {
        let mount = try store.acquireCache(id, sharing: .shared)
        guard let mount else { return }
        try change(mount.path)
        try mount.markPopulated()
        mount.release()
    }

    func write(_ text: String, to path: String) throws { try AtomicFile.write(Array(text.utf8), to: path) }

    /// What is in a directory, as find(1) says it.
    static func listing(_ path: String) throws -> String {
        try Shell.run("cd '\(path)' && find . -printf '%P %y %m %U %G %T@ %s\\n' | LC_ALL=C sort")
    }
}
