import Core
import DockerfileSyntax
import Testing

/// A small generator whose numbers hang on its seed alone (SplitMix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("hostile input")
struct HostileInputTests {
    static let seeds = [
        "# syntax=docker/dockerfile:1\n# escape=`\nARG V=1\nFROM --platform=$P a:${V:-x} AS b `\n# c\n\n  \nRUN x\n",
        "FROM a\nRUN --mount=type=cache,target=/x,mode=0755 --network=none <<EOF <<-'B C'\n$x\nEOF\n\ty\n\tB C\nCMD [\"a\\u00e9\", \"b\"]\n",
        "FROM a\r\nCOPY --from=b --chown=1:2 --exclude=*.md --link a \\\r\n b/ c/\r\nADD --checksum=x [\"a b\", \"/c\"]\r\n",
        "\u{FEFF}FROM a\nENV A=\"b c\" D='e' F=g\\ h\nENV A b\nLABEL x=y \"z z\"=1\nARG a b=c\nEXPOSE 80 $p\nVOLUME /a [\n",
        "FROM é\nONBUILD COPY <<E /x\nhi\nE\nHEALTHCHECK --interval=1s --retries=2 CMD [\"x\"]\nSHELL [\"a\", {\"b\": [1, null]}]\nUSER ${a//b/c}\n",
        "FROM a\nRUN x \\\n\\\n# y\n\\\n z\\\\\nSTOPSIGNAL 9\nWORKDIR /a\nMAINTAINER m\nFOO bar\n\u{00A0}RUN\u{2003}x\n",
    ].map { Array($0.utf8) }

    static let tokens = [
        "\\\n", "\n", "\r\n", "#", "<<EOF", "EOF\n", "<<-", "\"", "'", "${", "}", "$", "[", "]", ",", "--", "=", "`",
        "\t", " ", "FROM a\n", "RUN ",
        "ONBUILD ", "COPY ", "ENV ", "\u{0}", "é", "\u{FEFF}", "--mount=", "\u{2003}", "{\"a\":", "\\", "<<",
        "HEALTHCHECK ",
    ].map { Array($0.utf8) }

