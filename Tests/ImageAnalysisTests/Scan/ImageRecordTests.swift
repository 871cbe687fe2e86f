import Archive
import Binaries
import Cataloging
import ContentStore
import Core
import Inventory
import Layers
import OCI
import SampanTestSupport
import Testing

@testable import ImageAnalysis

@Suite("Records of images") struct ImageRecordTests {
    /// Three layers, the middle one empty.
    static let image: AnalysedImage = {
        var stack = ImageStack()
        stack.layer("FROM base")
        for name in ["a", "bin/p", "bin/q", "lib/x.so"] { stack.file(name) }
        stack.layer("WORKDIR /")
        stack.layer("COPY . .")
        for name in ["bin/p", "z"] { stack.file(name) }
        return stack.image
    }()

    /// Every case of every value, paths of layers and others, up and down.
    static let findings: ImageFindings = {
        var component = Component(.deb, namespace: "debian", name: "libx", version: "1:2-3")
        component.qualifiers = ["distro": "debian-12", "arch": "amd64"]
        component.source = Component.Source(name: "x", version: "2")
        component.licenses = ["MIT", "GPL-2.0-only"]
        let waste = Waste(
            items: [
                Waste.Item(kind: .rewritten, path: "bin/p", bytes: 1 << 40, layer: 0, replacedBy: 2),
                Waste.Item(kind: .duplicate, path: "z", bytes: 10, layer: 2, original: "a"),
                Waste.Item(kind: .symbols, path: BytePath(), bytes: 0, layer: 1),
            ], diveEfficiency: 0.875, diveWastedBytes: 77)
        let missing: [ProgramVerdict.Missing] = [
            .program("a"), .notExecutable("bin/q"), .interpreter("/lib/ld.so"), .library("l", neededBy: "z"),
            .version("V_1", library: "lib/x.so", neededBy: "not/there"), .shell("/bin/sh"),
            .architecture("arm64", image: "amd64"), .scriptInterpreter("sh", script: "a"), .user("web"),
            .unknownFormat("lib/x.so"),
        ]
        let gap = ProgramVerdict.RuntimeGap(need: BinaryFacts.Need.allCases[1], missing: "/etc/x")
        return ImageFindings(
            kinds: [KindShare(kind: .program, files: 3, bytes: 1 << 33), KindShare(kind: .empty, files: 1, bytes: 0)],
            packages: [
                PackageShare(
                    package: InstalledPackage(
                        component, evidence: "var/lib/dpkg/status", files: ["lib/x.so", "a", "bin/q", "bin/p", "gone"]),
                    files: 4, bytes: 40),
                PackageShare(
                    package: InstalledPackage(Component(.generic, name: "", version: ""), evidence: "z"), files: 0,
                    bytes: 0),
            ], waste: waste,
            programs: [
                ProgramVerdict(path: "bin/p", isEntrypoint: true, start: .resolves(libraries: ["lib/x.so", "a"])),
                ProgramVerdict(path: "bin/q", isEntrypoint: false, start: .isStatic, gaps: [gap]),
                ProgramVerdict(path: "none", isEntrypoint: false, start: .fails(missing)),
            ], bases: [BaseVerdict(base: "cc", start: .fails([]), gaps: [gap])], remarks: ["one", "two"])
    }()

    private static func described(_ findings: ImageFindings) -> [String] {
        var lines = ["\(findings.kinds)", "\(findings.waste)", "\(findings.programs)", "\(findings.bases)"]
        lines += ["\(findings.remarks)"]
        // Dictionaries have no order.
        for share in findings.packages {
            var package = share.package
            let qualifiers = package.component.qualifiers.sorted { $0.key < $1.key }
            package.component.qualifiers = [:]
            lines.append("\(package) \(qualifiers) \(share.files) \(share.bytes)")
        }
        return lines
    }

