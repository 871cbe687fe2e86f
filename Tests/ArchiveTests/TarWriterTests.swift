import Archive
import HostOS
import SampanTestSupport
import Testing

/// The archive of one member without content.
func header(_ header: TarHeader) throws -> [UInt8] {
    var out: [UInt8] = []
    try TarWriter.append(header, to: &out)
    return out
}

/// An archive of members with their contents.
func archive(_ members: [(TarHeader, [UInt8])]) throws -> [UInt8] {
    var out: [UInt8] = []
    for (member, content) in members {
        var member = member
        member.size = Int64(content.count)
        try TarWriter.append(member, to: &out)
        out += content
        out += [UInt8](repeating: 0, count: TarWriter.padding(after: Int64(content.count)))
    }
    return out + TarWriter.end
}

@Suite struct TarWriterTests {
    @Test("the bytes are those of GNU tar's ustar format")
    func exactBytes() throws {
        let place = try TemporaryDirectory("ustar")
        try place.file("in/dir/file", "content", mode: 0o640)
        try place.file("in/prog", "", mode: 0o4755)
        try place.symlink("in/link", to: "dir/file")
        let long = "in/" + String(repeating: "d", count: 90) + "/" + String(repeating: "n", count: 90)
        try place.file(long, "x")
        let names = ["dir/", "dir/file", "link", "prog", String(long.dropFirst(3))]
        try Shell.run(
            "cd \(place.path("in")) && chmod 755 dir && tar --format=ustar --no-recursion --numeric-owner --owner=0 "
                + "--group=0 --mtime=@1700000000 -b 1 -cf ../out.tar \(names.joined(separator: " "))")
        let time = FileTime(seconds: 1_700_000_000)
        let ours = try archive([
            (TarHeader(name: Array("dir".utf8), kind: .directory, mode: 0o755, modified: time), []),
            (TarHeader(name: Array("dir/file".utf8), kind: .file, mode: 0o640, modified: time), Array("content".utf8)),
            (
                TarHeader(
                    name: Array("link".utf8), kind: .symlink, linkName: Array("dir/file".utf8), mode: 0o777,
                    modified: time), []
            ),
            (TarHeader(name: Array("prog".utf8), kind: .file, mode: 0o4755, modified: time), []),
            (TarHeader(name: Array(names[4].utf8), kind: .file, modified: time), Array("x".utf8)),
        ])
        #expect(ours == (try place.bytes("out.tar")))
    }

    @Test("GNU tar lists what was written, with everything that needs extended headers")
    func listed() throws {
        let place = try TemporaryDirectory("list")
        let long = String(repeating: "long/", count: 60) + "name"
        let bytes = try archive([
            (TarHeader(name: Array(long.utf8), kind: .file, mode: 0o600, uid: 3_000_000, gid: 4_000_000), [1, 2, 3]),
            (TarHeader(name: Array("grüße".utf8), kind: .directory, mode: 0o1777), []),
            (
                TarHeader(
                    name: Array("ln".utf8), kind: .symlink, linkName: [UInt8](repeating: 0x61, count: 150),
                    mode: 0o777), []
            ),
            (TarHeader(name: Array("hard".utf8), kind: .hardlink, linkName: Array(long.utf8)), []),
            (
                TarHeader(
                    name: Array("null".utf8), kind: .characterDevice, mode: 0o666, deviceMajor: 1, deviceMinor: 3), []
            ),
            (TarHeader(name: Array("sda".utf8), kind: .blockDevice, mode: 0o660, deviceMajor: 8), []),
            (TarHeader(name: Array("fifo".utf8), kind: .fifo), []),
        ])
        try place.file("out.tar", bytes)
        let listing = try Shell.run(
            "TZ=UTC tar --numeric-owner --quoting-style=literal --utc -tvf \(place.path("out.tar"))")
        let want = [
            "-rw------- 3000000/4000000 3 1970-01-01 00:00 \(long)",
            "drwxrwxrwt 0/0 0 1970-01-01 00:00 grüße/",
            "lrwxrwxrwx 0/0 0 1970-01-01 00:00 ln -> \(String(repeating: "a", count: 150))",
            "hrw-r--r-- 0/0 0 1970-01-01 00:00 hard link to \(long)",
            "crw-rw-rw- 0/0 1,3 1970-01-01 00:00 null",
            "brw-rw---- 0/0 8,0 1970-01-01 00:00 sda",
            "prw-r--r-- 0/0 0 1970-01-01 00:00 fifo",
        ]
        let lines = listing.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines == want)
    }

    @Test(
        "names go where they fit: the name field, name and prefix, or an extended header",
        arguments: [
            (100, 0, 512), (155, 100, 512), (1, 100, 512), (0, 101, 1536), (156, 100, 1536), (155, 101, 1536),
        ])
    func names(_ directory: Int, _ name: Int, _ size: Int) throws {
        var path = [UInt8](repeating: 0x64, count: directory)
        if directory > 0, name > 0 { path.append(UInt8(ascii: "/")) }
        path += [UInt8](repeating: 0x6e, count: name)
        let bytes = try header(TarHeader(name: path, kind: .file))
        #expect(bytes.count == size)
        #expect(try TarReader(BytesSource(bytes)).next()?.name == path)
    }

    @Test("a directory's slash counts when its name is fitted", arguments: [(99, 512), (100, 1536)])
    func directorySlash(_ count: Int, _ size: Int) throws {
        let name = [UInt8](repeating: 0x61, count: count)
        let bytes = try header(TarHeader(name: name, kind: .directory))
        #expect(bytes.count == size)
        #expect(try TarReader(BytesSource(bytes)).next()?.name == name)
    }

    @Test("a record counts the digits of its own length", arguments: 1...120)
    func recordLength(_ count: Int) throws {
        let attribute = ExtendedAttribute(name: "user.x", value: [UInt8](repeating: 0x0a, count: count))
        let bytes = try header(TarHeader(name: [0x61], kind: .file, attributes: [attribute]))
        #expect(try TarReader(BytesSource(bytes)).next()?.attributes == [attribute])
    }

    @Test("what a reader gets is what was written")
    func roundTrip() throws {
        let member = TarHeader(
            name: Array("dir/ü".utf8), kind: .file, mode: 0o7777, uid: .max, gid: 2_097_152, size: 8_589_934_592,
            modified: FileTime(seconds: -5),
            attributes: [
                ExtendedAttribute(name: "security.capability", value: [1, 0, 0, 2, 0, 32, 0, 0]),
                ExtendedAttribute(name: "user.empty", value: []),
            ])
        var back = try #require(try TarReader(BytesSource(header(member))).next())
        back.contentOffset = 0
        #expect(back == member)
    }

    @Test("what no archive can hold is refused")
    func refused() {
        let bad = [
            TarHeader(name: [], kind: .file), TarHeader(name: [0x61, 0], kind: .file),
            TarHeader(name: [0x61], kind: .symlink, linkName: [0]),
            TarHeader(name: [0x61], kind: .file, size: -1),
            TarHeader(name: [0x61], kind: .characterDevice, deviceMajor: 1 << 21),
            TarHeader(name: [0x61], kind: .file, attributes: [ExtendedAttribute(name: "a=b", value: [])]),
        ]
        for member in bad { #expect(throws: ArchiveError.self) { try header(member) } }
    }
}
