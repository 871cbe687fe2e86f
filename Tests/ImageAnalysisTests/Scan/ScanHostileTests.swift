import Archive
import ContentStore
import Core
import Glibc
import HostOS
import ImageLayouts
import Layers
import OCI
import SampanTestSupport
import Synchronization
import Testing

@testable import ImageAnalysis

@Suite("Reading images that nobody should trust") struct ScanHostileTests {
    private static let archive = ScanMember.file("a", "one")

    private func failure(_ source: ScanImage, _ limits: AnalysisLimits = AnalysisLimits()) async -> (any Error)? {
        do {
            _ = try await source.analyse(nil, limits)
            return nil
        } catch {
            return error
        }
    }

    @Test("a blob that isn't what its digest says is refused", arguments: ScanForm.allCases)
    func wrongBlob(_ form: ScanForm) async throws {
        let wrong = SHA256.digest(of: "wrong")
        let source = try ScanImage([ScanMember.archive([Self.archive])], form) { descriptor, _, diffID in
            descriptor.digest = wrong
            if form == .plain { diffID = wrong }
        }
        let error = await failure(source) as? ImageLayoutError
        guard case .wrongContent(_, wrong, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("a layer that isn't what the configuration says is refused", arguments: ScanForm.allCases, [true, false])
    func wrongDiffID(_ form: ScanForm, _ isVerified: Bool) async throws {
        let wrong = SHA256.digest(of: "wrong")
        let archive = try ScanMember.archive([Self.archive])
        let source = try ScanImage([archive], form, isVerified: isVerified) { _, _, diffID in diffID = wrong }
        #expect(
            await failure(source) as? LayerError
                == .diffIDMismatch(expected: wrong, actual: SHA256.digest(of: archive)))
    }

    @Test("bytes behind the archive count for its digest", arguments: ScanForm.allCases)
    func trailing(_ form: ScanForm) async throws {
        let archive = try ScanMember.archive([Self.archive]) + SeededBytes.of(3000)
        let image = try await ScanImage([archive], form).analyse()
        #expect(image.layers[0].facts.diffID == SHA256.digest(of: archive))
        #expect(image.layers[0].facts.archiveSize == Int64(archive.count))
    }

    @Test("a layer that ends early is refused", arguments: ScanForm.allCases)
    func cutOff(_ form: ScanForm) async throws {
        let archive = try ScanMember.archive([.file("a", bytes: SeededBytes.of(100_000))])
        for length in [1, 511, 512, 700, 50_000, 100_300] {
            let source = try ScanImage([Array(archive[..<length])], form)
            #expect(await failure(source) is ArchiveError)
        }
    }

    @Test("damage anywhere in a layer is an error or changes nothing, never a crash", arguments: ScanForm.allCases)
    func fuzz(_ form: ScanForm) async throws {
        var random = SeededGenerator(seed: 11)
        let archive = try ScanMember.archive([
            .directory("d"), .file("d/a", "#!/bin/sh\n"), .symlink("l", "d"), .file("l/b", "x"), .hardlink("h", "d/a"),
            .file(".wh.x", ""), .file("e", bytes: Array("\u{7f}ELF".utf8) + SeededBytes.of(600)),
        ])
        for _ in 0..<150 {
            var bytes = archive
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                // Headers alone are of interest; the checksum is put right.
                let block = Int.random(in: 0..<bytes.count / 512, using: &random) * 512
                bytes[block + Int.random(in: 0..<512, using: &random)] = UInt8.random(in: 0...255, using: &random)
                Self.sum(&bytes, block)
            }
            let source = try ScanImage([bytes], form)
            if let image = try? await source.analyse() { _ = try image.tree.nodes() }
        }
    }

