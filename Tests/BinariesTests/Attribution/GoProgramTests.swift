import SampanTestSupport
import Testing

@testable import Binaries

@Suite("programs that Go built", .enabled(if: !GoToolchain.all.isEmpty, Comment(rawValue: GoToolchain.reason)))
struct GoProgramTests {
    /// Ways to build one program.
    enum Mode: String, CaseIterable, Sendable {
        case plain = "CGO_ENABLED=0|"
        case stripped = "CGO_ENABLED=0|-ldflags='-s -w'"
        case positionIndependent = "CGO_ENABLED=0|-buildmode=pie"
        case narrow = "CGO_ENABLED=0 GOARCH=386|-ldflags='-s -w'"
        case withC = "CGO_ENABLED=1|"
        case linkedOutside = "CGO_ENABLED=1|-ldflags=-linkmode=external"
        case positionIndependentOutside = "CGO_ENABLED=1|-buildmode=pie -ldflags='-linkmode=external -s -w'"

        var environment: String { String(rawValue.prefix { $0 != "|" }) }
        var flags: String { String(rawValue.drop { $0 != "|" }.dropFirst()) }
        var hasC: Bool { environment.contains("CGO_ENABLED=1") }
    }

    private static let hello = """
        package main

        import (
            "fmt"
            "example.org/text.v2"
        )

        func main() { fmt.Println(text.Upper("hello")) }
        """
    private static let text = """
        package text

        import "strings"

        //go:noinline
        func Upper(text string) string { return strings.ToUpper(text) }
        """

    private func project(withC: Bool) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory("go")
        try directory.file(
            "go.mod",
            """
            module example.org/hello

            go 1.19

            require example.org/text.v2 v0.1.0

            replace example.org/text.v2 => ./text
            """)
        try directory.file("main.go", Self.hello)
        if withC {
            try directory.file(
                "c.go",
                """
                package main

                // #include <stdlib.h>
                // static int twice(int x) { return abs(x) * 2; }
                import "C"

                func init() { if C.twice(2) != 4 { panic("twice") } }
                """)
        }
        try directory.file("text/go.mod", "module example.org/text.v2\n\ngo 1.19\n")
        try directory.file("text/text.go", Self.text)
        return directory
    }

    private func build(_ go: GoToolchain, _ mode: Mode) throws -> (TemporaryDirectory, SizeAttribution, size: Int) {
        let directory = try project(withC: mode.hasC)
        try go.run("build -o hello \(mode.flags) .", in: directory.path, environment: mode.environment)
        let bytes = try directory.bytes("hello")
        return (directory, try SizeAttribution.of(MemoryBytes(bytes)), bytes.count)
    }

    private func code(_ attribution: SizeAttribution) -> [String: Int64] {
        var sums: [String: Int64] = [:]
        for part in attribution.parts where part.kind == .code { sums[part.package, default: 0] += part.bytes }
        return sums
    }

    @Test("all bytes are told, by module and package, however it was linked", arguments: GoToolchain.all, Mode.allCases)
    func modes(go: GoToolchain, mode: Mode) throws {
        let (_, attribution, size) = try build(go, mode)
        #expect(attribution.method == .goFunctions)
        #expect(attribution.total == Int64(size))
        func module(_ package: String) -> String? {
            attribution.parts.first { $0.package == package && $0.kind == .code }?.module
        }
        #expect(module("main") == "example.org/hello")
        #expect(module("example.org/text.v2") == "example.org/text.v2")
        #expect(module("runtime") == "std")
        #expect(module("assembly") == nil)
        #expect(attribution.parts.contains { $0.module == "C" && $0.kind == .code } == mode.hasC)
        let all = code(attribution).values.reduce(0, +)
        let runtime = code(attribution)["runtime"] ?? 0
        #expect(runtime * 10 > all * 2 && runtime < all, "the runtime is the largest part of a small program")
        // Little of what is executable is anything but functions.
        let rest = attribution.parts.filter { $0.module == "C" && $0.package.hasPrefix(".") }.reduce(0) {
            $0 + $1.bytes
        }
        #expect(rest < 8192)
        let types = attribution.parts.filter { ["types and strings", ".go.type"].contains($0.package) }
        #expect(types.reduce(0) { $0 + $1.bytes } > 20_000)
    }

    @Test("code of the ten largest packages agrees with the linker's symbols within 2 %", arguments: GoToolchain.all)
    func symbols(go: GoToolchain) throws {
        for mode in [Mode.plain, .positionIndependent, .withC] {
            let (directory, attribution, _) = try build(go, mode)
            var expected: [String: Int64] = [:]
            // Debian's go reads programs of all releases.
            for line in try go.run("tool nm -size -type hello", in: directory.path).split(separator: "\n") {
                let fields = line.split(separator: " ", maxSplits: 3)
                guard fields.count == 4, ["t", "T"].contains(fields[2]), let size = Int64(fields[1]) else { continue }
                // The plainest names alone: a path, a point, a word.
                let name = fields[3].prefix { $0 != "[" && $0 != "(" && $0 != " " }
                let last = name.lastIndex(of: "/").map { name[$0...] } ?? name
                guard let dot = last.firstIndex(of: "."), !name.hasPrefix("type"), !name.hasPrefix("go.") else {
                    continue
                }
                expected[String(name[..<dot]), default: 0] += size
            }
            let ours = code(attribution)
            let largest = expected.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10)
            #expect(largest.count == 10)
            for (package, size) in largest {
                let difference = abs((ours[package] ?? 0) - size)
                #expect(difference * 50 <= size, "\(mode) \(package): \(size) and \(ours[package] ?? 0)")
            }
        }
    }

    @Test("a stripped program tells the same of its code", arguments: GoToolchain.all)
    func stripped(go: GoToolchain) throws {
        #expect(try code(build(go, .plain).1) == code(build(go, .stripped).1))
    }

    @Test("damage to a real program never crashes, and the parts add up", arguments: GoToolchain.all)
    func damaged(go: GoToolchain) throws {
        let (directory, _, _) = try build(go, .stripped)
        let good = try directory.bytes("hello")
        let file = try #require(try ELFFile(MemoryBytes(good)))
        let table = try #require(file.sections.first { $0.name.hasSuffix("gopclntab") })
        var random = SeededGenerator(seed: 11)
        for round in 0..<12 {
            var bytes = good
            // The headers, or the head and the records of the table.
            let place = round % 2 == 0 ? 0..<Int64(4096) : table.fileRange
            for _ in 0..<200 {
                bytes[Int(Int64.random(in: place, using: &random))] = UInt8(truncatingIfNeeded: random.next())
            }
            if round % 3 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count / 2, using: &random)) }
            guard let attribution = try? SizeAttribution.of(MemoryBytes(bytes)) else { continue }
            #expect(attribution.total == Int64(bytes.count))
        }
    }
}
