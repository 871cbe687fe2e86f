import Testing

@testable import Binaries

@Suite("the record of Go's linker")
struct GoBuildInfoTests {
    static let text = [
        "path\texample.org/app/cmd/web", "mod\texample.org/app\tv1.2.3\th1:main=",
        "dep\tgolang.org/x/net\tv0.17.0\th1:net=", "dep\texample.org/old\tv1.0.0",
        "=>\texample.org/fork\tv1.0.1\th1:fork=",
        "dep\texample.org/local\tv0.0.0", "=>\t./local\t(devel)\t", "build\t-compiler=gc", "build\tCGO_ENABLED=0",
        "build\t-ldflags=\"-X 'main.v=a b' -s\\t\\u00e9\\x41\\101\"", "build\t\"odd key\"=`raw \\n`", "build\tempty=",
        "",
    ].joined(separator: "\n")

    private static let magic = [0xff] + Array(" Go buildinf:".utf8)
    private static let mark = [UInt8](repeating: 0x30, count: 16)

    private static func framed(_ text: String) -> [UInt8] { mark + Array(text.utf8) + mark }

    private static func counted(_ bytes: [UInt8]) -> [UInt8] {
        var (number, out): (Int, [UInt8]) = (bytes.count, [])
        while number >= 0x80 {
            out.append(UInt8(number & 0x7f) | 0x80)
            number >>= 7
        }
        return out + [UInt8(number)] + bytes
    }

    /// The form since Go 1.18.
    static func inline(version: String = "go1.22.1", _ text: String) -> [UInt8] {
        magic + [8, 2] + [UInt8](repeating: 0, count: 16) + counted(Array(version.utf8)) + counted(framed(text))
    }

    private static func check(_ build: GoBuild?) throws {
        let build = try #require(build)
        #expect(build.path == "example.org/app/cmd/web")
        #expect(build.main == .init(path: "example.org/app", version: "v1.2.3", sum: "h1:main="))
        #expect(
            build.dependencies == [
                .init(.init(path: "golang.org/x/net", version: "v0.17.0", sum: "h1:net=")),
                .init(
                    .init(path: "example.org/old", version: "v1.0.0"),
                    replacement: .init(path: "example.org/fork", version: "v1.0.1", sum: "h1:fork=")),
                .init(
                    .init(path: "example.org/local", version: "v0.0.0"),
                    replacement: .init(path: "./local", version: "(devel)")),
            ])
        #expect(
            build.settings == [
                .init(key: "-compiler", value: "gc"), .init(key: "CGO_ENABLED", value: "0"),
                .init(key: "-ldflags", value: "-X 'main.v=a b' -s\t\u{e9}AA"), .init(key: "odd key", value: "raw \\n"),
                .init(key: "empty", value: ""),
            ])
        #expect(build["CGO_ENABLED"] == "0")
        #expect(build["none"] == nil)
    }

    @Test("modules and settings are read from a record that holds its texts", arguments: ELFBuilder.forms)
    func inline(bits: Int, isLittleEndian: Bool) throws {
        var builder = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian)
        builder.section(".go.buildinfo", flags: 3, Self.inline(Self.text))
        let go = try builder.facts()?.go
        #expect(go?.version == "go1.22.1")
        try Self.check(go)
    }

    @Test("modules and settings are read from a record of addresses", arguments: ELFBuilder.forms)
    func pointers(bits: Int, isLittleEndian: Bool) throws {
        var builder = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian)
        let word = bits / 8
        func string(_ bytes: [UInt8], _ builder: inout ELFBuilder) -> UInt64 {
            let data = builder.section(".rodata", bytes)
            var header = builder.writer
            header.word(data)
            header.word(bytes.count)
            return builder.section(".data", header.bytes)
        }
        let version = string(Array("go1.17.13".utf8), &builder)
        let modules = string(Self.framed(Self.text), &builder)
        var record = builder.writer
        record.bytes = Self.magic + [UInt8(word), isLittleEndian ? 0 : 1]
        record.word(version)
        record.word(modules)
        record.bytes += [UInt8](repeating: 0, count: 32 - record.bytes.count)
        builder.section(".go.buildinfo", flags: 3, record.bytes)
        let go = try builder.facts()?.go
        #expect(go?.version == "go1.17.13")
        try Self.check(go)
    }

    @Test("the record is found in the data of a program without sections")
    func withoutSections() throws {
        var builder = ELFBuilder()
        builder.section(".data", flags: 3, [UInt8](repeating: 0xff, count: 1000))
        builder.section(".go.buildinfo", flags: 3, Self.inline(Self.text))
        builder.hasSectionTable = false
        try Self.check(try builder.facts()?.go)
    }

    @Test("a program of other languages has none, also when it holds the mark")
    func notGo() throws {
        var builder = ELFBuilder()
        builder.section(".data", flags: 3, Self.inline(Self.text))
        #expect(try builder.facts()?.go == nil)
        builder = ELFBuilder(type: ELFFile.objectFile)
        builder.section(".go.buildinfo", flags: 3, Self.inline(Self.text))
        #expect(try builder.facts()?.go == nil)
    }

    @Test("records that are cut or lie about lengths give what is there or nothing")
    func damaged() throws {
        let whole = Self.inline(Self.text)
        for count in 0..<whole.count {
            var builder = ELFBuilder()
            builder.section(".go.buildinfo", flags: 3, Array(whole[..<count]))
            builder.section(".data", flags: 3, [])
            let facts = try #require(try builder.facts())
            if count < 41 { #expect(facts.go == nil) } else { #expect(facts.go == GoBuild(version: "go1.22.1")) }
        }
        let start = Array(whole[..<32])
        for lengths: [UInt8] in [
            [], [0xff], [UInt8](repeating: 0xff, count: 12), [0xff, 0xff, 0xff, 0xff, 0x7f], [0], [0x80, 0],
        ] {
            var builder = ELFBuilder()
            builder.section(".go.buildinfo", flags: 3, start + lengths)
            #expect(try builder.facts()?.go == nil)
        }
        for (size, address) in [(8, UInt64.max), (4, 1), (7, 1), (0, 1), (8, ELFBuilder.base)] as [(UInt8, UInt64)] {
            var builder = ELFBuilder()
            var record = builder.writer
            record.bytes = Self.magic + [size, 0]
            record.word(address)
            record.word(address)
            builder.section(".go.buildinfo", flags: 3, record.bytes)
            #expect(try builder.facts()?.go == nil)
        }
    }

    @Test(
        "lines that aren't understood are left out",
        arguments: [
            "mod", "dep", "=>\tx\tv1\t", "build", "build\t", "build\t=value", "build\tkey", "build\t\"open=1",
            "build\t\"\\", "other\tx",
            "build\t\"\\400\"=1", "build\t\"\\ud800\"=1", "build\t\"\\xZZ\"=1", "path\ta\tb", "\t\t\t",
        ])
    func strangeLines(line: String) throws {
        var builder = ELFBuilder()
        builder.section(".go.buildinfo", flags: 3, Self.inline(line + "\n"))
        #expect(try builder.facts()?.go == GoBuild(version: "go1.22.1"))
    }
}