    private static func sum(_ bytes: inout [UInt8], _ block: Int) {
        bytes.replaceSubrange(block + 148..<block + 156, with: [UInt8](repeating: 0x20, count: 8))
        let sum = bytes[block..<block + 512].reduce(0) { $0 + Int($1) }
        var digits = Array(String(sum, radix: 8).utf8)
        digits = [UInt8](repeating: 0x30, count: max(0, 6 - digits.count)) + digits + [0, 0x20]
        bytes.replaceSubrange(block + 148..<block + 156, with: digits.prefix(8))
    }

    @Test("something that looks like a program and is none is remarked upon")
    func noProgram() async throws {
        let image = try await ScanImage([
            [.file("bin/x", bytes: Array("\u{7f}ELF".utf8) + [UInt8](repeating: 0xee, count: 200))]
        ]).analyse()
        let node = try #require(try image.tree.lookup("bin/x"))
        #expect(image.facts(of: node)?.binary == nil)
        #expect(image.remarks.count <= 1)
    }

    @Test("more entries, bytes or metadata than allowed are an error")
    func limits() async throws {
        let many = try ScanImage([(0..<50).map { ScanMember.file("f\($0)") }])
        var limits = AnalysisLimits()
        limits.layer.entries = 49
        #expect(await failure(many, limits) as? LayerError == .tooManyEntries(limit: 49))
        let two = try ScanImage([[.file("a")], [.file("b"), .file("c")]])
        limits = AnalysisLimits()
        limits.entries = 2
        #expect(await failure(two, limits) as? LayerError == .tooManyEntries(limit: 2))
        for form in ScanForm.allCases {
            let zeros = try ScanImage([[.file("zeros", bytes: [UInt8](repeating: 0, count: 4 << 20))]], form)
            limits = AnalysisLimits()
            limits.layer.bytes = 1 << 20
            #expect(
                await failure(zeros, limits) as? ArchiveError == .tooLong("a layer's archive", limit: 1 << 20))
        }
    }

    @Test("what is kept of contents is bounded, and what is left out is told")
    func captured() async throws {
        var limits = AnalysisLimits()
        limits.captured = 100
        let source = try ScanImage([
            [
                .file("etc/group", bytes: [UInt8](repeating: 0x61, count: 60)),
                .file("etc/passwd", bytes: [UInt8](repeating: 0x61, count: 60)),
            ]
        ])
        let image = try await source.analyse(nil, limits)
        let kept = try ["etc/group", "etc/passwd"].map {
            try image.tree.lookup(BytePath(cleaning: $0)).flatMap { image.facts(of: $0)?.captured?.count }
        }
        #expect(kept == [60, nil])
        #expect(image.remarks.count == 1)
    }

    @Test("links to files of lower layers are files, links to nothing are left out")
    func danglingLinks() async throws {
        let image = try await ScanImage([
            [.file("d/a", "one"), .hardlink("broken", "nowhere")],
            [.hardlink("b", "d/a"), .hardlink("c", "b"), .hardlink("x", "y/z"), .file("e", "two")],
            [.file("d/a", "other")],
        ]).analyse()
        #expect(
            try lines(image) == [
                "b file 3", "c file 3 = b", "d directory", "d/a file 5", "e file 3",
            ])
        #expect(
            image.remarks == [
                "/broken is a hard link to /nowhere, which does not exist",
                "/x is a hard link to /y/z, which does not exist",
            ])
        let node = try #require(try image.tree.lookup("c"))
        #expect(image.facts(of: node)?.digest == SHA256.digest(of: "one"))
    }

    @Test("a link to a lower layer's file is opened there", arguments: ScanForm.allCases)
    func openLower(_ form: ScanForm) async throws {
        let source = try ScanImage(
            [[.file("pad"), .file("a", "one")], [.file("q", "11111"), .hardlink("b", "a")]], form)
        let image = try await source.analyse()
        let node = try #require(try image.tree.lookup("b"))
        #expect(node.layer == 1)
        #expect(try await ImageFiles(image, source: source).open(node).readAll(limit: 9) == Array("one".utf8))
    }

    @Test("a path through a lower layer's link goes where that leads")
    func throughLinks() async throws {
        let image = try await ScanImage([
            [.directory("usr"), .directory("usr/lib"), .symlink("lib", "usr/lib"), .file("usr/lib/old", "1")],
            [.file("lib/new", "22"), .file("lib/.wh.old", "")],
        ]).analyse()
        #expect(
            try lines(image) == ["lib -> usr/lib", "usr directory", "usr/lib directory", "usr/lib/new file 2"])
        let node = try #require(try image.tree.lookup("lib/new"))
        #expect(image.facts(of: node)?.digest == SHA256.digest(of: "22"))
        // One that says that it is a directory replaces the link.
        let replaced = try await ScanImage([
            [.directory("usr"), .symlink("lib", "usr")], [.directory("lib"), .file("lib/new", "22")],
        ]).analyse()
        #expect(try lines(replaced) == ["lib directory", "lib/new file 2", "usr directory"])
    }

    @Test("links in a circle end")
    func circles() async throws {
        let loop = try await ScanImage([
            [.symlink("a", "b"), .symlink("b", "a")], [.file("a/file", "x")],
        ]).analyse()
        #expect(loop.remarks.count == 1)
        #expect(try loop.tree.nodes().count == 3)
        for layer in [[ScanMember.symlink("a", "a"), .file("a/x")], [.hardlink("a", "a")]] {
            let source = try ScanImage([layer])
            #expect(await failure(source) is LayerError)
        }
        let pair = try await ScanImage([[.hardlink("a", "b"), .hardlink("b", "a")]]).analyse()
        #expect(try lines(pair).isEmpty)
    }

    @Test("many layers that want all those below them end soon")
    func manyFits() async throws {
        let layers = (0..<40).map { number in
            (0..<20).map { ScanMember.file("d\(number)/f\($0)") } + [ScanMember.hardlink("l\(number)", "d0/f0")]
        }
        let image = try await ScanImage(layers, .plain).analyse()
        #expect(try image.tree.nodes().filter { $0.entry.isFile }.count == 40 * 20 + 40)
    }

    @Test("stopping ends the reading", .timeLimit(.minutes(1)))
    func cancel() async throws {
        let source = try ScanImage([[.file("zeros", bytes: [UInt8](repeating: 0, count: 20 << 20))]], .plain)
        let mayGo = Mutex(false)
        let task = Task {
            try await ImageAnalyser(store: nil).analyse(source) { step in
                // The first bytes wait until the task was stopped.
                while step.bytesDone > 0, !mayGo.withLock({ $0 }) { usleep(1000) }
            }
        }
        task.cancel()
        mayGo.withLock { $0 = true }
        func value() async throws { _ = try await task.value }
        await #expect(throws: CancellationError.self) { try await value() }
    }

    @Test("manifests and configurations that count layers differently are refused")
    func counts() async throws {
        let source = try ScanImage([[.file("a")]])
        let odd = OddSource(source)
        func analyse() async throws { _ = try await ImageAnalyser(store: nil).analyse(odd) }
        await #expect(throws: OCIError.layerCount(config: 0, manifest: 1)) { try await analyse() }
    }
}

/// An image whose configuration has no layers.
private struct OddSource: AnalysisSource {
    let base: ScanImage
    let name = "odd"
    let config = ImageConfig(platform: Platform(os: "linux", architecture: "amd64"))
    var manifest: Descriptor { base.manifest }
    var image: ImageManifest { base.image }
    var sources: ImageSources? { nil }

    init(_ base: ScanImage) { self.base = base }

    func layer(_ descriptor: Descriptor) async throws -> BlobFile { try await base.layer(descriptor) }
}

/// Bytes that nothing compresses.
private enum SeededBytes {
    static func of(_ count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: 3)
        return random.bytes(count)
    }
}
