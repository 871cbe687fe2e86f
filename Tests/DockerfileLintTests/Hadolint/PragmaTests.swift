import Core
import DockerfileLint
import Testing

@Suite("Comments that tell the linter something")
struct PragmaTests {
    @Test(
        "a pragma is read to its last byte",
        arguments: [
            ("hadolint ignore=DL3002", Pragma.ignore(["DL3002"])),
            ("hadolint ignore = DL3002 , SC2046", .ignore(["DL3002", "SC2046"])),
            ("hadolint\tignore=DL3002 # the base needs it", .ignore(["DL3002"])),
            ("hadolint ignore=SMP1001,JSONArgsRecommended", .ignore(["SMP1001", "JSONArgsRecommended"])),
            ("hadolint ignore=SMP9999", nil),
            ("hadolint ignore=DL,3002,0DL1", .ignore(["DL", "3002", "0DL1"])),
            ("sampan ignore=DL3002,MaintainerDeprecated", .ignore(["DL3002", "MaintainerDeprecated"])),
            ("hadolint global ignore=DL3002,DL3006", .ignoreEverywhere(["DL3002", "DL3006"])),
            ("hadolint stage ignore=DL3002", .ignoreInStage(["DL3002"])),
            ("hadolint shell=bash", .shell("bash")),
            ("hadolint shell = /bin/bash", .shell("/bin/bash")),
            ("sampan ignore=DL3002", .ignore(["DL3002"])),
            ("hadolint shell=bash -x", nil), ("hadolint ignore=DL3002,", nil), ("hadolint ignore=,DL3002", nil),
            ("hadolint ignore=DL3002 because", nil), ("hadolint ignore=DL3002 DL3006", nil),
            ("hadolint ignore=dl3002", nil), ("hadolint ignore=nonsense,DL3002", nil), ("hadolint ignore=", nil),
            ("hadolint ignore", nil), ("Hadolint ignore=DL3002", nil), ("hadolint: ignore=DL3002", nil),
            ("hadolint global stage ignore=DL3002", nil), ("", nil),
        ])
    func reading(text: String, expected: Pragma?) {
        #expect(Pragma(text) == expected)
    }

    private static func findings(_ text: String, pragmas: Bool = true) -> [String] {
        var settings = LintSettings()
        settings.readsPragmas = pragmas
        let source = SourceFile(name: "Dockerfile", text: text)
        return Linter.lint(LintFile(parsing: source, settings: settings)).filter { $0.code == "DL3020" }
            .map { "\(source.position(at: $0.range.start).line)" }
    }

    @Test("an exception holds for the next line alone")
    func nextLine() {
        let text = "FROM scratch\n# hadolint ignore=DL3020\nADD a /b\nADD c /d\n"
        #expect(Self.findings(text) == ["4"])
        #expect(Self.findings(text, pragmas: false) == ["3", "4"])
        #expect(Self.findings("FROM scratch\n# hadolint ignore=DL3020\n\nADD a /b\n") == ["4"])
        #expect(Self.findings("FROM scratch\n# hadolint ignore=DL3020\n# why\nADD a /b\n") == ["4"])
    }

    @Test("comments inside of an instruction are none")
    func inside() {
        #expect(Self.findings("FROM scratch\nADD \\\n# hadolint ignore=DL3020\n  a /b\n") == ["4"])
        #expect(Self.findings("FROM scratch\nADD a \\\n# hadolint global ignore=DL3020\n  /b\n") == ["2"])
    }

    @Test("an exception of a stage ends with it, and one of the file holds from wherever it stands")
    func scopes() {
        let stages = "FROM scratch AS a\nADD a /b\nADD c /d\nFROM scratch\nADD e /f\n"
        #expect(Self.findings("# hadolint stage ignore=DL3020\n" + stages) == ["6"])
        #expect(Self.findings(stages + "# hadolint global ignore=DL3020\n").isEmpty)
    }

    @Test("an exception for a code is one for its equivalents, by any name")
    func equivalents() throws {
        let finding = try #require(
            Linter.lint(LintFile(parsing: SourceFile(name: "Dockerfile", text: "FROM scratch\nMAINTAINER x\n"))).first {
                $0.code == "DL4000"
            })
        for code in ["DL4000"] + finding.equivalents {
            let text = "FROM scratch\n# sampan ignore=\(code)\nMAINTAINER x\n"
            let left = Linter.lint(LintFile(parsing: SourceFile(name: "Dockerfile", text: text))).map(\.code)
            #expect(!left.contains("DL4000") && finding.equivalents.allSatisfy { !left.contains($0) })
        }
    }
}
