import ContentStore
import Core
import Distribution
import HostOS
import ImageAnalysis
import OCI
import Policy

/// One image that is judged.
struct CheckJob: Sendable {
    var image: ImageArgument
    /// Of an index; nil takes this machine's, else the only one there is.
    var platform: Platform?
    var reference: ImageArgument?
    var dockerfile: String?
    /// The build context: a directory, or a URL as building takes it.
    var directory: String?

    /// Judges the images of an index for all platforms, or the one image that there is.
    func runAll(
        _ policy: PolicyFile, baseline: String?, update: Bool, _ transfer: Transfer
    ) async throws -> PolicyReports {
        let root = try await RootedOrigin(transfer.origin(image))
        var reports: [PolicyReport] = []
        for platform in try platforms(of: root) {
            var job = self
            job.platform = platform
            reports.append(try await job.run(policy, baseline: baseline, update: update, transfer))
        }
        return PolicyReports(image: image.shown, digest: root.document.descriptor.digest, reports, isForAll: true)
    }

    /// Of an index those of its images; of an image alone none needs to be named.
    private func platforms(of root: RootedOrigin) throws -> [Platform?] {
        guard case .index(let index) = try root.manifest else { return [nil] }
        let images = index.manifests.filter { !$0.isAttestation && $0.artifactType == nil }
        let platforms = index.platforms
        // An image that no platform leads to would pass without having been looked at.
        guard images.count == platforms.count || images.count == 1 else {
            throw Diagnostic(
                code: "check.platforms",
                "of the \(images.count) images of '\(image.shown)' only \(platforms.count) are told apart by their platforms",
                hint: "check them one by one, by their digests")
        }
        return images.count == 1 ? [nil] : platforms
    }

    /// Reads the image and judges it.
    /// - Parameters:
    ///   - baseline: The file of figures, when there is one.
    ///   - update: Whether the image's figures are written there first.
    func run(_ policy: PolicyFile, baseline: String?, update: Bool, _ transfer: Transfer) async throws -> PolicyReport {
        let inspection = try await Inspection.open(image, platform: platform, transfer)
        let explanation = try await inspection.explanation()
        let figures = ImageFigures(explanation.image)
        var context = try await context(for: inspection, transfer)
        if let reference {
            context.reference = try await self.figures(of: reference, transfer)
        } else if update {
            guard let baseline else {
                throw Diagnostic(
                    code: "check.no-baseline", "no file is named for the baseline",
                    hint: "name it in the policy as 'baseline', or with --baseline FILE")
            }
            var all = try read(baseline) ?? Baseline()
            all[explanation.image.platform] = figures
            try AtomicFile.write(all.bytes, to: baseline)
            context.reference = all[explanation.image.platform]
        } else if let baseline {
            guard let all = try read(baseline) else {
                throw PolicyError.baseline(baseline, reason: "there is no such file")
            }
            guard let before = all[explanation.image.platform] else {
                throw PolicyError.noFigures(platform: explanation.image.platform.description, file: baseline)
            }
            context.reference = before
        }
        if policy.mode(of: "platforms") != .off {
            context.platforms = try await platforms(transfer) ?? context.platforms
        }
        let verdict = try await PolicyRules.judge(explanation, by: policy, context)
        return PolicyReport(
            image: inspection.input.name, digest: inspection.input.manifest.digest,
            platform: explanation.image.platform, verdict: verdict, version: Version.text)
    }

    /// The text of a first policy.
    func draft(_ transfer: Transfer) async throws -> String {
        let inspection = try await Inspection.open(image, platform: platform, transfer)
        let explanation = try await inspection.explanation()
        return try await PolicyDraft.text(for: explanation, try await context(for: inspection, transfer))
    }

    private func read(_ baseline: String) throws -> Baseline? {
        guard try FileInfo.of(baseline, followLinks: true) != nil else { return nil }
        return try Baseline(parsing: WholeFile.read(baseline, limit: 1 << 20), file: baseline)
    }

    // MARK: - What is known beside the image

