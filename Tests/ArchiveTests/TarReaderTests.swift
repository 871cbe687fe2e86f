import Archive
import Core
import HostOS
import SampanTestSupport
import Testing

/// A member and its content, as a reader gives them.
private struct Member: Equatable {
    var name: String
    var kind: TarHeader.Kind
    var mode: UInt32
    var link = ""
    var content = ""
}

private func members(_ bytes: [UInt8]) throws -> [Member] {
    let reader = TarReader(BytesSource(bytes))
    var out: [Member] = []
    while let header = try reader.next() {
        var content: [UInt8] = []
        try reader.forEachPiece { content.append(contentsOf: $0) }
        #expect(content == Array(bytes[Int(header.contentOffset)..<Int(header.contentOffset + header.size)]))
        out.append(
            Member(
                name: String(decoding: header.name, as: UTF8.self), kind: header.kind, mode: header.mode,
                link: String(decoding: header.linkName, as: UTF8.self),
                content: String(decoding: content, as: UTF8.self)))
    }
    return out
}

/// Recomputes the checksum of the header block that starts at an offset.
private func sealed(_ bytes: [UInt8], at offset: Int = 0) -> [UInt8] {
    var bytes = bytes
    for index in 148..<156 { bytes[offset + index] = 0x20 }
    let sum = bytes[offset..<offset + 512].reduce(0) { $0 + Int($1) }
    let digits = String(sum, radix: 8)
    for (index, byte) in (String(repeating: "0", count: 6 - digits.count) + digits).utf8.enumerated() {
        bytes[offset + 148 + index] = byte
    }
    bytes[offset + 154] = 0
    return bytes
}

/// A header block whose field is overwritten.
private func patched(_ offset: Int, _ value: [UInt8], kind: TarHeader.Kind = .file) throws -> [UInt8] {
    var bytes = try header(TarHeader(name: Array("name".utf8), kind: kind))
    bytes.replaceSubrange(offset..<offset + value.count, with: value)
    return sealed(bytes)
}

/// A pax extended header with the given records, and an empty file after it.
private func pax(_ records: [UInt8], type: String = "x", size: Int? = nil) throws -> [UInt8] {
    var bytes = try header(TarHeader(name: [0x70], kind: .file, size: Int64(size ?? records.count)))
    bytes[156] = type.utf8.first ?? 0
    bytes = sealed(bytes) + records
    bytes += [UInt8](repeating: 0, count: TarWriter.padding(after: Int64(records.count)))
    return try bytes + header(TarHeader(name: Array("name".utf8), kind: .file)) + TarWriter.end
}

private func first(_ bytes: [UInt8]) throws -> TarHeader? { try TarReader(BytesSource(bytes)).next() }

