import Testing

@testable import Binaries

@Suite("what a program tells its loader")
struct LoadingFactsTests {
    static let loader = "/lib64/ld-linux-x86-64.so.2"

    @Test(
        "interpreter, libraries, paths and versions are read in each byte order and width", arguments: ELFBuilder.forms)
    func dynamicProgram(bits: Int, isLittleEndian: Bool) throws {
        var builder = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian)
        builder.interpreter(Self.loader)
        builder.dynamic(
            DynamicContent(
                needed: ["libm.so.6", "libc.so.6"], rpath: "/opt/a:$ORIGIN/../lib", runpath: "/opt/b",
                versionNeeds: [
                    ("libm.so.6", [("GLIBC_2.29", false)]),
                    ("libc.so.6", [("GLIBC_2.34", false), ("GLIBC_2.99", true), ("GLIBC_2.2.5", false)]),
                ]))
        let facts = try #require(try builder.facts())
        #expect(facts.kind == .executable)
        #expect(facts.isProgram && facts.isDynamic && !facts.isStatic)
        #expect(facts.interpreter == Self.loader)
        #expect(facts.needed == ["libm.so.6", "libc.so.6"])
        #expect(facts.rpath == ["/opt/a", "$ORIGIN/../lib"])
        #expect(facts.runpath == ["/opt/b"])
        #expect(
            facts.versionNeeds == [
                .init(library: "libm.so.6", versions: ["GLIBC_2.29"]),
                .init(library: "libc.so.6", versions: ["GLIBC_2.34", "GLIBC_2.2.5"]),
            ])
        #expect(!facts.isCutOff)
    }

    @Test("the same is read without a table of sections", arguments: ELFBuilder.forms)
    func withoutSections(bits: Int, isLittleEndian: Bool) throws {
        var builder = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian)
        builder.interpreter(Self.loader)
        builder.dynamic(
            DynamicContent(
                needed: ["libc.so.6"], imports: ["getaddrinfo", "__stack_chk_fail"],
                versionNeeds: [("libc.so.6", [("GLIBC_2.34", false)])]))
        let whole = try #require(try builder.facts())
        builder.hasSectionTable = false
        #expect(try builder.facts() == whole)
        #expect(whole.needs == [.names])
        #expect(whole.hasStackProtector)
    }

    @Test("a library has a name and offers versions")
    func library() throws {
        var builder = ELFBuilder(type: ELFFile.sharedFile)
        builder.dynamic(
            DynamicContent(soname: "libx.so.1", versionDefinitions: ["libx.so.1", "X_1.0", "X_1.1"]))
        let facts = try #require(try builder.facts())
        #expect(facts.kind == .sharedLibrary)
        #expect(!facts.isProgram && facts.isDynamic)
        #expect(facts.soname == "libx.so.1")
        #expect(facts.versionDefinitions == ["X_1.0", "X_1.1"])
        #expect(facts.needed.isEmpty && facts.rpath.isEmpty)
    }

    @Test(
        "programs at any address are told from libraries",
        arguments: [
            (flags: 0x0800_0000, interpreter: nil, soname: nil, BinaryFacts.Kind.positionIndependent, false),
            (0x0800_0000, loader, nil, .positionIndependent, true),
            (0, loader, nil, .positionIndependent, true),
            // The C library can be run, too.
            (0, loader, "libc.so.6", .sharedLibrary, true),
            (0, nil, nil, .sharedLibrary, true),
        ] as [(Int, String?, String?, BinaryFacts.Kind, Bool)])
    func kinds(flags: Int, interpreter: String?, soname: String?, kind: BinaryFacts.Kind, isDynamic: Bool) throws {
        var builder = ELFBuilder(type: ELFFile.sharedFile)
        if let interpreter { builder.interpreter(interpreter) }
        builder.dynamic(DynamicContent(soname: soname, flags: [(0x6fff_fffb, flags)]))
        let facts = try #require(try builder.facts())
        #expect(facts.kind == kind)
        #expect(facts.isDynamic == isDynamic)
    }

    @Test("static programs, objects and cores are what the header says")
    func otherKinds() throws {
        let program = try #require(try ELFBuilder().facts())
        #expect(program.kind == .executable && program.isStatic && !program.isDynamic)
        let object = try #require(try ELFBuilder(type: ELFFile.objectFile).facts())
        #expect(object.kind == .object && !object.isProgram)
        let core = try #require(try ELFBuilder(type: ELFFile.coreFile).facts())
        #expect(core.kind == .core)
    }

    @Test(
        "architectures have the names that images use",
        arguments: [
            (62, 64, true, "amd64"), (62, 32, true, "amd64p32"), (3, 32, true, "386"), (183, 64, true, "arm64"),
            (40, 32, true, "arm"), (243, 64, true, "riscv64"), (21, 64, true, "ppc64le"), (21, 64, false, "ppc64"),
            (22, 64, false, "s390x"), (8, 64, true, "mips64le"), (8, 32, false, "mips"), (258, 64, true, "loong64"),
            (247, 64, true, "machine-247"), (62, 64, false, "machine-62"),
        ])
    func architectures(machine: Int, bits: Int, isLittleEndian: Bool, name: String) throws {
        let facts = try ELFBuilder(bits: bits, isLittleEndian: isLittleEndian, machine: machine).facts()
        #expect(facts?.architecture == name)
        #expect(facts?.bits == bits)
        #expect(facts?.isLittleEndian == isLittleEndian)
    }

    @Test("tables of versions that lead in circles or far away end")
    func hostileVersions() throws {
        for next: [UInt8] in [[0, 0, 0, 0], [1, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [16, 0, 0, 0]] {
            var builder = ELFBuilder()
            var names = NameTable()
            let name = names.add("libx.so")
            // Each need is a library with versions that are the next needs themselves.
            let step: [UInt8] = [1, 0, 1, 0, UInt8(name), 0, 0, 0, 16, 0, 0, 0] + next
            let content = [UInt8]((0..<20_000).flatMap { _ in step })
            let needs = builder.section(".gnu.version_r", type: 0x6fff_fffe, content)
            let definitions = builder.section(".gnu.version_d", type: 0x6fff_fffd, content)
            let text = builder.section(".dynstr", type: 3, names.bytes)
            var table = builder.writer
            for (tag, value) in [
                (5, text), (10, UInt64(names.bytes.count)), (0x6fff_fffe, needs), (0x6fff_fffc, definitions), (0, 0),
            ] {
                table.word(tag)
                table.word(value)
            }
            builder.section(".dynamic", type: 6, table.bytes)
            builder.segment(ELFFile.dynamic)
            let facts = try #require(try builder.facts())
            #expect(facts.versionNeeds.reduce(0) { $0 + $1.versions.count } <= 1 << 14)
            #expect(facts.versionDefinitions.count <= 1 << 14)
        }
    }

    @Test("names outside of their table are left out")
    func strayNames() throws {
        for address: UInt64 in [0, ELFBuilder.base, .max] {
            var builder = ELFBuilder()
            var table = builder.writer
            for (tag, value) in [
                (1, UInt64.max), (1, 1 << 40), (14, 1 << 20), (5, address), (10, .max), (6, .max), (0x6fff_fffe, .max),
            ] as [(Int, UInt64)] {
                table.word(tag)
                table.word(value)
            }
            builder.section(".dynamic", type: 6, table.bytes)
            builder.segment(ELFFile.dynamic)
            let facts = try #require(try builder.facts())
            #expect(facts.needed == [])
            #expect(facts.soname == nil)
        }
    }
}
