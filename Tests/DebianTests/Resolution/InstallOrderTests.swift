import Debian
import Testing

@Suite struct InstallOrderTests {
    @Test("a cycle comes together, and ends as its names decide")
    func cycle() throws {
        let main = "app 1; Depends: b\nb 1; Depends: c\nc 1; Depends: a\na 1; Depends: b\nz 1"
        #expect(try Resolution(main: main).names("app", "z") == "c b a app z")
    }

    @Test("within a cycle pre-dependencies come first")
    func preDependencies() throws {
        // c needs a before it is unpacked; a needs c only to run.
        let main = "a 1; Depends: c\nb 1; Depends: a\nc 1; Pre-Depends: b"
        #expect(try Resolution(main: main).names("a") == "b c a")
        let libc = "libc6 1; Depends: libgcc\nlibgcc 1; Depends: base, libc6\nbase 1\ndpkg 1; Pre-Depends: libc6"
        #expect(try Resolution(main: libc).names("dpkg") == "base libgcc libc6 dpkg")
    }

    @Test("a chain of ten thousand packages needs no deep stack")
    func longChain() throws {
        var lines = (0..<10_000).map { "p\($0) 1; Depends: p\($0 + 1)" }
        lines.append("p10000 1")
        let found = try Resolution(main: lines.joined(separator: "\n")).resolve("p0")
        #expect(found.count == 10_001)
        #expect(found.first?.name == "p10000" && found.last?.name == "p0")
        // And closed to a circle.
        lines[lines.count - 1] = "p10000 1; Depends: p0"
        #expect(try Resolution(main: lines.joined(separator: "\n")).resolve("p0").count == 10_001)
    }
}
