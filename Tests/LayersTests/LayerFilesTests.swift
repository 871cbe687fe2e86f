import Archive
import Core
import Glibc
import HostOS
import Layers
import SampanTestSupport
import Testing

let isRoot = geteuid() == 0

private func paths(_ contents: LayerContents) -> [String] { contents.entries.map(\.path.description) }

@Suite struct LayerScannerTests {
    @Test("a directory is read in byte order of the paths with everything about its files")
    func scan() throws {
        let place = try TemporaryDirectory("scan")
        try place.file("a/x", "12345", mode: 0o4750)
        try place.file("a.b", "")
        try place.file("a0", "0")
        try place.symlink("link", to: "../../etc/passwd")
        try Shell.run("cd \(place.path) && chmod 1777 a && mkfifo -m 600 pipe && ln a/x hard && ln link hardlink2")
        let contents = try LayerScanner.scanLayer(HostDirectory.open(place.path), overlay: .none)
        #expect(paths(contents) == ["a", "a.b", "a/x", "a0", "hard", "hardlink2", "link", "pipe"])
        let kinds = contents.entries.map(\.kind)
        #expect(kinds[0] == .directory(opaque: false))
        #expect(contents.entries[0].mode == 0o1777)
        #expect(contents.entries[2].mode == 0o4750)
        #expect(contents.entries[2].size == 5)
        #expect(kinds[4] == .hardlink(target: "a/x"))
        #expect(kinds[5] == .symlink(target: Array("../../etc/passwd".utf8)))
        #expect(kinds[6] == .hardlink(target: "hardlink2"))
        #expect(kinds[7] == .fifo)
    }

    @Test("names that are no UTF-8 are names like others")
    func bytes() throws {
        let place = try TemporaryDirectory("bytes")
        let path = BytePath(normalized: [0xff, 0x0a, 0x20])
        let root = try HostDirectory.open(place.path)
        try LayerUnpacker(into: root, options: .init(owners: false)).unpack(LayerContents([.file(path, bytes: [1])]))
        #expect(try LayerScanner.scanFiles(root).entries.map(\.path) == [path])
    }

