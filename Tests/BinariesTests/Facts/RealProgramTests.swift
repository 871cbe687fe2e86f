import SampanTestSupport
import Testing

@testable import Binaries

/// Whether the system has a program.
private func has(_ program: String) -> Bool { (try? Shell.run("command -v \(program)")) != nil }

private func content(of path: String) throws -> [UInt8] {
    let directory = try TemporaryDirectory("binaries")
    try directory.symlink("program", to: path)
    return try directory.bytes("program")
}

@Suite("programs that compilers make")
struct RealProgramTests {
    private static let program = """
        #include <pwd.h>
        #include <stdio.h>
        #include <string.h>
        int main(int count, char **words) {
            char text[64];
            strcpy(text, words[0]);
            puts(text);
            return getpwnam(text) != 0;
        }
        """

    struct Case: Sendable, CustomTestStringConvertible {
        var options: String
        var check: @Sendable (BinaryFacts) -> Bool
        var testDescription: String { options }
    }

    @Test(
        "facts of C programs are what the compiler was told", .enabled(if: has("gcc"), "gcc is not installed"),
        arguments: [
            Case(
                options:
                    "-pie -fPIE -fstack-protector-all -Wl,-z,relro,-z,now,--build-id=0xabcdef,--enable-new-dtags,-rpath,/a:/b"
            ) {
                $0.kind == .positionIndependent && $0.needed == ["libc.so.6"] && $0.isDynamic && $0.hasStackProtector
                    && $0.relro == .full && $0.buildID == "abcdef" && $0.runpath == ["/a", "/b"] && $0.rpath == []
            },
            Case(
                options:
                    "-no-pie -fno-stack-protector -Wl,-z,relro,-z,lazy,--build-id=none,--disable-new-dtags,-rpath,/a"
            ) {
                $0.kind == .executable && $0.interpreter != nil && $0.symbols == .symbols && !$0.hasStackProtector
                    && $0.relro == .partial && $0.buildID == nil && $0.rpath == ["/a"] && $0.runpath == []
            },
            Case(options: "-g -z execstack -Wl,-z,norelro") {
                $0.relro == .none && $0.hasExecutableStack && $0.symbols == .debugInfo && $0.debugBytes > 0
            },
            Case(options: "-s -z noexecstack") {
                $0.symbols == .stripped && $0.symbolBytes == 0 && $0.needs == [.users] && !$0.hasExecutableStack
            },
            Case(options: "-shared -fPIC -Wl,-soname,libx.so.1") {
                $0.kind == .sharedLibrary && $0.soname == "libx.so.1"
            },
            Case(options: "-c") { $0.kind == .object && $0.symbolBytes == 0 },
            Case(options: "-static") { $0.isStatic && !$0.isDynamic && $0.needs.contains(.users) },
            Case(options: "-static -s") { $0.isStatic && $0.symbols == .stripped && $0.needs.contains(.users) },
            Case(options: "-static-pie -fPIE") { $0.isStatic && !$0.isDynamic && $0.kind == .positionIndependent },
        ])
    func compiled(sample: Case) throws {
        let directory = try TemporaryDirectory("binaries")
        let source = try directory.file("a.c", Self.program)
        let program = directory.path("a")
        try Shell.run("gcc \(sample.options) -w -o \(program) \(source) 2>/dev/null")
        let facts = try #require(try BinaryFacts.read(MemoryBytes(try directory.bytes("a"))))
        #expect(sample.check(facts))
        #expect(!facts.isCutOff)
        #expect(facts.go == nil && facts.rust == nil && facts.swift == nil)
        #expect(facts.architecture == Host.architecture)
    }

    private enum Host {
        #if arch(x86_64)
            static let architecture = "amd64"
        #else
            static let architecture = "arm64"
        #endif
    }

    @Test(
        "libraries, names and versions are those that readelf sees",
        .enabled(if: has("readelf"), "binutils are not installed"))
    func comparedWithReadelf() throws {
        let paths = try Shell.run(
            "for p in sh ls cat tar git perl python3 gcc; do command -v $p; done; ls -d /usr/lib/*/lib[cmz].so.* || true"
        )
        var compared = 0
        for path in Set(paths.split(separator: "\n").map(String.init)).sorted() {
            guard let facts = try BinaryFacts.read(MemoryBytes(try content(of: path))) else { continue }
            compared += 1
            let lines = try Shell.run("LC_ALL=C readelf -dVnlW \(path) 2>/dev/null").split(separator: "\n")
            func bracketed(_ tag: String) -> [String] {
                lines.filter { $0.contains(tag) }
                    .compactMap { $0.split(separator: "[").last?.split(separator: "]").first.map(String.init) }
            }
            #expect(facts.needed == bracketed("(NEEDED)"), "\(path)")
            #expect(facts.soname == bracketed("(SONAME)").last, "\(path)")
            let interpreter = lines.first { $0.contains("Requesting program interpreter: ") }
            #expect(interpreter?.hasSuffix(": \(facts.interpreter ?? "")]") ?? (facts.interpreter == nil), "\(path)")
            let id = lines.first { $0.contains("Build ID: ") }
            #expect(id?.hasSuffix(": \(facts.buildID ?? "")") ?? (facts.buildID == nil), "\(path)")
            let versions = lines.filter { $0.contains("  Name: ") && $0.contains("  Flags: none  Version: ") }
                .compactMap { $0.split(separator: "Name: ").last?.split(separator: " ").first.map(String.init) }
            #expect(facts.versionNeeds.flatMap(\.versions) == versions, "\(path)")
            #expect((facts.relro != .none) == lines.contains { $0.contains("GNU_RELRO") }, "\(path)")
        }
        #expect(compared > 0)
    }

    @Test("modules and settings are those that go sees", .enabled(if: has("go"), "Go is not installed"))
    func comparedWithGo() throws {
        let tools = try Shell.run("ls -d $(go env GOTOOLDIR)/* $(go env GOROOT)/bin/*").split(separator: "\n")
        for tool in tools.map(String.init) {
            guard
                let lines = try? Shell.run("go version -m \(tool) 2>/dev/null").split(separator: "\n").map(String.init),
                lines.first?.hasPrefix("\(tool): go") == true
            else { continue }
            let facts = try #require(try BinaryFacts.read(MemoryBytes(try content(of: tool))))
            let go = try #require(facts.go)
            #expect(lines.first == "\(tool): \(go.version)")
            #expect(go.path == lines.first { $0.hasPrefix("\tpath\t") }.map { String($0.dropFirst(6)) })
            let main = go.main.map { "\tmod\t\($0.path)\t\($0.version)\t\($0.sum ?? "")" }
            #expect(main == lines.first { $0.hasPrefix("\tmod\t") })
            let settings = lines.filter { $0.hasPrefix("\tbuild\t") && !$0.contains("\"") }
            let plain = go.settings.map { "\tbuild\t\($0.key)=\($0.value)" }.filter(settings.contains)
            #expect(plain == settings)
            #expect(go.dependencies.count == lines.count { $0.hasPrefix("\tdep\t") })
            if tool.hasSuffix("/go") { #expect(facts.needs.isSuperset(of: [.shell, .temporaryFiles, .certificates])) }
        }
    }
}
