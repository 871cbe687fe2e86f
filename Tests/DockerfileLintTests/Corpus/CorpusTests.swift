import Core
import DockerfileLint
import DockerfileSyntax
import SampanTestSupport
import Testing

/// Many Dockerfiles, each linted, fixed, parsed again and compared.
@Suite("Fixes over a corpus")
struct CorpusTests {
    private static let digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

    private static var settings: LintSettings {
        var settings = LintSettings()
        settings.today = 20_778
        for image in ["debian:12", "alpine:3.22", "golang:1.25", "node:22"] { settings.digests[image] = digest }
        return settings
    }

    private static let project = MemoryProject([
        "main.go": "package main\nimport \"net/http\"\nfunc main() { http.Get(\"https://example.com\") }\n",
        ".env": "A=1\n", "node_modules/a/index.js": "", "go.mod": "module example.com/app\n",
    ])

    private static func meaning(_ source: SourceFile, fixed: Bool) -> [String] {
        BuildMeaning(Dockerfile.parse(source).dockerfile, fixed: fixed).lines
    }

    /// Everything that has to hold of a file and its fixes. Gives the codes that were fixed.
    static func check(_ name: String, _ text: String) -> [String] {
        let source = SourceFile(name: name, text: text)
        let before = Dockerfile.parse(source)
        var codes: [String] = []
        for unsafe in [false, true] {
            let run = FixRun(fixing: source, unsafe: unsafe, settings: settings, project: project)
            codes += run.applied.map(\.code)
            let after = Dockerfile.parse(run.after)
            #expect(after.errors.count <= before.errors.count, "\(name): fixes leave an error\n\(text)")
            for finding in run.remaining {
                expectInside(finding, run.after)
                #expect(
                    unsafe || !(finding.fix?.isSafe ?? false), "\(name): a safe fix of \(finding.code) is left\n\(text)"
                )
            }
            let again = FixRun(fixing: run.after, unsafe: unsafe, settings: settings, project: project)
            #expect(again.after.bytes == run.after.bytes, "\(name): a second run changes the file\n\(text)")
            // What is an error has no meaning that a fix could keep.
            if !unsafe, before.errors.isEmpty {
                let (old, new) = (meaning(source, fixed: true), meaning(run.after, fixed: true))
                #expect(
                    old == new,
                    """
                    \(name): \(Set(run.applied.map(\.code)).sorted()) change the meaning
                    \(UnifiedDiff.text(from: source.bytes, to: run.after.bytes, name: name))
                    \(zip(old, new).first { $0 != $1 }.map { "\($0)\n\($1)" } ?? "\(old.count) and \(new.count) steps")
                    """)
                if text.contains("\r\n"), !text.replacing("\r\n", with: "").contains("\n") {
                    let bare = String(decoding: run.after.bytes, as: UTF8.self).replacing("\r\n", with: "")
                    #expect(!bare.contains("\n"), "\(name): a line end is another one")
                }
            }
        }
        return codes
    }

    private static func expectInside(_ finding: Finding, _ source: SourceFile) {
        let count = source.bytes.count
        var ranges = [finding.range]
        ranges += (finding.fix?.edits ?? []).map(\.range)
        for range in ranges {
            #expect(0 <= range.start && range.start <= range.end && range.end <= count, "\(finding.code): \(range)")
        }
        let edits = (finding.fix?.edits ?? []).map(\.range).sorted { ($0.start, $0.end) < ($1.start, $1.end) }
        for (left, right) in zip(edits, edits.dropFirst()) {
            #expect(left.end <= right.start, "\(finding.code): edits overlap")
        }
    }

    @Test("generated files mean the same after their safe fixes, and fixing ends", arguments: 0..<8)
    func generated(part: Int) {
        var codes: Set<String> = []
        for seed in (part * 50)..<(part * 50 + 50) {
            var generator = DockerfileGenerator(seed: UInt64(seed))
            codes.formUnion(Self.check("generated-\(seed)", generator.dockerfile()))
        }
        #expect(codes.count >= 15)
    }

    @Test("files written by hand mean the same after their safe fixes", arguments: HandWritten.files.indices)
    func handWritten(index: Int) { _ = Self.check("hand-\(index)", HandWritten.files[index]) }

    @Test("files in the other line ends and with tabs mean the same after their safe fixes")
    func lineEnds() {
        for (index, text) in HandWritten.files.enumerated() where !text.contains("\r") {
            _ = Self.check("crlf-\(index)", text.replacing("\n", with: "\r\n"))
        }
    }

    @Test("5000 spoilt files are linted without a crash, in time that grows with the file", arguments: 0..<5)
    func spoilt(part: Int) {
        var random = SeededGenerator(seed: UInt64(90 + part))
        let clock = ContinuousClock()
        var slowest = Duration.zero
        for round in 0..<1000 {
            var generator = DockerfileGenerator(seed: UInt64(part * 1000 + round) / 4)
            var bytes = Array(generator.dockerfile(stages: 2).utf8)
            for _ in 0..<(1 + random.next() % 6) { Self.spoil(&bytes, &random) }
            let source = SourceFile(name: "spoilt", bytes: bytes)
            let time = clock.measure {
                let file = LintFile(parsing: source, settings: Self.settings, project: Self.project)
                for finding in Linter.lint(file) { Self.expectInside(finding, source) }
            }
            slowest = max(slowest, time)
        }
        #expect(slowest < .seconds(5))
    }

    @Test("fixing spoilt files ends, and leaves no more errors than there were")
    func fixSpoilt() {
        var random = SeededGenerator(seed: 7)
        for round in 0..<300 {
            var generator = DockerfileGenerator(seed: UInt64(round))
            var bytes = Array(generator.dockerfile().utf8)
            for _ in 0..<(1 + random.next() % 4) { Self.spoil(&bytes, &random) }
            let source = SourceFile(name: "spoilt", bytes: bytes)
            let run = FixRun(fixing: source, unsafe: true, settings: Self.settings, project: Self.project)
            #expect(Dockerfile.parse(run.after).errors.count <= Dockerfile.parse(source).errors.count)
        }
    }

    private static func spoil(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 5 {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        case 2:
            let signs = Array("\\\n\"'`$(){}[]<>|&;#=:/@ ".utf8)
            bytes.insert(signs[Int(random.next() % UInt64(signs.count))], at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 20)))
        default:
            let other = Int(random.next() % UInt64(bytes.count))
            bytes.swapAt(place, other)
        }
    }
}