    @Test("a record gives back all that went in")
    func roundTrip() throws {
        let read = try ImageRecord.decode(#require(try ImageRecord.encode(Self.findings, Self.image)), Self.image)
        #expect(Self.described(read) == Self.described(Self.findings))
    }

    @Test("an image without layers has a record, too")
    func empty() throws {
        let image = ImageStack().image
        var findings = Self.findings
        findings.waste.items = []
        let read = try ImageRecord.decode(#require(try ImageRecord.encode(findings, image)), image)
        #expect(Self.described(read) == Self.described(findings))
    }

    /// A field that is added to these values has to be added to the record, and here.
    @Test("the record knows every field of the values in it")
    func fields() {
        func names(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }
        let findings = Self.findings
        #expect(names(findings) == ["kinds", "packages", "waste", "programs", "bases", "remarks"])
        #expect(names(findings.kinds[0]) == ["kind", "files", "bytes"])
        #expect(names(findings.packages[0]) == ["package", "files", "bytes"])
        #expect(names(findings.packages[0].package) == ["component", "evidence", "files"])
        #expect(
            names(findings.packages[0].package.component) == [
                "ecosystem", "namespace", "name", "version", "qualifiers", "source", "licenses",
            ])
        #expect(names(findings.waste) == ["items", "diveEfficiency", "diveWastedBytes"])
        #expect(
            names(findings.waste.items[0]) == ["kind", "path", "bytes", "layer", "replacedBy", "original"])
        #expect(names(findings.programs[0]) == ["path", "isEntrypoint", "start", "gaps"])
        #expect(names(findings.programs[1].gaps[0]) == ["need", "missing"])
        #expect(names(findings.bases[0]) == ["base", "start", "gaps"])
    }

    @Test("damaged records are refused or harmless, never fatal")
    func damaged() throws {
        var writer = RecordWriter()
        var paths = RecordPaths(Self.image)
        writer.write(Self.findings, &paths)
        let good = writer.bytes
        func read(_ bytes: [UInt8]) -> ImageFindings? {
            bytes.withUnsafeBytes { bytes in
                var reader = RecordReader(bytes)
                var paths = RecordPaths(Self.image)
                return try? reader.imageFindings(&paths)
            }
        }
        #expect(read(good) != nil)
        for length in good.indices { #expect(read(Array(good[..<length])) == nil) }
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let findings = read(bytes) else { continue }
            // Whoever shows them looks up layers and adds bytes.
            #expect(findings.waste.items.allSatisfy { (0..<3).contains($0.layer) && $0.bytes >= 0 })
            #expect(findings.waste.bytes >= 0 && (0...1).contains(findings.waste.diveEfficiency))
        }
        let packed = try #require(try ImageRecord.encode(Self.findings, Self.image))
        for length in packed.indices {
            #expect((try? ImageRecord.decode(Array(packed[..<length]), Self.image)) == nil)
        }
    }

    @Test(
        "what changes the findings changes the key",
        arguments: [
            { $0.config.config.user = "1" }, { $0.config.config.env = ["PATH=/x"] },
            { $0.config.config.entrypoint = ["x"] }, { $0.config.config.cmd = ["x"] },
            { $0.config.config.workingDir = "/x" }, { $0.config.config.shell = ["x"] },
            { $0.platform = Platform(os: "linux", architecture: "arm64") },
            { $0.platform = Platform(os: "linux", architecture: "amd64", variant: "v3") },
            { $0.layers.removeLast() }, { $0.layers.swapAt(0, 2) },
            { $0.layers[0].descriptor.digest = SHA256.digest(of: "other") },
            { $0.layers[0].facts.diffID = SHA256.digest(of: "other") },
        ] as [@Sendable (inout AnalysedImage) -> Void])
    func key(_ change: @Sendable (inout AnalysedImage) -> Void) {
        var image = Self.image
        change(&image)
        #expect(ImageRecord.key(image) != ImageRecord.key(Self.image))
    }