    private static func mutate(_ random: inout Seeded) -> [UInt8] {
        var bytes = seeds.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: at)
            case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
            case 2: if at < bytes.count { bytes.remove(at: at) }
            case 3: if at < bytes.count { bytes[at] = UInt8.random(in: 0x20...0x7E, using: &random) }
            case 4: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 0...20, using: &random)))
            default:
                let other = seeds.randomElement(using: &random) ?? []
                let from = Int.random(in: 0...other.count, using: &random)
                bytes.insert(contentsOf: other[from..<min(other.count, from + 40)], at: at)
            }
        }
        return bytes
    }

    /// Ranges lie in the file, in the instruction, and in order; everything can be printed and expanded.
    private static func check(_ bytes: [UInt8]) -> String? {
        let source = SourceFile(name: "Dockerfile", bytes: bytes)
        let result = Dockerfile.parse(source)
        let whole = SourceRange(0, bytes.count)
        func inside(_ inner: SourceRange, _ outer: SourceRange) -> Bool {
            outer.start <= inner.start && inner.start <= inner.end && inner.end <= outer.end
        }
        for error in result.errors {
            guard let span = error.span, inside(span.range, whole) else {
                return "an error outside of the file: \(error.kind)"
            }
            if error.diagnostic.description.isEmpty { return "an error without text" }
        }
        var end = 0
        for instruction in result.dockerfile.instructions {
            guard inside(instruction.range, whole), instruction.range.start >= end else {
                return "an instruction out of order"
            }
            end = instruction.range.end
            var inner: [SourceRange] = [instruction.keywordWord.range] + instruction.arguments.map(\.range)
            for flag in instruction.flags {
                inner += [flag.range, flag.name.range] + (flag.value.map { [$0.range] } ?? [])
                if let value = flag.value, !inside(value.range, flag.range) { return "a value outside of its flag" }
            }
            inner += instruction.pairs.flatMap { [$0.name.range, $0.value.range] }
            inner += instruction.heredocs.flatMap { [$0.word.range, $0.bodyRange, $0.terminatorRange] }
            inner += instruction.nested.map(\.range) + instruction.emptyContinuations
            guard inner.allSatisfy({ inside($0, instruction.range) }) else {
                return "a token outside of its instruction"
            }
            guard instruction.lines.upperBound <= source.lineStarts.count else { return "a line outside of the file" }
        }
        guard result.dockerfile.comments.allSatisfy({ inside($0.range, whole) }) else {
            return "a comment outside of the file"
        }
        let expander = Expander(escape: result.dockerfile.escape, source: source) { $0 == "x" ? "a b" : nil }
        for stage in result.dockerfile.stages {
            for statement in stage.statements {
                for word in statement.command.expandedWords {
                    do throws(DockerfileError) {
                        _ = try expander.words(word)
                    } catch {
                        guard let span = error.span, inside(span.range, word.range) else {
                            return "an expansion error elsewhere"
                        }
                    }
                }
            }
        }
        _ = result.dockerfile.sexp()
        _ = result.json()
        return nil
    }

    @Test("mutated Dockerfiles never trap, and ranges stay in order", arguments: [1, 2, 3, 4])
    func mutations(seed: UInt64) {
        var random = Seeded(state: seed)
        for _ in 0..<400 {
            let bytes = Self.mutate(&random)
            if let fault = Self.check(bytes) {
                Issue.record("\(fault): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
                return
            }
        }
    }

    @Test("random bytes never trap")
    func noise() {
        var random = Seeded(state: 99)
        for _ in 0..<300 {
            let count = Int.random(in: 0...200, using: &random)
            let bytes = (0..<count).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : Array(" \n\\\"'$<{}[]#=-`RUN".utf8).randomElement(using: &random) ?? 0
            }
            #expect(Self.check(bytes) == nil)
        }
    }

    @Test("mutated ignore patterns never trap and agree with themselves")
    func patterns() throws {
        var random = Seeded(state: 7)
        let pieces = ["*", "**", "/", "a", "b", "?", "[a-c]", "[^b]", "!", "\\*", ".", "ab"]
        for _ in 0..<1500 {
            let make = { (count: Int, random: inout Seeded) in
                (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            }
            let patterns = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                make(Int.random(in: 1...6, using: &random), &random)
            }
            guard let matcher = try? IgnoreMatcher(patterns: patterns) else { continue }
            let names = ["a", "b", "ab", "c", "abc"]
            var path = BytePath()
            var state: IgnoreMatcher.State?
            var skipped = false
            for _ in 0..<3 {
                path = path.appending(names.randomElement(using: &random) ?? "a")
                let next = matcher.match(path, parent: state)
                #expect(next.isExcluded == matcher.excludes(path), "\(patterns) \(path)")
                #expect(!skipped || next.isExcluded, "\(patterns) \(path) is kept below a skipped directory")
                if matcher.canSkip(path, next) { skipped = true }
                state = next
            }
        }
    }

    /// The time to parse a text, in nanoseconds: the best of a few.
    private static func time(_ text: String) -> Int64 {
        let source = SourceFile(name: "Dockerfile", bytes: Array(text.utf8))
        let clock = ContinuousClock()
        var best = Int64.max
        for _ in 0..<2 {
            let span = clock.measure { _ = Dockerfile.parse(source).errors.count }
            best = min(best, span.components.seconds * 1_000_000_000 + span.components.attoseconds / 1_000_000_000)
        }
        return best
    }

    struct Shape: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var make: @Sendable (Int) -> String
    }

    static let shapes: [Shape] = [
        Shape(testDescription: "many instructions") {
            "FROM a\n" + String(repeating: "ENV A=b C=\"d e\"\n", count: $0)
        },
        Shape(testDescription: "one instruction of many lines") {
            "FROM a\nRUN x" + String(repeating: " \\\n  # note\n\n  && y <<<z", count: $0) + "\n"
        },
        Shape(testDescription: "one long line") { "FROM a\nCOPY " + String(repeating: "abc ", count: $0 * 4) + "/\n" },
        Shape(testDescription: "many errors") { "FROM a\n" + String(repeating: "COPPY --x y\n", count: $0 / 4) },
        Shape(testDescription: "a long here-document") {
            "FROM a\nRUN <<EOF\n" + String(repeating: "EO F\n", count: $0 * 4) + "EOF\n"
        },
        Shape(testDescription: "many here-documents on a line") { count in
            "FROM a\nRUN" + (0..<count / 2).map { " <<E\($0)" }.joined() + "\n"
                + (0..<count / 2).map { "x\nE\($0)\n" }.joined()
        },
        Shape(testDescription: "here-documents without end") { count in
            "FROM a\n" + (0..<count / 2).map { "RUN <<E\($0)\n" }.joined()
        },
        Shape(testDescription: "deep JSON") { "FROM a\nCMD " + String(repeating: "[", count: $0 * 8) + "\n" },
        Shape(testDescription: "ONBUILD of ONBUILD") {
            "FROM a\n" + String(repeating: "ONBUILD ", count: $0 * 4) + "RUN x\n"
        },
        Shape(testDescription: "many stages") { count in (0..<count / 2).map { "FROM a AS b\($0)\n" }.joined() },
        Shape(testDescription: "open quotes") { "FROM a\nENV A=" + String(repeating: "\"'", count: $0 * 4) + "\n" },
        Shape(testDescription: "only blank continuations") { "FROM a\n" + String(repeating: "\\\n", count: $0 * 4) },
        Shape(testDescription: "many flags") {
            "FROM a\nCOPY " + String(repeating: "--exclude=a ", count: $0) + "b c\n"
        },
        Shape(testDescription: "many flags on many lines") {
            "FROM a\nCOPY " + String(repeating: "--exclude='a b' \\\n", count: $0) + "b c\n"
        },
        Shape(testDescription: "mount options") {
            "FROM a\nRUN --mount=" + String(repeating: "target=/x,", count: $0) + "ro x\n"
        },
    ]

    @Test("four times the text takes less than ten times as long", arguments: shapes)
    func linear(shape: Shape) {
        // A machine that is busy with something else may spoil one measurement, not three.
        let isLinear = (0..<3).contains { _ in
            let small = Self.time(shape.make(800))
            return Self.time(shape.make(3200)) < 10 * small + 20_000_000
        }
        #expect(isLinear)
    }

    @Test("ten megabytes and a hundred thousand instructions are parsed")
    func large() {
        let text = "FROM a\n" + String(repeating: "USER x\n", count: 100_000)
        let many = Dockerfile.parse(SourceFile(name: "Dockerfile", text: text))
        #expect(many.errors.isEmpty && many.dockerfile.stages[0].statements.count == 100_000)
        let body = String(repeating: String(repeating: "y", count: 1023) + "\n", count: 10_000)
        let heredoc = Dockerfile.parse(SourceFile(name: "Dockerfile", text: "FROM a\nCOPY <<E /x\n" + body + "E\n"))
        #expect(heredoc.errors.isEmpty && heredoc.dockerfile.instructions[1].heredocs[0].content.count == 10_240_000)
    }
}