    private func context(for inspection: Inspection, _ transfer: Transfer) async throws -> PolicyContext {
        var context = PolicyContext(
            today: CivilDate(daysSince1970: FileTime.now().seconds / 86400), platforms: [inspection.image.platform])
        context.workingDirectory = try FileNaming.workingDirectory()
        let source: DockerfileFacts?
        (source, context.hasIgnoreFile) = try await self.source(of: inspection.image, transfer)
        if let source {
            context.bases = source.bases
            context.instructions = source.instructions
            context.dockerfile = source.last
            let rebuild = Rebuild(
                image: inspection.image, dockerfile: source.file, context: directory ?? source.directory,
                store: inspection.store)
            context.rebuild = { try await rebuild.run($0) }
        } else if let name = inspection.input.image.annotations[Annotation.baseName], !name.isEmpty {
            let digest = inspection.input.image.annotations[Annotation.baseDigest]
            context.bases = [.init(name: name.contains("@") ? name : name + (digest.map { "@" + $0 } ?? ""))]
        }
        return context
    }

    /// What is known of the Dockerfile, and whether the context of the build has an ignore file.
    private func source(
        of image: AnalysedImage, _ transfer: Transfer
    ) async throws -> (DockerfileFacts?, hasIgnoreFile: Bool?) {
        if let directory, Self.isURL(directory) {
            var input = try BuildInput.read(context: directory, dockerfile: dockerfile)
            let store = try transfer.store()
            try await input.fetch(RemoteFetcher(store: store, network: transfer.network), store)
            let facts = try DockerfileFacts.read(
                fetched: input.dockerfile, context: directory, platform: image.platform, target: image.target)
            return (facts, try input.hasFetchedIgnoreFile())
        }
        if let directory, try FileInfo.of(directory, followLinks: true)?.kind != .directory {
            throw Diagnostic(code: "context.missing", "there is no context directory '\(directory)'")
        }
        func read(_ path: String?, given: Bool) throws -> DockerfileFacts? {
            try DockerfileFacts.read(
                path, given: given, digest: image.dockerfile, platform: image.platform, target: image.target)
        }
        var source = try read(dockerfile ?? built(image), given: dockerfile != nil)
        if source == nil, let path = directory.map({ $0 + "/Dockerfile" }),
            try FileInfo.of(path, followLinks: true) != nil
        {
            source = try read(path, given: true)
        }
        return (source, try hasIgnoreFile(source))
    }

    /// Whether building fetches its context.
    private static func isURL(_ context: String) -> Bool {
        RemoteFetcher.isGit(context) || context.hasPrefix("http://") || context.hasPrefix("https://")
    }

    /// The Dockerfile that the store remembers, when it is still there.
    private func built(_ image: AnalysedImage) -> String? {
        image.instructions["FROM"]?.file ?? image.layers.lazy.compactMap { $0.cause.place?.file }.first
    }

    private func hasIgnoreFile(_ source: DockerfileFacts?) throws -> Bool? {
        guard let place = directory ?? source?.directory else { return nil }
        let names = [place + "/.dockerignore"] + (source.map { [$0.file + ".dockerignore"] } ?? [])
        return try names.contains { try FileInfo.of($0, followLinks: true) != nil }
    }

    /// Of an index those of its images.
    private func platforms(_ transfer: Transfer) async throws -> [Platform]? {
        guard case .index(let index) = try await RootedOrigin(transfer.origin(image)).manifest else { return nil }
        return index.manifests.filter { !$0.isAttestation }.compactMap { $0.platform?.platform }
    }

    /// What the documents of an image say of its size; its layers are not read.
    private func figures(of image: ImageArgument, _ transfer: Transfer) async throws -> ImageFigures {
        let input = try await ImageInput.open(image, platform: platform, transfer)
        let size = input.image.layers.reduce(Int64(0)) { $0 &+ Int64($1.size) }
        return ImageFigures(name: input.name, size: size, unpacked: nil, layers: input.image.layers.count)
    }
}
