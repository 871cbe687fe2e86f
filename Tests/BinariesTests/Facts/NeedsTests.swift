import Testing

@testable import Binaries

@Suite("what a program wants at run time")
struct NeedsTests {
    @Test(
        "functions of libraries tell",
        arguments: [
            ("SSL_CTX_set_default_verify_paths", .certificates), ("curl_easy_perform", .certificates),
            ("localtime_r", .timeZones), ("getpwnam", .users), ("getaddrinfo", .names), ("mkstemp", .temporaryFiles),
            ("popen", .shell), ("posix_spawnp", .shell),
            ("$s10Foundation8TimeZoneV10identifierACSgSS_tcfC", .timeZones),
            ("$s10Foundation7ProcessCACycfC", .shell),
        ] as [(String, BinaryFacts.Need)])
    func imports(function: String, need: BinaryFacts.Need) throws {
        for type in [ELFFile.executableFile, ELFFile.sharedFile] {
            var builder = ELFBuilder(type: type)
            builder.dynamic(DynamicContent(needed: ["libc.so.6"], imports: ["puts", function]))
            #expect(try builder.facts()?.needs == [need])
        }
    }

    @Test(
        "names that are similar tell nothing",
        arguments: ["", "localtim", "localtime_", "my_popen", "systemd", "$s10Foundation"])
    func others(function: String) throws {
        var builder = ELFBuilder()
        builder.dynamic(DynamicContent(needed: ["libc.so.6"], imports: [function]))
        #expect(try builder.facts()?.needs == [])
    }

    @Test("what a library offers isn't what it wants")
    func exports() throws {
        var builder = ELFBuilder(type: ELFFile.sharedFile)
        builder.dynamic(DynamicContent(soname: "libc.so", exports: ["getpwnam", "system"]))
        #expect(try builder.facts()?.needs == [])
        builder = ELFBuilder()
        builder.dynamic(DynamicContent(needed: ["libc.so.6"], exports: ["system"]))
        #expect(try builder.facts()?.needs == [])
    }

    @Test("static programs tell by their symbols")
    func staticProgram() throws {
        var builder = ELFBuilder()
        builder.symbolTable(["main", "getpwnam", "getaddrinfo"])
        // With names at hand the data isn't asked.
        builder.section(".rodata", Array("/bin/sh\0".utf8))
        #expect(try builder.facts()?.needs == [.users, .names])
    }

    @Test("static programs without symbols tell by paths in their data", arguments: [true, false])
    func strippedProgram(hasSectionTable: Bool) throws {
        var builder = ELFBuilder()
        builder.hasSectionTable = hasSectionTable
        builder.section(".rodata", Array("x/y/etc/passwd\0/usr/share/zoneinfo\0/etc/ssl/certs\0".utf8))
        #expect(try builder.facts()?.needs == [.users, .timeZones, .certificates])
        builder.section(".rodata.more", Array("/bin/sh\0/etc/resolv.con".utf8))
        #expect(try builder.facts()?.needs == [.users, .timeZones, .certificates, .shell])
    }

    @Test("a library of TLS inside of a dynamic program tells by where it looks")
    func embeddedTLS() throws {
        var builder = ELFBuilder()
        builder.dynamic(DynamicContent(needed: ["libc.so.6"], imports: ["puts"]))
        builder.section(".rodata", Array("/etc/pki/tls/cert.pem\0/etc/passwd\0".utf8))
        #expect(try builder.facts()?.needs == [.certificates])
    }

    @Test("a path is found across the borders of what is read at once", arguments: [-19, -10, -1, 0])
    func borders(shift: Int) throws {
        var builder = ELFBuilder()
        builder.section(
            ".rodata", [UInt8](repeating: 1, count: 1 << 20 + shift) + Array("/usr/share/zoneinfo".utf8) + [0])
        #expect(try builder.facts()?.needs == [.timeZones])
    }
}
