// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
package import Core
import HTTPTransport
package import OCI

extension RegistrySession {
    /// The manifests that name another one as their subject: from the registry's list, or from the index under the
    /// fallback tag where it keeps none.
    /// - Parameter artifactType: nil for all.
    /// - Throws: ``RegistryError``, `OCIError`, `HTTPTransportError` or `CancellationError`.
    package func referrers(of digest: Digest, in reference: Reference, artifactType: String? = nil) async throws
        -> [Descriptor]
    {
        let endpoint = try await endpoints.origin(of: reference.registry)
        let listed = try await listedReferrers(of: digest, in: reference, artifactType, at: endpoint)
        var all = listed ?? []
        if listed == nil { all = try await fallbackIndex(of: digest, in: reference, at: endpoint)?.manifests ?? [] }
        // Registries may filter, and say so when they do; doing it again costs nothing.
        guard let artifactType else { return all }
        return all.filter { $0.artifactType?.rawValue == artifactType }
    }

    /// Pushes a manifest whose `subject` is `digest` under its own digest. Where the registry keeps no list of
    /// referrers, the index under the fallback tag gets an entry.
    ///
    /// Nothing in the protocol keeps two writers of that tag apart. Those of this session wait for each other; another
    /// program's is noticed by reading back, and the entry added again.
    /// - Returns: the descriptor of the manifest.
    /// - Throws: ``RegistryError``, `OCIError`, `HTTPTransportError` or `CancellationError`.
    package func pushReferrer(_ bytes: [UInt8], of subject: Digest, into reference: Reference) async throws
        -> Descriptor
    {
        let entry = try Self.referrerEntry(bytes, of: subject)
        let place = Reference(registry: reference.registry, repository: reference.repository, digest: entry.digest)
        let push = try await pushManifest(bytes, mediaType: entry.mediaType, as: place)
        if push.subject != subject { try await addToFallback(entry, of: subject, in: reference) }
        return entry
    }

    /// The tag under which the referrers of a manifest are listed where a registry has no list of its own.
    package static func fallbackTag(of digest: Digest) -> String { "sha256-" + digest.hex }

    /// Describes a manifest as a list of referrers does.
    static func referrerEntry(_ bytes: [UInt8], of subject: Digest) throws -> Descriptor {
        let manifest = try Manifest(decoding: bytes)
        var entry = Descriptor(mediaType: manifest.mediaType, describing: bytes)
        let named: Digest?
        switch manifest {
        case .image(let image):
            named = image.subject?.digest
            entry.artifactType = image.artifactType ?? image.config.mediaType
            entry.annotations = image.annotations
        case .index(let index):
            named = index.subject?.digest
            entry.artifactType = index.artifactType
            entry.annotations = index.annotations
        }
        guard named == subject else { throw RegistryError.otherSubject(entry.digest, expected: subject, actual: named) }
        return entry
    }

    /// The registry's own list; nil when it has no such thing.
    private func listedReferrers(
        of digest: Digest, in reference: Reference, _ artifactType: String?, at endpoint: Endpoint
    ) async throws -> [Descriptor]? {
        let filter = artifactType.map { "?artifactType=" + PercentEncoding.encode($0) } ?? ""
        var next: HTTPURL? = endpoint.url("\(reference.repository)/referrers/\(digest)\(filter)")
        var walk = PageWalk(registry: reference.registry, first: endpoint.url("\(reference.repository)/referrers"))
        var found: [Descriptor] = []
        var seen: Set<Digest> = []
        while let url = next {
            let request = HTTPRequest(.get, url, headers: ["Accept": MediaType.ociIndex.rawValue])
            let response: HTTPResponse
            let bytes: [UInt8]
            do {
                (response, bytes) = try await collect(request, from: endpoint, reference, subject: .referrers(digest))
            } catch RegistryError.notFound where found.isEmpty {
                return nil
            } catch RegistryError.status(let status, _, _, _) where found.isEmpty && (status == 405 || status == 501) {
                return nil
            }
            let index = try CanonicalJSON.decode(ImageIndex.self, from: bytes, kind: .index, limit: Self.pageSize)
            let fresh = index.manifests.filter { seen.insert($0.digest).inserted }
            found += fresh
            next = try walk.next(after: response)
            // A filter may leave a page empty, but none tells the same twice.
            let repeats = fresh.isEmpty && !index.manifests.isEmpty && next != nil
            guard !repeats, found.count <= Self.referrerLimit else {
                throw RegistryError.paging(registry: reference.registry)
            }
        }
        return found
    }

    private static var referrerLimit: Int { 20_000 }

    private func fallbackIndex(of digest: Digest, in reference: Reference, at endpoint: Endpoint) async throws
        -> ImageIndex?
    {
        let tag = Reference(
            registry: reference.registry, repository: reference.repository, tag: Self.fallbackTag(of: digest))
        do {
            let fetched = try await manifest(tag, at: endpoint, accept: [.ociIndex])
            guard case .index(let index) = fetched.manifest else {
                throw RegistryError.fallbackTag(Self.fallbackTag(of: digest), registry: reference.registry)
            }
            return index
        } catch RegistryError.notFound {
            return nil
        }
    }

    private func addToFallback(_ entry: Descriptor, of subject: Digest, in reference: Reference) async throws {
        let tag = Reference(
            registry: reference.registry, repository: reference.repository, tag: Self.fallbackTag(of: subject))
        try await turns.run(tag) {
            let endpoint = try await self.endpoints.origin(of: reference.registry)
            let policy = self.transport.configuration.retry
            for attempt in 1...max(policy.attempts, 2) {
                // Only a third try means that another program keeps writing.
                if attempt > 2 { try await Task.sleep(for: policy.base * Double.random(in: 0...Double(attempt))) }
                var index =
                    try await self.fallbackIndex(of: subject, in: reference, at: endpoint) ?? ImageIndex(manifests: [])
                if index.manifests.contains(where: { $0.digest == entry.digest }) { return }
                index.manifests.append(entry)
                _ = try await self.pushManifest(CanonicalJSON.encode(index), mediaType: .ociIndex, as: tag)
            }
            let index = try await self.fallbackIndex(of: subject, in: reference, at: endpoint)
            guard index?.manifests.contains(where: { $0.digest == entry.digest }) ?? false else {
                throw RegistryError.fallbackTag(Self.fallbackTag(of: subject), registry: reference.registry)
            }
        }
    }
}