    @Test("the filter leaves out names, and whole directories unseen")
    func filter() throws {
        let place = try TemporaryDirectory("filter")
        for name in ["keep/a", "keep/b.log", "out/x", "mixed/y", "mixed/z.log"] { try place.file(name, "x") }
        var asked: [String] = []
        let contents = try LayerScanner.scanFiles(HostDirectory.open(place.path)) { path, isDirectory in
            asked.append(path.description)
            if path == "out" { return .skip }
            if path == "mixed" { return .exclude }
            return path.bytes.suffix(4) == Array(".log".utf8)[...] ? .skip : .include
        }
        #expect(paths(contents) == ["keep", "keep/a", "mixed/y"])
        #expect(asked == ["keep", "keep/a", "keep/b.log", "mixed", "mixed/y", "mixed/z.log", "out"])
        #expect(
            paths(try LayerScanner.scanFiles(HostDirectory.open(place.path), below: "keep")) == [
                "keep/a", "keep/b.log",
            ])
    }

    @Test("a build context has no hard links, and its files carry what stat said")
    func context() throws {
        let place = try TemporaryDirectory("context")
        try place.file("a", "text")
        try Shell.run("cd \(place.path) && ln a b")
        let contents = try LayerScanner.scanFiles(HostDirectory.open(place.path))
        #expect(contents.entries.map(\.kind) == [.file, .file])
        guard case .file(let file) = contents.entries[1].content else {
            Issue.record("no file")
            return
        }
        #expect(file.info == (try FileInfo.of(place.path("b"))))
        #expect(try contents.entries[1].content.digest() == SHA256.digest(of: "text"))
    }

    @Test("a tree deeper than there are descriptors is read")
    func deep() throws {
        let place = try TemporaryDirectory("deep")
        let root = try HostDirectory.open(place.path)
        let deep = BytePath(normalized: Array((0..<1100).map { _ in "d" }.joined(separator: "/").utf8))
        try LayerUnpacker(into: root, options: .init(owners: false)).unpack(LayerContents([.file(deep, bytes: [1])]))
        #expect(try LayerScanner.scanFiles(root).entries.count == 1100)
        try Shell.run("rm -rf \(place.path("d"))")
    }

    @Test("marks of overlayfs become whiteouts and opaque directories", .enabled(if: isRoot, "needs root"))
    func overlay() throws {
        let place = try TemporaryDirectory("upper")
        let root = try HostDirectory.open(place.path)
        let upper = LayerContents([
            .whiteout("gone"), Entry("fresh", .directory(opaque: true), mode: 0o755), .file("fresh/f", bytes: [1]),
            Entry(
                "cap", .file, mode: 0o755,
                attributes: [
                    ExtendedAttribute(
                        name: "security.capability", value: [1, 0, 0, 2] + [UInt8](repeating: 0, count: 16)),
                    ExtendedAttribute(name: "trusted.note", value: [1]),
                ]),
        ])
        try LayerUnpacker(into: root).unpack(upper)
        let contents = try LayerScanner.scanLayer(root, overlay: .trusted)
        #expect(try contents.contentID() == upper.contentID())
        let plain = try LayerScanner.scanLayer(root, overlay: .none)
        #expect(plain.entry(at: "gone")?.kind == .characterDevice(major: 0, minor: 0))
        #expect(plain.entry(at: "fresh")?.isOpaque == false)
        #expect(plain.entry(at: "fresh")?.attributes == [])
    }

    @Test("a redirected directory is refused, as a layer cannot say so", .enabled(if: isRoot, "needs root"))
    func redirect() throws {
        let place = try TemporaryDirectory("redirect")
        try place.directory("d")
        try ExtendedAttributes.set(place.path("d"), "trusted.overlay.redirect", Array("/old".utf8))
        #expect(throws: LayerError.overlayFeature(path: "d", attribute: "trusted.overlay.redirect")) {
            try LayerScanner.scanLayer(HostDirectory.open(place.path), overlay: .trusted)
        }
    }
}

@Suite struct LayerUnpackerTests {
    @Test("owners, modes, times, links and nodes are set", .enabled(if: isRoot, "needs root"))
    func metadata() throws {
        let place = try TemporaryDirectory("metadata")
        let root = try HostDirectory.open(place.path)
        let time = FileTime(seconds: 1_000_000_000, nanoseconds: 5)
        var entries: [Entry] = [
            .directory("d", mode: 0o555, uid: 1, gid: 2), .file("d/f", bytes: [1, 2], mode: 0o6711, uid: 3, gid: 4),
            Entry("d/h", .hardlink(target: "d/f"), mode: 0), .symlink("l", to: "/nowhere", uid: 5, gid: 6),
            Entry("null", .characterDevice(major: 1, minor: 3), mode: 0o666),
            Entry("disk", .blockDevice(major: 259, minor: 70_000), mode: 0o660), Entry("p", .fifo, mode: 0o622),
        ]
        for index in entries.indices { entries[index].modified = time }
        let contents = LayerContents(entries)
        try LayerUnpacker(into: root).unpack(contents)
        let scanned = try LayerScanner.scanLayer(root, overlay: .trusted)
        #expect(try scanned.contentID() == contents.contentID())
        #expect(scanned.entries.allSatisfy { $0.modified == time })
        #expect(try FileInfo.of(place.path("d/h"))?.links == 2)
    }

