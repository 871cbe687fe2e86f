import BuildGraph
import ContentStore
import Core
import Distribution
import HTTPTransport
import HostOS
import OCI
import RegistryClient

/// Brings a build's result where it was asked to be: files, a daemon, registries, and names in the store.
struct ResultPublisher: Sendable {
    let services: BuildServices
    let network: NetworkAccess
    let tags: [Reference]
    let attestations: AttestationOptions
    let materials: MaterialRecorder
    /// Whether the store remembers which lines of the Dockerfile made the image.
    let keepsSourceLines: Bool
    /// Hears of what went wrong and was not asked for.
    let notices: Notices

    /// - Parameter request: one of those that were built; it differs from the others in its platform.
    func publish(_ result: BuildResult, _ plan: OutputPlan, request: BuildRequest) async throws {
        if plan.needsBytes { try await result.fetch() }
        for output in plan.outputs { try await write(result, to: output, request) }
        let (store, tags) = (services.store, tags)
        let sources = keepsSourceLines ? result.parts.map { ($0.image.manifest.digest, $0.state.sources) } : []
        try await BlockingPool.waiting.run {
            for (manifest, sources) in sources { try store.recordSources(sources, of: manifest) }
            if tags.isEmpty { try store.addImage(result.root) }
            for tag in tags { try store.tag(tag, manifest: result.root) }
        }
    }

    private func write(_ result: BuildResult, to output: OutputSpec, _ request: BuildRequest) async throws {
        switch output.kind {
        case .image: return
        case .registry:
            for name in output.names.isEmpty ? tags : output.names { try await push(result, to: name, request) }
        case .docker where output.isDaemon: try await load(result, names: tags + output.names)
        case .tar, .local: try await writeFiles(result, to: output, epoch: request.epoch)
        case .oci, .ociArchive, .docker:
            let names = tags + output.names
            let takes = attestations.isExplicit && output.takesAttestations
            let attached = takes ? try attestations(of: result, named: names.first, request) : []
            let image = try await AttestedOrigin(origin(of: result.root), attached, store: services.store)
            try await LayoutOutput.write(image, names: names, to: output, referrers: takes)
        }
    }

    /// The files of the image; of several platforms each in a directory of its own, as `linux_amd64`.
    private func writeFiles(_ result: BuildResult, to output: OutputSpec, epoch: Int64) async throws {
        for part in result.parts {
            var output = output
            if result.parts.count > 1 {
                output.destination += "/" + part.platform.description.split(separator: "/").joined(separator: "_")
            }
            let (contents, place) = (try await services.layers.files(part.state.layers, epoch: epoch), output)
            try await BlockingPool.compute.run { try RootFileSystem.write(contents, to: place) }
        }
    }

    // MARK: - Registries and daemons

    private func push(_ result: BuildResult, to name: Reference, _ request: BuildRequest) async throws {
        let attached = try attestations(of: result, named: name, request)
        let registry = try network.registry()
        try await services.progress.step("push \(name.familiar)") { _ in
            try await copy(result.root, to: RegistryTarget(registry, name, store: services.store), names: [name])
            do {
                for (attestation, subject) in attached {
                    for (descriptor, bytes) in attestation.blobs {
                        _ = try await registry.pushBlob(
                            descriptor, BytesContent(bytes), into: name, mountableFrom: [], progress: { _ in })
                    }
                    _ = try await registry.pushReferrer(attestation.manifest, of: subject, into: name)
                }
            } catch let error as RegistryError where !attestations.isExplicit {
                notices.add(unattached(error, name))
            }
        }
    }

    /// What a registry refuses that nobody asked for is no reason to fail: the image is there.
    private func unattached(_ error: RegistryError, _ name: Reference) -> Diagnostic {
        let cause = error.diagnostic
        return Diagnostic(
            .warning, code: "push.provenance", "\(name.familiar) has no provenance: \(cause.message)",
            causes: cause.causes,
            hint: "build with --provenance=false to leave it out")
    }

    private func origin(of image: Descriptor) -> StoreOrigin {
        let network = network
        return StoreOrigin(services.store, image, session: { try network.registry() })
    }

    private func load(_ result: BuildResult, names: [Reference]) async throws {
        let engine = try EngineClient(environment: StoreAccess.environment())
        do {
            try await services.progress.step("load into the daemon") { _ in
                try await copy(result.root, to: DaemonTarget(engine), names: names)
            }
            await engine.shutdown()
        } catch {
            await engine.shutdown()
            throw error
        }
    }

    private func copy(_ image: Descriptor, to target: any ImageTarget, names: [Reference]) async throws {
        let progress = CopyProgress(services.progress)
        _ = try await ImageCopy(from: origin(of: image), to: target, options: CopyOptions(names: names)).run {
            progress.show($0)
        }
    }

    // MARK: - Attestations

    /// What is attached to each image, and to the index.
    private func attestations(
        of result: BuildResult, named name: Reference?, _ request: BuildRequest
    ) throws -> [(Attestation, Digest)] {
        var out: [(Attestation, Digest)] = []
        let author = AttestationAuthor(options: attestations, materials: materials.all, name: name)
        for part in result.parts {
            for attestation in try author.attestations(of: part.image.manifest, [part.platform], request) {
                out.append((attestation, part.image.manifest.digest))
            }
        }
        if result.parts.count > 1 {
            for attestation in try author.attestations(of: result.root, result.parts.map(\.platform), request) {
                out.append((attestation, result.root.digest))
            }
        }
        return out
    }
}
