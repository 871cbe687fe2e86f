import ContentStore
import Core
import Distribution
import Glibc
import HostOS
import ImageAnalysis
import OCI
import Policy

/// One image that is judged.
struct CheckJob: Sendable {
    var image: ImageArgument
    var platform: Platform?
    var reference: ImageArgument?
    var dockerfile: String?
    var directory: String?

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
            platform: explanation.image.platform, verdict: Self.workingDirectory.map(verdict.seen) ?? verdict,
            version: Version.text)
    }

    private static var workingDirectory: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
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
        let source = try DockerfileFacts.read(
            dockerfile ?? built(inspection.image), given: dockerfile != nil,
            digest: inspection.image.dockerfile, platform: inspection.image.platform, target: inspection.image.target)
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
        context.hasIgnoreFile = try hasIgnoreFile(source)
        return context
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