@Suite struct TarReaderTests {
    @Test("archives of GNU tar are read in each of its formats", arguments: ["gnu", "pax", "ustar"])
    func gnuTar(_ format: String) throws {
        let place = try TemporaryDirectory("read")
        let long = String(repeating: "d", count: 60) + "/" + String(repeating: "n", count: 70)
        try place.file("in/\(long)", "long", mode: 0o600)
        try place.file("in/a", "text", mode: 0o755)
        try place.symlink("in/s", to: "a/../a")
        try Shell.run("cd \(place.path("in")) && chmod 700 d* && ln a z && mkfifo -m 644 f && mkdir -m 1777 t")
        try Shell.run("cd \(place.path("in")) && tar --format=\(format) --sort=name -cf ../out.tar a d* f s t z")
        #expect(
            try members(try place.bytes("out.tar")) == [
                Member(name: "a", kind: .file, mode: 0o755, content: "text"),
                Member(name: String(long.prefix(60)), kind: .directory, mode: 0o700),
                Member(name: long, kind: .file, mode: 0o600, content: "long"),
                Member(name: "f", kind: .fifo, mode: 0o644),
                Member(name: "s", kind: .symlink, mode: 0o777, link: "a/../a"),
                Member(name: "t", kind: .directory, mode: 0o1777),
                Member(name: "z", kind: .hardlink, mode: 0o755, link: "a"),
            ])
    }

    @Test("GNU's long names and links are read")
    func longNames() throws {
        let place = try TemporaryDirectory("long")
        let name = String(repeating: "n", count: 200)
        try place.symlink("in/\(name)".replacing("in/", with: ""), to: String(repeating: "t", count: 180))
        try Shell.run("cd \(place.path) && tar --format=gnu -cf out.tar n*")
        #expect(
            try members(try place.bytes("out.tar")) == [
                Member(name: name, kind: .symlink, mode: 0o777, link: String(repeating: "t", count: 180))
            ])
    }

    @Test("times keep their fraction in the pax format")
    func times() throws {
        let place = try TemporaryDirectory("times")
        try place.file("f", "")
        try Shell.run("cd \(place.path) && touch -d @12.5 f && tar --format=pax -cf out.tar f")
        #expect(
            try first(try place.bytes("out.tar"))?.modified == FileTime(seconds: 12, nanoseconds: 500_000_000))
    }

    @Test(
        "times before 1970 are read from records",
        arguments: [("-1", -1, 0), ("-1.25", -2, 750_000_000), ("3.1234567891", 3, 123_456_789), ("0", 0, 0)])
    func recordTimes(_ text: String, _ seconds: Int64, _ nanoseconds: Int64) throws {
        let record = " mtime=\(text)\n"
        let bytes = try pax(Array("\(record.utf8.count + 2)\(record)".utf8))
        #expect(try first(bytes)?.modified == FileTime(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test("numbers in base 256 are read")
    func base256() throws {
        let bytes = try patched(108, [0x80, 0, 0, 0, 0x12, 0x34, 0x56, 0x78])
        #expect(try first(bytes)?.uid == 0x1234_5678)
        let negative = try patched(136, [UInt8](repeating: 0xff, count: 12))
        #expect(try first(negative)?.modified.seconds == -1)
    }

    @Test("a global header holds for all members until it is taken back")
    func global() throws {
        let bytes =
            try pax(Array("9 uid=77\n".utf8), type: "g").dropLast(1024)
            + pax(Array("8 uid=5\n".utf8)).dropLast(1024) + pax(Array("7 uid=\n".utf8), type: "g")
        let reader = TarReader(BytesSource(Array(bytes)))
        #expect(try (0..<3).map { _ in try reader.next()?.uid } == [77, 5, 0])
    }

    @Test("an archive may end without its zero blocks, and after one of two")
    func ends() throws {
        let member = try header(TarHeader(name: [0x61], kind: .file))
        for tail in [0, 512, 1024, 10_240] {
            #expect(try members(member + [UInt8](repeating: 0, count: tail)).count == 1)
        }
        #expect(try members([]).isEmpty)
    }

    @Test("an archive that ends inside a header or a content is an error, in padding it is at its end")
    func truncated() throws {
        let attribute = ExtendedAttribute(name: "user.x", value: [1])
        let whole = try archive([
            (TarHeader(name: [UInt8](repeating: 0x61, count: 300), kind: .file, attributes: [attribute]), [1, 2, 3]),
            (TarHeader(name: [0x62], kind: .directory), []),
        ])
        // Between members, behind the content of the first and from the first zero block on, an archive may end.
        let boundaries = Set(1539...2048).union([0, 2560, 3072, 3584])
        for count in 0...whole.count where !boundaries.contains(count) {
            #expect(throws: ArchiveError.truncated("tar"), "\(count) bytes") { try members(Array(whole[..<count])) }
        }
        for count in boundaries {
            let expected = count == 0 ? 0 : count <= 2048 ? 1 : 2
            #expect(try members(Array(whole[..<count])).count == expected)
        }
    }

    @Test("an archive without its last padding is read alike, whether contents are read, passed over or hashed")
    func unpadded() throws {
        let whole = try archive([
            (TarHeader(name: [0x61], kind: .file), [1]), (TarHeader(name: [0x62], kind: .file), [1, 2, 3]),
        ])
        let bytes = Array(whole[..<(1536 + 3)])
        #expect(try members(bytes).map(\.name) == ["a", "b"])
        let hashes = TarHashes()
        for reader in [TarReader(BytesSource(bytes)), TarReader(BytesSource(bytes), hashes: hashes)] {
            #expect(try (0..<4).map { _ in try reader.next()?.name } == [[0x61], [0x62], nil, nil])
            try reader.expectNothingMore()
            try reader.drain()
        }
        #expect(hashes.archive == SHA256.digest(of: bytes))
        #expect(hashes.size == 1539)
    }

    @Test(
        "a slash behind a name makes a directory where there is no type, as in archives before POSIX, and nowhere else",
        arguments: [
            (UInt8(ascii: "0"), "d/", 0, .file), (UInt8(ascii: "0"), "d/", 5, .file),
            (UInt8(ascii: "0"), "d//", 5, .file), (UInt8(ascii: "7"), "d/", 5, .file), (0, "d/", 0, .directory),
            (0, "d//", 0, .directory), (0, "d", 5, .file), (UInt8(ascii: "1"), "d/", 0, .hardlink),
            (UInt8(ascii: "2"), "d/", 0, .symlink), (UInt8(ascii: "5"), "d/", 0, .directory),
            (UInt8(ascii: "5"), "d", 0, .directory),
        ] as [(UInt8, String, Int, TarHeader.Kind)])
    func trailingSlash(_ type: UInt8, _ name: String, _ size: Int, _ kind: TarHeader.Kind) throws {
        var bytes = try header(TarHeader(name: [0x78], kind: .file, linkName: [0x6c], size: Int64(size)))
        bytes.replaceSubrange(0..<name.utf8.count, with: name.utf8)
        bytes[156] = type
        bytes = sealed(bytes)
        if size > 0 { bytes += Array("hello".utf8) + [UInt8](repeating: 0, count: 507) }
        bytes += try header(TarHeader(name: [0x62], kind: .file)) + TarWriter.end
        let found = try members(bytes)
        #expect(found.map(\.name) == ["d", "b"])
        #expect(found.first?.kind == kind)
        #expect(found.first?.content == (size > 0 ? "hello" : ""))
    }

    @Test("the name that counts is the one of the extended header")
    func trailingSlashInRecord() throws {
        for (name, kind) in [("14 path=dir/x\n", TarHeader.Kind.file), ("13 path=dir/\n", .directory)] {
            var bytes = try pax(Array(name.utf8))
            bytes[1024 + 156] = 0
            #expect(try first(sealed(bytes, at: 1024))?.kind == kind)
        }
    }

    @Test("what is called a directory but has no type has no content, so that its bytes are taken for a header")
    func namedDirectoryWithContent() throws {
        var bytes = try header(TarHeader(name: [0x78], kind: .file, size: 5))
        bytes.replaceSubrange(0..<2, with: Array("d/".utf8))
        bytes[156] = 0
        bytes = sealed(bytes) + Array("hello".utf8) + [UInt8](repeating: 0, count: 507) + TarWriter.end
        #expect(throws: ArchiveError.tar(.checksum, offset: 512)) { try members(bytes) }
    }

    @Test("content that is not read is skipped, by whole blocks")
    func skips() throws {
        let bytes = try archive(
            (0..<5).map { (TarHeader(name: [0x61 + $0], kind: .file), [UInt8](repeating: 9, count: Int($0) * 400)) })
        let reader = TarReader(BytesSource(bytes))
        var names: [UInt8] = []
        while let header = try reader.next() { names += header.name }
        #expect(names == Array("abcde".utf8))
    }

    @Test("only a block with a right checksum, or of zeros, looks like tar")
    func looks() throws {
        let block = try header(TarHeader(name: [0x61], kind: .file))
        let zeros = [UInt8](repeating: 0, count: 512)
        #expect(block.withUnsafeBytes { TarReader.looksLikeTar($0) })
        #expect(zeros.withUnsafeBytes { TarReader.looksLikeTar($0) })
        #expect(!Array(block.dropLast()).withUnsafeBytes { TarReader.looksLikeTar($0) })
        #expect(![UInt8](repeating: 0x61, count: 512).withUnsafeBytes { TarReader.looksLikeTar($0) })
    }

    @Test("sizes of links, directories and devices are no content")
    func headerOnly() throws {
        for kind in [TarHeader.Kind.hardlink, .symlink, .directory, .characterDevice, .blockDevice, .fifo] {
            let bytes =
                try patched(124, Array("00000001000".utf8), kind: kind) + header(TarHeader(name: [0x62], kind: .file))
            #expect(try members(bytes).map(\.name) == ["name", "b"])
        }
    }
}

