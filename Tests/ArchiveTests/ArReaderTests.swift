import Archive
import SampanTestSupport
import Testing

@Suite("ar archives")
struct ArReaderTests {
    private func read(_ bytes: [UInt8]) throws -> [(name: String, content: String)] {
        let reader = try ArReader(BytesSource(bytes))
        var out: [(String, String)] = []
        while let header = try reader.next() {
            let content = try reader.content.readAll(limit: 1 << 20)
            #expect(Int64(content.count) == header.size)
            out.append((String(decoding: header.name, as: UTF8.self), String(decoding: content, as: UTF8.self)))
        }
        #expect(try reader.next() == nil)
        return out
    }

    private func header(_ name: String, size: String, end: [UInt8] = [0x60, 0x0a]) -> [UInt8] {
        func field(_ text: String, _ width: Int) -> [UInt8] {
            Array(text.utf8) + [UInt8](repeating: 0x20, count: width - text.utf8.count)
        }
        return field(name, 16) + field("0", 12) + field("0", 6) + field("0", 6) + field("100644", 8) + field(size, 10)
            + end
    }

    private static let magic = Array("!<arch>\n".utf8)

    @Test("members come in order, with padding after odd sizes")
    func members() throws {
        let bytes = DebFile.archive([("a", Array("odd".utf8)), ("b/", []), ("c", Array("even".utf8))])
        let members = try read(bytes)
        #expect(members.map(\.name) == ["a", "b", "c"])
        #expect(members.map(\.content) == ["odd", "", "even"])
    }

    @Test("an archive without members is empty")
    func empty() throws {
        #expect(try read(Self.magic).isEmpty)
    }

    @Test("content that nobody reads is passed over")
    func skipping() throws {
        let bytes = DebFile.archive([("a", [UInt8](repeating: 7, count: 100_001)), ("b", [1])])
        let reader = try ArReader(BytesSource(bytes))
        _ = try reader.next()
        let second = try #require(try reader.next())
        #expect(second.name == Array("b".utf8))
        #expect(second.contentOffset == 8 + 60 + 100_002 + 60)
        #expect(try reader.next() == nil)
    }

    @Test("the fields of a header are read")
    func fields() throws {
        let bytes = Self.magic + Array("name            1700000000  12    345   100755  2         `\nhi".utf8)
        let found = try #require(try ArReader(BytesSource(bytes)).next())
        #expect(found.name == Array("name".utf8))
        #expect(found.modified == 1_700_000_000)
        #expect((found.uid, found.gid, found.mode) == (12, 345, 0o100755))
        #expect((found.size, found.contentOffset) == (2, 68))
    }

    @Test("long names of System V and of BSD are found")
    func longNames() throws {
        let table = Array("a-rather-long-member-name.o/\nanother-long-member-name.o/\n".utf8)
        var bytes = Self.magic + header("/", size: "2") + [0, 0]
        bytes += header("//", size: String(table.count)) + table + (table.count % 2 == 0 ? [] : [0x0a])
        bytes += header("/29", size: "1") + [UInt8(ascii: "x"), 0x0a]
        bytes += header("/0", size: "0")
        bytes += header("#1/20", size: "23") + Array("bsd-member-name.o".utf8) + [0, 0, 0] + Array("abc".utf8)
        let members = try read(bytes)
        #expect(
            members.map(\.name)
                == ["another-long-member-name.o", "a-rather-long-member-name.o", "bsd-member-name.o"])
        #expect(members.map(\.content) == ["x", "", "abc"])
    }

    @Test(
        "broken archives are refused",
        arguments: [
            ("!<arch>", ArchiveError.ar(.magic, offset: 0)),
            ("!<thin>\nxxx", .ar(.magic, offset: 0)),
            ("!<arch>\nshort header", .truncated("ar")),
            ("!<arch>\nname            0           0     0     100644  5         `\nabc", .truncated("ar")),
            ("!<arch>\nname            0           0     0     100644  5         xxabcde", .ar(.headerEnd, offset: 8)),
            (
                "!<arch>\nname            0           0     0     100644  -5        `\n",
                .ar(.number(field: "size"), offset: 8)
            ),
            (
                "!<arch>\nname            0           0     0     100944  1         `\nx",
                .ar(.number(field: "mode"), offset: 8)
            ),
            ("!<arch>\n                0           0     0     100644  0         `\n", .ar(.emptyName, offset: 8)),
            ("!<arch>\n/77             0           0     0     100644  0         `\n", .ar(.longName, offset: 8)),
            ("!<arch>\n#1/9            0           0     0     100644  4         `\nabcd", .ar(.longName, offset: 8)),
            ("!<arch>\n#1/9            0           0     0     100644  9         `\nabcd", .truncated("ar")),
            (
                "!<arch>\n//              0           0     0     100644  9999999999`\n",
                .ar(.nameTable(limit: 1 << 20), offset: 8)
            ),
            ("!<arch>\nname            0           0     0     100644  9999999999`\nx", .truncated("ar")),
            ("!<arch>\na               0           0     0     100644  1         `\nx\ntrailing", .truncated("ar")),
        ])
    func broken(text: String, error: ArchiveError) {
        #expect(throws: error) { try read(Array(text.utf8)) }
    }

    @Test("archives that ar makes are read")
    func systemArchives() throws {
        let directory = try TemporaryDirectory("ar")
        try directory.file("short.txt", "1\n")
        try directory.file("a-name-of-more-than-fifteen-bytes.txt", "22\n")
        try Shell.run("cd \(directory.path) && ar rc x.a short.txt a-name-of-more-than-fifteen-bytes.txt 2>&1")
        let members = try read(try directory.bytes("x.a"))
        #expect(members.map(\.name) == ["short.txt", "a-name-of-more-than-fifteen-bytes.txt"])
        #expect(members.map(\.content) == ["1\n", "22\n"])
    }
}
