import Core
import Testing

@testable import DockerfileLint

@Suite("Options of build checks")
struct CheckOptionsTests {
    private static let bad = "FROM alpine AS Base\nMAINTAINER me\nCMD x\n"

    @Test(
        "skip= silences checks of the whole file",
        arguments: [
            ("skip=StageNameCasing", ["MaintainerDeprecated", "JSONArgsRecommended"]),
            ("skip=stagenamecasing, JSONARGSRECOMMENDED", ["MaintainerDeprecated"]),
            (" skip = StageNameCasing ; error = true", ["MaintainerDeprecated", "JSONArgsRecommended"]),
            ("skip=all", []),
            ("skip=DL4000,DL3025,StageNameCasing", []),
            ("error=true", ["StageNameCasing", "MaintainerDeprecated", "JSONArgsRecommended"]),
        ])
    func skip(options: String, expected: [String]) throws {
        #expect(try BuildCheckTests.findings("# check=\(options)\n" + Self.bad).map(\.code) == expected)
        #expect(try BuildCheckTests.findings(Self.bad, checks: options).map(\.code) == expected)
    }

    @Test("error=true makes errors of them")
    func error() throws {
        let findings = try BuildCheckTests.findings("# check=skip=JSONArgsRecommended;error=1\n" + Self.bad)
        #expect(findings.map(\.severity) == [.error, .error])
    }

    @Test("what the build is given comes before what the file says")
    func given() throws {
        let text = "# check=skip=all\n" + Self.bad
        #expect(try BuildCheckTests.findings(text, checks: "").count == 3)
        #expect(try BuildCheckTests.findings(text).isEmpty)
    }

    @Test("a comment above an instruction silences it there")
    func comment() throws {
        let text = "FROM alpine\n# check=skip=LegacyKeyValueFormat\nENV a b\n\nENV c d\n"
        #expect(try BuildCheckTests.codes(text) == ["5 LegacyKeyValueFormat"])
    }

    @Test("skipping a check silences the rules that tell the same")
    func equivalents() {
        func codes(_ text: String) -> [String] {
            Linter.lint(LintFile(parsing: SourceFile(name: "f", text: text))).map(\.code)
        }
        #expect(codes("FROM debian:12\nMAINTAINER me\n").contains("DL4000"))
        #expect(!codes("# check=skip=MaintainerDeprecated\nFROM debian:12\nMAINTAINER me\n").contains("DL4000"))
    }

    @Test(
        "what is no option is an error",
        arguments: [
            ("skip", CheckOptionsError.Kind.noValue("skip")), ("skp=all", .unknown("skp")),
            ("skip=all;", .noValue("")), ("error=yes", .notBoolean("yes")),
        ])
    func bad(text: String, kind: CheckOptionsError.Kind) {
        #expect(throws: CheckOptionsError(kind)) { try CheckOptions(parsing: text) }
    }

    @Test("names of nobody are found")
    func unknown() throws {
        #expect(
            try CheckOptions(parsing: "skip=Nothing,MaintainerDeprecated,DL3008x").unknownNames == [
                "dl3008x", "nothing",
            ])
    }
}
