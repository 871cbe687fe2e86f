import Archive
import Core
import HostOS
import Layers
import SampanTestSupport
import Testing

/// One member of a layer's archive.
struct Member: Sendable {
    var name: String
    var kind: TarHeader.Kind
    var link = ""
    var content = ""
    var mode: UInt32 = 0o644

    static func file(_ name: String, _ content: String = "x") -> Member {
        Member(name: name, kind: .file, content: content)
    }
    static func directory(_ name: String) -> Member { Member(name: name, kind: .directory, mode: 0o755) }
    static func symlink(_ name: String, _ target: String) -> Member { Member(name: name, kind: .symlink, link: target) }
    static func hardlink(_ name: String, _ target: String) -> Member {
        Member(name: name, kind: .hardlink, link: target)
    }
}

func archive(_ members: [Member]) throws -> [UInt8] {
    var out: [UInt8] = []
    for member in members {
        let header = TarHeader(
            name: Array(member.name.utf8), kind: member.kind, linkName: Array(member.link.utf8), mode: member.mode,
            size: Int64(member.content.utf8.count), deviceMajor: member.content == "null" ? 1 : 0)
        try TarWriter.append(header, to: &out)
        out += Array(member.content.utf8)
        out += [UInt8](repeating: 0, count: TarWriter.padding(after: header.size))
    }
    return out + TarWriter.end
}

/// What a layer comes to, as lines: indexed, and unpacked as it streams by, which must agree.
private func outcome(_ members: [Member], over: FileTree? = nil) throws -> [String] {
    try outcome(of: archive(members), over: over)
}

private func outcome(of bytes: [UInt8], over: FileTree? = nil) throws -> [String] {
    let place = try TemporaryDirectory("outcome")
    let indexed = try TarIndexer.index(BytesSource(bytes), into: place.scratchFile(), expecting: nil, over: over)
    let root = try HostDirectory.open(place.directory("root"))
    let options = LayerUnpacker.Options(overlay: isRoot ? .trusted : .user, owners: false, attributes: .permitted)
    let unpacked = try LayerUnpacker(into: root, options: options).unpack(
        blob: BytesSource(bytes), expecting: indexed.diffID, below: over)
    #expect(try unpacked.contents.contentID() == indexed.contents.contentID())
    // On disk as well, but for the owners and for parents that nobody said anything about.
    let onDisk = try LayerScanner.scanLayer(root, overlay: options.overlay)
    let said = Set(indexed.contents.entries.map(\.path))
    #expect(lines(onDisk.entries.filter { said.contains($0.path) }) == lines(indexed.contents.entries))
    return lines(indexed.contents.entries)
}

private func lines(_ entries: [Entry]) -> [String] {
    entries.map { entry in
        switch entry.kind {
        case .file:
            let content = (try? entry.content.open().readAll(limit: 100)) ?? []
            return "\(entry.path) = \(String(decoding: content, as: UTF8.self))"
        case .directory(let isOpaque): return "\(entry.path)/\(isOpaque ? " opaque" : "")"
        case .symlink(let target): return "\(entry.path) -> \(String(decoding: target, as: UTF8.self))"
        case .hardlink(let target): return "\(entry.path) == \(target)"
        case .whiteout: return "\(entry.path) gone"
        default: return "\(entry.path) node"
        }
    }
}

