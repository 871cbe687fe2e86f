import Testing

@testable import Binaries

@Suite("asking a Go program for functions")
struct FunctionNamesTests {
    /// A program with these functions.
    private func file(
        _ functions: [String], form: GoFunctionTable.Form = .go20, modules: String? = nil
    ) throws -> ELFFile {
        var elf = ELFBuilder()
        if let modules { elf.section(".go.buildinfo", flags: 3, GoBuildInfoTests.inline(modules)) }
        let table = FunctionTableBuilder(form: form, functions: functions.map { .init(name: $0, size: 16) })
        elf.section(".gopclntab", table.bytes())
        return try #require(try ELFFile(MemoryBytes(elf.bytes())))
    }

    @Test("a name is found whole, and no part of one", arguments: GoFunctionTable.Form.allCases)
    func whole(form: GoFunctionTable.Form) throws {
        let names = try #require(
            try GoFunctionNames(
                file(["main.main", "os.TempDirectory", "x/os.CreateTemp", "time.LoadLocation", "net.Dial"], form: form))
        )
        let asked: Set<String> = ["os.TempDir", "os.CreateTemp", "time.LoadLocation", "time.LoadLocationX", "net.Dial"]
        #expect(try names.present(of: asked) == ["time.LoadLocation", "net.Dial"])
        #expect(try names.present(of: []) == [])
    }

    @Test("names are found wherever the chunks that are read end")
    func chunks() throws {
        // Names of different lengths, so that some lie across each bound of 256 KiB.
        let all = (0..<16_000).map { "example.org/p\($0).Function\(String(repeating: "x", count: $0 % 13))" }
        let names = try #require(try GoFunctionNames(file(all)))
        #expect(try names.present(of: Set(all)).count == all.count)
    }

    @Test("files without a table have no names")
    func noTable() throws {
        var elf = ELFBuilder()
        elf.section(".gopclntab", [UInt8](repeating: 0, count: 100))
        let file = try #require(try ELFFile(MemoryBytes(elf.bytes())))
        #expect(try GoFunctionNames(file) == nil)
        #expect(try GoFunctionNames.needs(of: file) == nil)
    }

    private static let server = "net/http.(*Server).Serve crypto/tls.Client net.(*Dialer).DialContext-fm"

    @Test(
        "functions tell what a program wants",
        arguments: [
            ("main.main fmt.Println", []),
            ("time.LoadLocation", [.timeZones]),
            ("os/user.lookupUserId", [.users]),
            ("os.MkdirTemp", [.temporaryFiles]),
            ("os/exec.(*Cmd).Start", [.shell]),
            ("net.Dial", [.names]),
            ("net/http.(*Transport).roundTrip", [.certificates, .names]),
            ("crypto/tls.Client", [.certificates]),
            ("crypto/tls.DialWithDialer os.CreateTemp", [.certificates, .names, .temporaryFiles]),
            (server, []),
            (server + " net/http.(*Transport).roundTrip", [.certificates, .names]),
        ] as [(String, [BinaryFacts.Need])])
    func needs(functions: String, needs: [BinaryFacts.Need]) throws {
        let functions = functions.split(separator: " ").map(String.init)
        #expect(try GoFunctionNames.needs(of: file(functions)) == Set(needs))
    }

    @Test("packages that call C are known by the functions that cgo makes for them")
    func callsOfC() throws {
        let names = try #require(
            try GoFunctionNames(
                file([
                    "main.main", "net._C2func_getaddrinfo", "net._Cfunc_freeaddrinfo", "os/user._Cfunc_free",
                    "a.b/c%2ed._Cfunc_x", "main._Cfunc", "main._Cfunctor", "x._cgoexp_1", "._Cfunc_x",
                ])))
        #expect(try names.packagesWithC() == ["a.b/c%2ed", "net", "os/user"])
        #expect(try #require(try GoFunctionNames(file(["main.main"]))).packagesWithC() == [])
        let many = (0..<9000).map { "example.org/p\($0)._Cfunc_\(String(repeating: "x", count: $0 % 13))" }
        #expect(try #require(try GoFunctionNames(file(many))).packagesWithC().count == 64)
    }

    @Test("what a server of the standard library holds idly counts when other modules may call it")
    func libraries() throws {
        let functions = Self.server.split(separator: " ").map(String.init)
        #expect(try GoFunctionNames.needs(of: file(functions, modules: "path\tx\nmod\tx\tv1\th1:=\n")) == [])
        let modules = "path\tx\nmod\tx\tv1\th1:=\ndep\texample.org/db\tv1.0.0\th1:=\n"
        #expect(try GoFunctionNames.needs(of: file(functions, modules: modules)) == [.certificates, .names])
    }
}