@Suite struct TarHostileTests {
    static let limits = TarLimits()

    @Test("malformed headers are refused by what is wrong with them")
    func malformed() throws {
        let block = try header(TarHeader(name: [0x61], kind: .file))
        var unsealed = block
        unsealed[0] ^= 1
        let long = [UInt8](repeating: 0x61, count: 5000)
        let longRecord = Array("5011 path=".utf8) + long + [0x0a]
        let table: [([UInt8], TarProblem)] = [
            (unsealed, .checksum), (try patched(100, Array("0000x44".utf8)), .number(field: "mode")),
            (try patched(124, [0xff] + [UInt8](repeating: 0xff, count: 11)), .number(field: "size")),
            (try patched(124, [0x80, 0, 0, 0, 0x7f] + [UInt8](repeating: 0xff, count: 7)), .number(field: "size")),
            (try patched(108, [0x80] + [UInt8](repeating: 0xff, count: 7)), .number(field: "uid")),
            (try patched(108, [UInt8](repeating: 0xff, count: 8)), .number(field: "uid")),
            (try patched(0, [0, 0, 0, 0]), .emptyName), (try patched(156, [0x53]), .sparse(name: "name")),
            (try patched(156, [0x56]), .memberType(0x56, name: "name")),
            ([UInt8](repeating: 0, count: 512) + block, .loneZeroBlock),
            (try pax(longRecord), .nameTooLong(limit: 4096)), (try pax(Array("9 path=\0\n".utf8)), .nulInName),
            (try pax(Array("22 GNU.sparse.major=1\n".utf8)), .sparse(name: "name")),
            (try pax([UInt8](repeating: 0x20, count: 10)), .extendedHeader),
            (try pax([], size: 1 << 21), .extendedHeaderTooLarge(limit: 1 << 20)),
            (try pax([], type: "L", size: 1 << 30), .extendedHeaderTooLarge(limit: 1 << 20)),
        ]
        for (bytes, problem) in table {
            #expect { _ = try members(bytes) } throws: { error in
                guard case .tar(let found, _) = error as? ArchiveError else { return false }
                return found == problem
            }
        }
    }

    @Test(
        "malformed records are refused",
        arguments: [
            "5 a=b", "6 a=b", "7 a=b\n", "6 =bc\n", "x a=b\n", "-6 a=b\n", "99999999999999999999 a=b\n",
            "3 \n", "0 a=b\n", " 6 a=b\n", "8 uid=x\n", "9 uid=-1\n", "18 uid=4294967296\n", "9 mtime=\n9 size=-1\n",
            "30 size=99999999999999999999\n", "13 mtime=1.x\n", "13 mtime=abc\n", "15 SCHILY.xattr.\n",
            "16 SCHILY.xattr.=\n", "6 \u{80}=b\n",
        ])
    func records(_ text: String) {
        #expect(throws: ArchiveError.self) { _ = try first(try pax(Array(text.utf8))) }
    }

    @Test("endless extended headers are refused")
    func endless() throws {
        let one = try Array(pax(Array("8 uid=5\n".utf8)).prefix(1024))
        let bytes = (0..<100).flatMap { _ in one }
        #expect(throws: ArchiveError.tar(.tooManyExtendedHeaders, offset: 16 * 1024)) { _ = try first(bytes) }
    }

    @Test("global attributes do not add up without end")
    func globalGrowth() throws {
        var bytes: [UInt8] = []
        for index in 10..<99 {
            let body = " SCHILY.xattr.user.\(index)=" + String(repeating: "x", count: 100_000) + "\n"
            let record = Array("\(body.utf8.count + 6)\(body)".utf8)
            bytes += try pax(record, type: "g").dropLast(1024)
        }
        #expect(throws: ArchiveError.self) { _ = try members(bytes) }
    }

    @Test(
        "names become paths inside the root, or are refused when they climb out of it",
        arguments: [
            ("a/b", "a/b"), ("/etc/passwd", "etc/passwd"), ("./x", "x"), ("a/../b", "b"), ("a//b/./c", "a/b/c"),
            ("./", ""), ("/", ""), ("..", nil), ("../x", nil), ("a/../../x", nil), ("/..", nil), ("a/b/../../..", nil),
            ("...", "..."), ("a/..b", "a/..b"), (String(repeating: "n", count: 256), nil),
        ] as [(String, String?)])
    func paths(_ name: String, _ path: String?) throws {
        let header = TarHeader(name: Array(name.utf8), kind: .file)
        if let path {
            #expect(try header.checkedPath().description == path)
        } else {
            #expect(throws: ArchiveError.self) { try header.checkedPath() }
        }
    }

    @Test("no damaged archive makes the reader trap or run away")
    func fuzz() throws {
        let attribute = ExtendedAttribute(name: "user.x", value: [1, 2, 3])
        let seeds = [
            try archive([
                (TarHeader(name: Array("dir".utf8), kind: .directory), []),
                (
                    TarHeader(name: [UInt8](repeating: 0x61, count: 200), kind: .file, attributes: [attribute]),
                    [1, 2, 3]
                ),
                (TarHeader(name: Array("l".utf8), kind: .symlink, linkName: Array("dir".utf8)), []),
            ]),
            try pax(Array("9 uid=77\n16 linkpath=a/b\n".utf8), type: "g"),
        ]
        var random = SeededGenerator(seed: 42)
        var complete = 0
        for round in 0..<6000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0...random.next() % 4 {
                let at = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[at] ^= 1 << UInt8(random.next() % 8)
                case 2: bytes.remove(at: at)
                default: bytes.insert(UInt8(ascii: "9"), at: at)
                }
            }
            // Half of them with right checksums, or nothing but the checksum would be tested.
            if round % 2 == 0 {
                for block in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[block] != 0 {
                    bytes = sealed(bytes, at: block)
                }
            }
            let reader = TarReader(BytesSource(bytes))
            do {
                var count = 0
                while let header = try reader.next() {
                    _ = try? header.checkedPath()
                    try reader.forEachPiece { _ in }
                    count += 1
                    #expect(count <= bytes.count / 512)
                }
                complete += 1
            } catch is ArchiveError {}
        }
        #expect(complete > 50)
    }
}