    @Test("device nodes are left out or refused where they may not be made")
    func devices() throws {
        let place = try TemporaryDirectory("devices")
        let contents = LayerContents([
            Entry("null", .characterDevice(major: 1, minor: 3), mode: 0o666),
            Entry("null2", .hardlink(target: "null"), mode: 0), .file("f", bytes: []),
        ])
        let skipped = try HostDirectory.open(place.directory("skip"))
        try LayerUnpacker(into: skipped, options: .init(owners: false, devices: .skip)).unpack(contents)
        #expect(paths(try LayerScanner.scanFiles(skipped)) == ["f"])
        let refused = try HostDirectory.open(place.directory("refuse"))
        #expect(throws: LayerError.device(path: "null")) {
            try LayerUnpacker(into: refused, options: .init(owners: false, devices: .refuse)).unpack(contents)
        }
    }

    @Test("without privilege a layer is unpacked and scanned with the user's own files")
    func unprivileged() throws {
        let place = try TemporaryDirectory("user")
        let root = try HostDirectory.open(place.directory("out"))
        let contents = LayerContents([
            .directory("d", mode: 0o500, uid: geteuid(), gid: getegid()),
            Entry(
                "d/f", .file, mode: 0o400, uid: geteuid(), gid: getegid(),
                attributes: [ExtendedAttribute(name: "user.note", value: [1])], size: 1, content: .bytes([7])),
            Entry("o", .directory(opaque: true), mode: 0o755, uid: geteuid(), gid: getegid()),
        ])
        let options = LayerUnpacker.Options(overlay: .user, owners: false, devices: .refuse, attributes: .permitted)
        try LayerUnpacker(into: root, options: options).unpack(contents)
        #expect(try LayerScanner.scanLayer(root, overlay: .user).contentID() == contents.contentID())
    }

    @Test("nothing is made outside of the root, even when a link is in the way")
    func confined() throws {
        let place = try TemporaryDirectory("confined")
        try place.directory("outside")
        let root = try HostDirectory.open(place.directory("root"))
        try place.symlink("root/d", to: "../outside")
        #expect(throws: (any Error).self) {
            try LayerUnpacker(into: root, options: .init(owners: false)).unpack(
                LayerContents([.file("d/f", bytes: [1])]))
        }
        #expect(try FileInfo.of(place.path("outside/f")) == nil)
    }

    @Test(
        "layers unpacked below an overlay mount look as the file tree says",
        .enabled(if: isRoot && canMountOverlay, "needs root and overlayfs"), arguments: 100..<108)
    func mounted(_ seed: UInt64) throws {
        let place = try TemporaryDirectory("overlay")
        var random = SeededGenerator(seed: seed)
        var layers: [LayerContents] = []
        for _ in 0..<4 {
            // As a layer is before it is unpacked: whiteouts of nothing would be seen.
            layers.append(try RandomLayer.make(&random, entries: 25).completed(over: FileTree(layers: layers)))
        }
        var lower: [String] = []
        for (level, contents) in layers.enumerated() {
            let root = try HostDirectory.open(place.directory("\(level)"))
            try LayerUnpacker(into: root).unpack(contents)
            lower.insert(root.path, at: 0)
        }
        try place.directory("merged")
        let merged = place.path("merged")
        try Shell.run("mount -t overlay overlay -o ro,lowerdir=\(lower.joined(separator: ":")) \(merged)")
        defer { umount2(merged, Int32(MNT_DETACH)) }
        let seen = try LayerScanner.scanLayer(HostDirectory.open(merged), overlay: .none)
        let tree = try FileTree(layers: layers).flattened()
        #expect(paths(seen) == paths(tree))
        #expect(try seen.contentID() == tree.contentID())
    }
}

/// Whether an overlay can be mounted here: containers often may not.
private let canMountOverlay: Bool = {
    guard isRoot, let place = try? TemporaryDirectory("probe") else { return false }
    for name in ["a", "b", "m"] { _ = try? place.directory(name) }
    let mount = "mount -t overlay overlay -o ro,lowerdir=\(place.path("a")):\(place.path("b")) \(place.path("m"))"
    guard (try? Shell.run(mount + " 2>/dev/null")) != nil else { return false }
    umount2(place.path("m"), Int32(MNT_DETACH))
    return true
}()
