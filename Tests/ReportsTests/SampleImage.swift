import Binaries
import Cataloging
import ContentStore
import Core
import ImageAnalysis
import Inventory
import Layers
import OCI
import Reports

/// An image made by hand, with something to say in every section of a report.
enum SampleImage {
    static func layer(_ instruction: String, _ place: InstructionPlace?, _ entries: [Entry], kind: ContentKind)
        -> AnalysedImage.Layer
    {
        let contents = LayerContents(entries)
        let facts = contents.entries.map { $0.isFile ? ContentFacts(kind: kind) : nil }
        let bytes = contents.entries.reduce(Int64(0)) { $0 + $1.size }
        return AnalysedImage.Layer(
            descriptor: Descriptor(
                mediaType: .ociLayer(.gzip), digest: SHA256.digest(of: instruction), size: Int(bytes / 2)),
            cause: LayerCause(instruction: instruction, place: place),
            facts: LayerFacts(
                diffID: SHA256.digest(of: instruction), archiveSize: bytes + 1024, contentBytes: bytes,
                contents: contents, facts: facts))
    }

    static func file(_ path: String, _ size: Int64) -> Entry {
        Entry(BytePath(cleaning: path), .file, mode: 0o644, size: size)
    }

    static func explanation(name: String = "web:1", hostile: String = "") throws -> Explanation {
        let place = InstructionPlace(file: "Dockerfile", firstLine: 3, lastLine: 4, stage: "1")
        var config = ImageConfig(platform: Platform(os: "linux", architecture: "amd64"))
        config.config.user = "65532:65532"
        let image = AnalysedImage(
            name: name, manifest: Descriptor(mediaType: .ociManifest, describing: Array("manifest".utf8)),
            config: config, platform: Platform(os: "linux", architecture: "amd64"),
            layers: [
                layer("RUN /bin/sh -c make # buildkit", nil, [file("app" + hostile, 4_000_000)], kind: .program),
                layer("COPY a /a", place, [file("etc/a", 1_000), file("srv/data", 70_000)], kind: .data),
            ])
        let component = Component(.deb, namespace: "debian", name: "tzdata", version: "2024a-0")
        let app = BytePath(cleaning: "app" + hostile)
        return Explanation(
            image: image,
            kinds: [
                KindShare(kind: .program, files: 1, bytes: 4_000_000), KindShare(kind: .data, files: 2, bytes: 71_000),
            ],
            packages: [
                PackageShare(
                    package: InstalledPackage(
                        component, evidence: BytePath("var/lib/dpkg/status"), files: [BytePath("etc/a")]), files: 1,
                    bytes: 1000)
            ],
            waste: Waste(
                items: [
                    .init(
                        kind: .duplicate, path: BytePath("srv/data"), bytes: 70_000, layer: 1,
                        original: BytePath("etc/a"))
                ], diveEfficiency: 0.981, diveWastedBytes: 70_000),
            programs: [
                ProgramVerdict(
                    path: app, isEntrypoint: true,
                    start: .fails([.library("libssl.so.3" + hostile, neededBy: app)]),
                    gaps: [.init(need: .certificates, missing: "/etc/ssl/certs/ca-certificates.crt")])
            ],
            bases: [BaseVerdict(base: "scratch", start: .isStatic, gaps: [])],
            advice: [
                Advice(
                    rule: "duplicate", title: "link the copy" + hostile, bytes: 70_000, place: place,
                    before: "COPY a /a", after: "COPY --link a /a")
            ])
    }

    static func size(of explanation: Explanation) -> ProgramSize {
        ProgramSize(
            path: explanation.programs[0].path,
            attribution: SizeAttribution(
                method: .goFunctions,
                parts: [
                    .init(module: "std", package: "net/http", kind: .code, bytes: 3_000_000),
                    .init(module: "example.org/app", package: "main", kind: .code, bytes: 999_000),
                    .init(module: "", package: "", kind: .other, bytes: 1000),
                ]))
    }
}