@Suite struct TarIndexerTests {
    @Test("names are made safe: leading slashes and inner dots vanish")
    func names() throws {
        #expect(
            try outcome([.directory("./"), .file("/etc/passwd", "1"), .file("./a/../b", "2"), .file("c//./d", "3")])
                == ["b = 2", "c/d = 3", "etc/passwd = 1"])
    }

    @Test("a file whose name ends in a slash is a file, in the place of a directory too")
    func slashes() throws {
        // A slash in the place of the name's last letter, and the checksum with it.
        func slashed(_ members: [Member]) throws -> [UInt8] {
            var bytes = try archive(members)
            for block in stride(from: 0, to: bytes.count, by: 512) where bytes[block] == UInt8(ascii: "f") {
                bytes[block + 1] = UInt8(ascii: "/")
                for index in 148..<156 { bytes[block + index] = 0x20 }
                let sum = String(bytes[block..<block + 512].reduce(0) { $0 + Int($1) }, radix: 8)
                let digits = String(repeating: "0", count: 6 - sum.utf8.count) + sum
                bytes.replaceSubrange(block + 148..<block + 155, with: Array(digits.utf8) + [0])
            }
            return bytes
        }
        #expect(try outcome(of: slashed([.file("fx", "1"), .file("a", "2")])) == ["a = 2", "f = 1"])
        #expect(try outcome(of: slashed([.directory("f"), .file("f/x"), .file("fx", "1")])) == ["f = 1"])
    }

    @Test("a layer may end behind its last content, without padding and zero blocks; not inside of it")
    func unpadded() throws {
        let bytes = try archive([.file("a", "1"), .file("b", "22")])
        for count in [1538, 1539, 1600, 2047, 2048, 2560] {
            #expect(try outcome(of: Array(bytes[..<count])) == ["a = 1", "b = 22"])
        }
        #expect(throws: ArchiveError.truncated("tar")) { try outcome(of: Array(bytes[..<1537])) }
        let tar = try TemporaryDirectory("unpadded").scratchFile()
        try tar.write(Array(bytes[..<1538]))
        #expect(try lines(TarIndexer.list(tar: tar).entries) == ["a = 1", "b = 22"])
    }

    @Test("a name that climbs out of the root is refused", arguments: ["../x", "a/../../x", "/../x", ".."])
    func climbing(_ name: String) {
        #expect(throws: ArchiveError.self) { try outcome([.file(name)]) }
        #expect(throws: ArchiveError.self) { try outcome([.file("f"), .hardlink("l", name)]) }
    }

    @Test("a path through a link goes where it leads inside the root, never out of it")
    func throughLinks() throws {
        #expect(
            try outcome([.symlink("out", "/etc"), .file("out/passwd"), .symlink("up", "../../../tmp"), .file("up/x")])
                == ["etc/passwd = x", "out -> /etc", "tmp/x = x", "up -> ../../../tmp"])
        #expect(
            try outcome([.directory("d"), .symlink("a", "d/b"), .symlink("d/b", "/c"), .file("a/f")])
                == ["a -> d/b", "c/f = x", "d/", "d/b -> /c"])
    }

    @Test("a loop of links on the way is refused")
    func loop() {
        #expect(throws: LayerError.tooManyLinks(path: "a/f")) {
            try outcome([.symlink("a", "b"), .symlink("b", "a"), .file("a/f")])
        }
    }

    @Test("a file used as a directory is refused")
    func fileAsDirectory() {
        #expect(throws: LayerError.notADirectory(path: "f/x", through: "f")) {
            try outcome([.file("f"), .file("f/x")])
        }
        #expect(throws: LayerError.self) { try outcome([.file("f"), .file("f/x/.wh.y")]) }
        #expect(throws: LayerError.self) { try outcome([Member(name: "a/..", kind: .fifo)]) }
    }

    @Test("of several members with one name the last counts, as if unpacked")
    func duplicates() throws {
        #expect(try outcome([.file("a", "1"), .file("a", "2")]) == ["a = 2"])
        #expect(try outcome([.directory("a"), .file("a/x"), .file("a", "file")]) == ["a = file"])
        #expect(try outcome([.file("a/x"), .file("a", "file")]) == ["a = file"])
        #expect(try outcome([.file("a"), .directory("a"), .file("a/x")]) == ["a/", "a/x = x"])
        #expect(try outcome([.directory("a"), .file("a/x"), .directory("a")]) == ["a/", "a/x = x"])
        #expect(
            try outcome([.directory("a"), .file("a/x"), .symlink("a", "b"), .directory("a"), .file("a/y")])
                == ["a/", "a/y = x"])
        #expect(
            try outcome([.symlink("a", "b"), .file("a/1"), .directory("a"), .file("a/2")]) == [
                "a/", "a/2 = x", "b/1 = x",
            ])
    }

    @Test("whiteouts speak of lower layers alone, wherever they stand in the archive")
    func whiteouts() throws {
        #expect(try outcome([.file("d/.wh.gone", "")]) == ["d/gone gone"])
        #expect(try outcome([.file(".wh.a", ""), .file("a", "new")]) == ["a = new"])
        #expect(try outcome([.file("a", "new"), .file(".wh.a", "")]) == ["a = new"])
        #expect(try outcome([.file(".wh.d", ""), .directory("d"), .file("d/x")]) == ["d/ opaque", "d/x = x"])
        #expect(try outcome([.directory("d"), .file("d/x"), .file("d/.wh..wh..opq", "")]) == ["d/ opaque", "d/x = x"])
        #expect(try outcome([.file("d/.wh..wh..opq", "")]) == ["d/ opaque"])
        #expect(try outcome([.file(".wh.d", ""), .file("d/x")]) == ["d/ opaque", "d/x = x"])
        #expect(try outcome([.file("d/.wh.x", ""), .file("d", "file")]) == ["d = file"])
        #expect(
            try outcome([.symlink("l", "d"), .file("l/.wh.x", ""), .file("l/.wh..wh..opq", "")]) == [
                "d/ opaque", "l -> d",
            ])
    }

    @Test(
        "whiteout tricks are refused",
        arguments: [".wh.", ".wh..", ".wh...", "a/.wh.", ".wh.d/x", "a/.wh.b/.wh.c"])
    func tricks(_ name: String) {
        #expect(throws: LayerError.badWhiteout(name: name)) { try outcome([.file(name)]) }
    }

    @Test("an opaque root is refused, AUFS's own files are skipped, overlayfs's own whiteouts are refused")
    func marks() throws {
        #expect(throws: LayerError.opaqueRoot) { try outcome([.file(".wh..wh..opq", "")]) }
        #expect(try outcome([.file(".wh..wh.plnk/77.88"), .directory(".wh..wh.orph"), .file("a")]) == ["a = x"])
        #expect(throws: LayerError.badWhiteout(name: "a")) {
            try outcome([Member(name: "a", kind: .characterDevice)])
        }
    }

    @Test("in an archive that is no layer, whiteouts are files")
    func noLayer() throws {
        let place = try TemporaryDirectory("plain")
        let bytes = try archive([.file(".wh.a"), .file("d/.wh..wh..opq")])
        let indexed = try TarIndexer.index(
            BytesSource(bytes), into: place.scratchFile(), expecting: nil, whiteouts: false)
        #expect(lines(indexed.contents.entries) == [".wh.a = x", "d/.wh..wh..opq = x"])
    }

    @Test("attributes that overlayfs keeps for itself are dropped")
    func overlayAttributes() throws {
        var bytes: [UInt8] = []
        let names = ["trusted.overlay.opaque", "user.note", "user.overlay.redirect"]
        try TarWriter.append(
            TarHeader(
                name: [0x64], kind: .directory, mode: 0o755,
                attributes: names.map { ExtendedAttribute(name: $0, value: [0x79]) }), to: &bytes)
        let place = try TemporaryDirectory("attributes")
        let indexed = try TarIndexer.index(BytesSource(bytes), into: place.scratchFile(), expecting: nil)
        #expect(indexed.contents.entries[0].attributes.map(\.name) == ["user.note"])
        #expect(indexed.contents.entries[0].kind == .directory(opaque: false))
    }

    @Test("hard links name files of the layer, in any order of their paths, and keep what they name")
    func hardlinks() throws {
        #expect(
            try outcome([.file("z", "1"), .hardlink("a", "z"), .hardlink("b", "a")]) == ["a = 1", "b == a", "z == a"])
        #expect(try outcome([.file("a", "1"), .hardlink("b", "a"), .file("a", "2")]) == ["a = 2", "b = 1"])
        #expect(try outcome([.symlink("s", "t"), .hardlink("u", "s")]) == ["s -> t", "u == s"])
        #expect(
            try outcome([.file("d/a", "1"), .symlink("l", "d"), .hardlink("b", "l/a")]) == [
                "b = 1", "d/a == b", "l -> d",
            ])
    }

    @Test("hard links to nothing, to themselves, to directories and to the root are refused")
    func badHardlinks() {
        #expect(throws: LayerError.danglingHardlink(path: "b", target: "a")) {
            try outcome([.hardlink("b", "a"), .file("a")])
        }
        #expect(throws: LayerError.badHardlink(path: "a", target: "a")) {
            try outcome([.file("a"), .hardlink("a", "a")])
        }
        #expect(throws: LayerError.badHardlink(path: "b", target: "d")) {
            try outcome([.directory("d"), .hardlink("b", "d")])
        }
        #expect(throws: LayerError.badHardlink(path: "b", target: "")) { try outcome([.hardlink("b", "/")]) }
    }

    @Test("with the layers below, parents are theirs, links are followed, and linked files are copied up")
    func overLower() throws {
        let lower = FileTree(layers: [
            LayerContents([
                .directory("usr", mode: 0o711), .directory("usr/lib"), .symlink("lib", to: "usr/lib"),
                .file("usr/f", bytes: Array("low".utf8)), .file("usr/lib/old", bytes: []),
            ])
        ])
        #expect(
            try outcome(
                [.file("lib/so"), .hardlink("usr/g", "usr/f"), .file("lib/.wh.old", ""), .file("lib/.wh.none", "")],
                over: lower)
                == ["usr/", "usr/g = low", "usr/lib/", "usr/lib/old gone", "usr/lib/so = x"])
        #expect(throws: LayerError.notADirectory(path: "usr/f/x", through: "usr/f")) {
            try outcome([.file("usr/f/x")], over: lower)
        }
    }

    @Test("a wrong diff ID is an error, for an index and for an unpack")
    func diffID() throws {
        let bytes = try archive([.file("a")])
        let place = try TemporaryDirectory("diffid")
        let wrong = SHA256.digest(of: "other")
        let expected = LayerError.diffIDMismatch(expected: wrong, actual: SHA256.digest(of: bytes))
        #expect(throws: expected) {
            try TarIndexer.index(BytesSource(bytes), into: place.scratchFile(), expecting: wrong)
        }
        let root = try HostDirectory.open(place.directory("root"))
        #expect(throws: expected) {
            try LayerUnpacker(into: root, options: .init(owners: false)).unpack(
                blob: BytesSource(bytes), expecting: wrong)
        }
    }

    @Test("what follows the end of the archive counts for the diff ID")
    func trailing() throws {
        let place = try TemporaryDirectory("trailing")
        let bytes = try archive([.file("a")]) + [UInt8](repeating: 0, count: 9000)
        let indexed = try TarIndexer.index(BytesSource(bytes), into: place.scratchFile(), expecting: nil)
        #expect(indexed.diffID == SHA256.digest(of: bytes))
        #expect(indexed.size == Int64(bytes.count))
    }

    @Test("a compressed layer is written out as it is inside, and an archive on disk is used where it lies")
    func spans() throws {
        let place = try TemporaryDirectory("spans")
        let bytes = try archive([.file("a", "first"), .file("b", "second")])
        let packed = try bytes.withUnsafeBytes { try GzipMember.compress($0, level: 1) }
        let tar = try place.scratchFile()
        let indexed = try TarIndexer.index(BytesSource(packed), into: tar, expecting: SHA256.digest(of: bytes))
        #expect(indexed.compression == .gzip)
        #expect(try SpanSource(tar, offset: 0, length: indexed.size).readAll(limit: 1 << 20) == bytes)
        let again = try TarIndexer.index(tar: tar, expecting: indexed.diffID)
        #expect(lines(again.contents.entries) == ["a = first", "b = second"])
    }

    @Test("limits stop bombs of entries and of bytes")
    func limits() throws {
        var limits = LayerLimits()
        limits.entries = 10
        let many = try archive((0..<11).map { .file("f\($0)", "") })
        let place = try TemporaryDirectory("limits")
        #expect(throws: LayerError.tooManyEntries(limit: 10)) {
            try TarIndexer.index(BytesSource(many), into: place.scratchFile(), expecting: nil, limits: limits)
        }
        limits.entries = 11
        limits.metadataBytes = 20
        #expect(throws: LayerError.tooMuchMetadata(limit: 20)) {
            try TarIndexer.index(BytesSource(many), into: place.scratchFile(), expecting: nil, limits: limits)
        }
        limits.bytes = 4096
        #expect(throws: ArchiveError.tooLong("a layer's archive", limit: 4096)) {
            try TarIndexer.index(BytesSource(many), into: place.scratchFile(), expecting: nil, limits: limits)
        }
    }

    @Test("deep names are refused where the kernel could not follow")
    func deep() throws {
        let deep = String(repeating: "d/", count: 2040) + "f"
        #expect(try outcome([.file(deep)]).count == 1)
        #expect(throws: ArchiveError.self) { try outcome([.file(deep + String(repeating: "/d", count: 20))]) }
        #expect(throws: LayerError.self) {
            try outcome([
                .symlink("l", String(repeating: "d/", count: 1500)),
                .file("l/" + String(repeating: "e/", count: 1500) + "f"),
            ])
        }
    }

    @Test("no damaged layer traps, escapes, or gives two different readings")
    func fuzz() throws {
        let place = try TemporaryDirectory("fuzz")
        let words = ["a", "b", "..", ".", ".wh.a", ".wh..wh..opq", ".wh..", "c", "/"]
        var random = SeededGenerator(seed: 3)
        var good = 0
        for round in 0..<150 {
            var members: [Member] = []
            for _ in 0..<12 {
                let name = (0...random.next() % 3).map { _ in words[Int(random.next() % 9)] }.joined(separator: "/")
                let link = (0...random.next() % 2).map { _ in words[Int(random.next() % 9)] }.joined(separator: "/")
                let kind = [TarHeader.Kind.file, .directory, .symlink, .hardlink, .file, .directory][
                    Int(random.next() % 6)]
                members.append(Member(name: name, kind: kind, link: kind == .file ? "" : link, mode: 0o755))
            }
            // Fewer and fewer members until it is accepted: most random layers are refused for one bad member.
            var accepted: [Member] = []
            for member in members {
                guard let bytes = try? archive(accepted + [member]) else { continue }
                if (try? TarIndexer.index(BytesSource(bytes), into: place.scratchFile(), expecting: nil)) != nil {
                    accepted.append(member)
                }
            }
            if accepted.count > 2 { good += 1 }
            do {
                _ = try outcome(accepted)
            } catch {
                Issue.record("round \(round): \(accepted): \(error)")
                return
            }
        }
        #expect(good > 110)
        #expect(try Directory.names(FileDescriptor.open(place.path, 0)).isEmpty)
    }
}
