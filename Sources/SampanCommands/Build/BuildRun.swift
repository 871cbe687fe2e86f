import BuildGraph
import ContentStore
import Core
import Synchronization

/// The building itself, for all platforms, between the caches of other machines.
struct BuildRun: Sendable {
    /// One for each platform.
    let requests: [BuildRequest]
    let annotations: AnnotationList
    let services: BuildServices
    let caches: SharedCaches

    /// Builds for all platforms side by side.
    func build() async throws -> (BuildResult, [BuildSession]) {
        let services = try await withCaches()
        let shared = SharedBuild(namesPlatforms: requests.count > 1)
        let sessions = try requests.map { try BuildSession($0, services: services, shared: shared) }
        let states = try await SharedBuild.run(sessions)
        var parts: [BuildResult.Part] = []
        for (session, state) in zip(sessions, states) {
            let inline = try await caches.inlineAnnotations { try await session.cacheRecords(mode: .min).records }
            let image = try await ImageAssembler(session).assemble(state, annotations: inline)
            try await caches.keep(image.layers.map(\.descriptor))
            parts.append(BuildResult.Part(platform: session.request.platform, image: image, state: state))
        }
        return (try await BuildResult(parts, annotations: annotations, store: services.store), sessions)
    }

    private func withCaches() async throws -> BuildServices {
        var services = services
        if !caches.options.origins.isEmpty {
            services.caches = try await services.progress.step("[internal] read caches") { _ in
                try await caches.sources()
            }
        }
        if !caches.options.isEmpty { services.cacheMounts = caches.mounts }
        return services
    }

    /// Writes the caches that were asked for.
    func export(_ sessions: [BuildSession]) async throws {
        guard caches.options.targets.contains(where: { $0.place != .inline }) else { return }
        try await services.progress.step("export caches") { _ in
            _ = try await caches.export { mode, compression in
                var records = CacheRecords()
                for session in sessions {
                    records.merge(try await session.cacheRecords(mode: mode, compression: compression).records)
                }
                return records
            }
        }
    }
}

/// What people should know that is no failure, told when nothing is drawn on their terminal any more.
final class Notices: Sendable {
    private let diagnostics = Mutex<[Diagnostic]>([])

    func add(_ diagnostic: Diagnostic) { diagnostics.withLock { $0.append(diagnostic) } }

    func show() {
        for diagnostic in diagnostics.withLock({ $0 }) { Console.shared.diagnostic(diagnostic) }
    }
}