    @Test("names, labels and causes are not in the key; an image that is not known as a whole has none")
    func sameKey() {
        var image = Self.image
        image.name = "other"
        image.config.created = "2000-01-01T00:00:00Z"
        image.config.config.labels = ["a": "b"]
        image.layers[0].cause = LayerCause(instruction: "RUN x")
        #expect(ImageRecord.key(image) == ImageRecord.key(Self.image))
        #expect(ImageRecord.key(image) != nil)
        image.isWhole = false
        #expect(ImageRecord.key(image) == nil)
    }

    /// A setting that is added has to be put into the key, if findings come to depend on it.
    @Test("the key knows the settings that there are")
    func settings() {
        #expect(
            Set(Mirror(reflecting: ContainerConfig()).children.compactMap(\.label)) == [
                "user", "exposedPorts", "env", "entrypoint", "cmd", "volumes", "workingDir", "labels", "stopSignal",
                "argsEscaped", "healthcheck", "onBuild", "shell",
            ])
    }

    // MARK: - In a store

    private static let layers: [[ScanMember]] = [
        [.file("etc/passwd", "root:x:0:0::/:/bin/sh\n"), .file("usr/include/a.h", "int a;\n"), .file("a", "one")],
        [.file("a", "two!"), .file("b", "two!")],
    ]
    private static let items = [
        "source usr/include/a.h 7", "duplicate b 4", "rewritten a 3",
    ]

    private func items(_ explanation: Explanation) -> [String] {
        explanation.waste.items.map { "\($0.kind.rawValue) \($0.path) \($0.bytes)" }
    }

    @Test("a second explanation takes what is remembered and says the same")
    func second() async throws {
        let place = try TemporaryDirectory("image-record")
        let store = try Store.open(StoreLocation(home: place.path))
        defer { store.close() }
        let image = try await ScanImage(Self.layers).analyse(store)
        let first = try Explanation.of(image, store: store)
        #expect(items(first) == Self.items)
        let again = try Explanation.of(image, store: store)
        #expect(items(again) == Self.items)
        #expect(again.kinds == first.kinds && again.programs == first.programs && again.advice == first.advice)
        var other = try ImageFindings.of(image)
        other.remarks = ["remembered"]
        ImageRecord.save(other, of: image, to: store)
        #expect(try Explanation.of(image, store: store).image.remarks == ["remembered"])
        #expect(try Explanation.of(image).image.remarks.isEmpty)
    }

    @Test(
        "a record that can't be read, is cut off, is another image's or has another form is made anew",
        arguments: [
            { _, _ in [9] }, { record, _ in Array(record.dropLast()) },
            { record, form in
                form = "image-0"
                return record
            },
            { _, _ in (try? ImageRecord.encode(ImageRecordTests.findings, ImageRecordTests.image)) ?? [] },
        ] as [@Sendable ([UInt8], inout String) -> [UInt8]])
    func renewed(_ damage: @Sendable ([UInt8], inout String) -> [UInt8]) async throws {
        let place = try TemporaryDirectory("image-record")
        let store = try Store.open(StoreLocation(home: place.path))
        defer { store.close() }
        let image = try await ScanImage(Self.layers).analyse(store)
        _ = try Explanation.of(image, store: store)
        let key = try #require(ImageRecord.key(image))
        var form = RecordForm.image
        let record = try #require(try store.analysis(of: key, form: form))
        let bad = damage(record, &form)
        try store.recordAnalysis(of: key, form: form, bad)
        #expect(items(try Explanation.of(image, store: store)) == Self.items)
        #expect(try store.analysis(of: key, form: RecordForm.image) == record)
    }

    @Test("findings about an image of which something was left out are not remembered")
    func partly() async throws {
        let place = try TemporaryDirectory("image-record")
        let store = try Store.open(StoreLocation(home: place.path))
        defer { store.close() }
        var limits = AnalysisLimits()
        limits.captured = 5
        let partly = try await ScanImage(Self.layers).analyse(store, limits)
        #expect(!partly.isWhole)
        _ = try Explanation.of(partly, store: store)
        var image = partly
        image.isWhole = true
        #expect(ImageRecord.load(image, from: store) == nil)
        #expect(try await ScanImage(Self.layers).analyse(store).isWhole)
    }
}
