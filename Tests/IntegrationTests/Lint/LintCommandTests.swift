import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("the command lint")
struct LintCommandTests {
    private static let bad = "FROM debian:12\nMAINTAINER x\nRUN apt-get install --no-install-recommends a=1\n"

    private func place(_ files: [String: String]) throws -> TemporaryDirectory {
        let place = try TemporaryDirectory("lint")
        for (name, text) in files { try place.file(name, text) }
        return place
    }

    private func lint(
        _ place: TemporaryDirectory, _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) throws -> Program.Outcome {
        try Program.run(
            ["lint", "--no-shellcheck"] + arguments, environment: environment, input: Array(input.utf8),
            directory: place.path)
    }

    private func codes(_ outcome: Program.Outcome) throws -> [String] {
        guard case .array(let items) = try OrderedJSON(parsing: Array(outcome.output.utf8)) else { return [] }
        return items.compactMap { $0["code"]?.string }.filter { $0.hasPrefix("DL") }
    }

    @Test("files, directories, patterns and standard input; findings in their order; the exit status")
    func inputs() throws {
        let place = try place(["Dockerfile": Self.bad, "b/Dockerfile.x": "FROM debian\n"])
        let all = try lint(place, ["-f", "json"])
        #expect(all.code == 1)
        let told = try codes(all)
        #expect(told.first == "DL4000" && told.contains("DL3014") && told.last == "DL3006", "\(told)")
        #expect(try codes(lint(place, ["-f", "json", "**/*.x"])).contains("DL3006"))
        let input = try lint(place, ["-f", "gnu", "-"], input: "FROM debian\n")
        #expect(input.code == 1 && input.output.contains("sampan:-:1:6: DL3006 warning:"), "\(input)")
        #expect(try lint(place, ["nothing"]).code == 2)
        #expect(try lint(place, ["--no-such"]).code == 64)
        let some = try lint(place, ["nothing", "b/Dockerfile.x"])
        #expect(some.code == 2 && some.output.contains("DL3006") && some.error.contains("there is no file 'nothing'"))
    }

    @Test("--pin writes the digests that registries have; an image that none has changes nothing")
    func pin() throws {
        let registry = try TestRegistry()
        let layer = try TarFile.bytes([TarFile.file("note", "hello\n")])
        let image = try registry.addImage([layer], repository: "team/base", tag: "1")
        let name = "\(registry.authority)/team/base:1"
        let text = "FROM \(name) AS a\r\nFROM a\r\nFROM scratch\r\nFROM base:static\r\n# end\r\n"
        let place = try place(["Dockerfile": text, "gone/Dockerfile": "FROM \(registry.authority)/team/gone:1\n"])
        let options = ["--pin", "--insecure-registry", registry.authority]
        let home = ["SAMPAN_HOME": place.path("home")]
        let pinned = text.replacing(name, with: "\(name)@\(image.descriptor.digest)")

        let told = try lint(place, ["Dockerfile", "--diff"] + options, environment: home)
        #expect(told.output.contains("+FROM \(name)@\(image.descriptor.digest) AS a"), "\(told)")
        #expect(try place.text("Dockerfile") == text)

        let failed = try lint(place, ["Dockerfile", "gone/Dockerfile", "--fix"] + options, environment: home)
        #expect(failed.code == 2 && failed.error.contains("team/gone"), "\(failed)")
        #expect(try place.text("Dockerfile") == text)

        #expect(try lint(place, ["Dockerfile", "--fix"] + options, environment: home).code != 2)
        #expect(try place.text("Dockerfile") == pinned)
        #expect(try lint(place, ["-", "--fix"] + options, input: text).code == 64)
    }

    @Test(
        "hadolint's options and statuses",
        arguments: [
            (["--ignore", "DL3006"], 0), (["--no-fail"], 0), (["-t", "error"], 0), (["-t", "warning"], 1),
            (["-t", "none"], 1), (["--error", "DL3006", "-t", "error"], 1), (["--style", "DL3006"], 0),
            (["--style", "DL3006", "-t", "style"], 1), (["-f", "codeclimate"], 0), (["-f", "codacy"], 0),
            (["-f", "gitlab_codeclimate"], 1), (["--trusted-registry", "x.example"], 1), (["--ignore", "DL30066"], 64),
            (["-t", "fatal"], 64), (["--require-label", "a:nothing"], 64), (["--config", "missing.yaml"], 2),
        ] as [([String], Int32)])
    func options(arguments: [String], code: Int32) throws {
        let place = try place([
            "Dockerfile": "FROM debian\n# hadolint ignore=all\nUSER 1\nCOPY a /b\n", ".dockerignore": "*\n",
        ])
        let outcome = try lint(place, ["Dockerfile", "--ignore", "SMP2001"] + arguments)
        // Rules of ours may tell of this file too; they are no part of what is tried.
        if code == 0, outcome.code == 1 {
            #expect(!outcome.output.contains("DL3006"), "\(outcome)")
        } else {
            #expect(outcome.code == code, "\(outcome)")
        }
    }

    @Test("settings come from .hadolint.yaml and the environment; options go before them")
    func settings() throws {
        let place = try place(["Dockerfile": "FROM debian\n", ".hadolint.yaml": "ignored: [DL3006]\n"])
        #expect(try !lint(place, ["Dockerfile"]).output.contains("DL3006"))
        try place.file("other.yaml", "override:\n  error: [DL3006]\n")
        #expect(try lint(place, ["Dockerfile", "-c", "other.yaml"]).output.contains("error[DL3006]"))
        try place.file(".hadolint.yaml", "failure-threshold: fatal\n")
        let wrong = try lint(place, ["Dockerfile"])
        #expect(wrong.code == 2 && wrong.error.contains(".hadolint.yaml:1:20"), "\(wrong)")
        let given = try lint(place, ["Dockerfile", "-c", "other.yaml"], environment: ["HADOLINT_IGNORE": "DL3006"])
        #expect(!given.output.contains("DL3006"))
    }

    @Test("--diff shows what --fix does; a second --fix finds nothing to do")
    func fixes() throws {
        let place = try place(["Dockerfile": Self.bad])
        #expect(chmod(place.path("Dockerfile"), 0o600) == 0)
        let diff = try lint(place, ["--diff"])
        #expect(diff.code == 1)
        #expect(
            diff.output.contains("\n-MAINTAINER x\n") && diff.output.contains("\n+LABEL maintainer=\"x\"\n"), "\(diff)")
        #expect(try place.text("Dockerfile") == Self.bad)
        let fixed = try lint(place, ["--fix"])
        #expect(fixed.error.contains("mended "), "\(fixed)")
        let text = try place.text("Dockerfile")
        #expect(text.contains("LABEL maintainer=\"x\"") && text.contains("install -y "))
        #expect(try FileInfo.of(place.path("Dockerfile"))?.mode == 0o600)
        let again = try lint(place, ["--fix"])
        #expect(!again.error.contains("mended"))
        #expect(try place.text("Dockerfile") == text)
        #expect(try lint(place, ["--diff"]).output.isEmpty)
        let input = try lint(place, ["--fix", "-"], input: Self.bad)
        #expect(input.output == text, "\(input)")
    }

    @Test("rules are explained and listed")
    func rules() throws {
        let place = try place([:])
        let explained = try lint(place, ["--explain", "dl3006"])
        #expect(explained.code == 0 && explained.output.hasPrefix("DL3006: ") && explained.output.contains("Good:"))
        let wrong = try lint(place, ["--explain", "DL306"])
        #expect(wrong.code == 64 && wrong.error.contains("did you mean"), "\(wrong)")
        #expect(try lint(place, ["--list"]).outputLines.count > 90)
    }

    @Test("reports go into a file")
    func output() throws {
        let place = try place(["Dockerfile": "FROM debian\n"])
        let outcome = try lint(place, ["-f", "json", "-o", "report.json"])
        #expect(outcome.code == 1 && outcome.output.isEmpty)
        #expect(try place.text("report.json").contains("\"DL3006\""))
    }

    @Test("the program shellcheck is asked about scripts; without it that is said once")
    func shellcheck() throws {
        let place = try place(["Dockerfile": "FROM a:1\nRUN ls $X\n", "Dockerfile.two": "FROM a:1\nRUN ls $X\n"])
        let without = try Program.run(
            ["lint", "Dockerfile", "Dockerfile.two"], environment: ["PATH": place.path], directory: place.path)
        #expect(without.error.ranges(of: "shellcheck is not installed").count == 1, "\(without)")
        let needed = try Program.run(
            ["lint", "--shellcheck"], environment: ["PATH": place.path], directory: place.path)
        #expect(needed.code == 2 && needed.error.contains("not installed"), "\(needed)")
        // One that answers as ShellCheck does, for machines without it.
        try place.file(
            "bin/shellcheck",
            """
            #!/bin/sh
            [ "$(cat 0)" = "$(cat 0)" ] && [ ! -e 1 ] || exit 3
            echo '{"comments":[{"file":"0","line":3,"endLine":3,"column":4,"endColumn":6,"level":"info","code":2086,"message":"Quote it.","fix":null}]}'
            exit 1

            """, mode: 0o755)
        let with = try Program.run(
            ["lint", "-f", "gnu"], environment: ["PATH": place.path("bin") + ":/usr/bin:/bin"], directory: place.path)
        #expect(with.output.contains("sampan:Dockerfile:2:8: SC2086 info: Quote it\n"), "\(with)")
        #expect(with.output.contains("sampan:Dockerfile.two:2:8: SC2086 info: Quote it\n"), "\(with)")
        try place.file("bin/shellcheck", "#!/bin/sh\necho broken >&2\nexit 3\n", mode: 0o755)
        let broken = try Program.run(
            ["lint"], environment: ["PATH": place.path("bin") + ":/usr/bin:/bin"], directory: place.path)
        #expect(broken.code == 2 && broken.error.contains("broken"), "\(broken)")
    }

    /// Lines that are read without the parser of arguments, and some that only look like it.
    private static let plainLines: [[String]] = [
        ["Dockerfile"], ["Dockerfile", "b/Dockerfile.x"], ["b"], ["**/*.x"], ["-"], ["nothing"],
        ["nothing", "Dockerfile"],
        ["-f", "json", "Dockerfile"], ["Dockerfile", "--format", "sarif"], ["--format", "gnu", "-"],
        ["-f", "gnu", "-f", "json", "b"], ["--no-fail", "Dockerfile"], ["--no-color", "Dockerfile"],
        ["--ignore", "DL4000", "--ignore", "DL3014", "-f", "gnu", "Dockerfile"], ["--ignore", "DL9", "Dockerfile"],
        ["-t", "error", "b/Dockerfile.x"], ["--failure-threshold", "none", "Dockerfile"],
        ["-c", "settings.yaml", "-f", "gnu", "Dockerfile"], ["--config", "none.yaml", "Dockerfile"],
        ["--disable-ignore-pragma", "-f", "gnu", "Dockerfile"],
        ["--file-path-in-report", "x", "-f", "gnu", "Dockerfile"], ["--no-shellcheck", "Dockerfile"],
        ["-f", "nonsense", "Dockerfile"], ["-t", "x", "Dockerfile"], ["-f"], ["-f", "-f", "Dockerfile"],
        ["--format=gnu", "b"],
        ["--", "Dockerfile"], ["--help"], ["--no-such", "Dockerfile"], ["-"], ["", "Dockerfile"],
    ]

    @Test(
        "a line that is read without the parser of arguments does what the parser would have it do",
        arguments: plainLines)
    func plain(line: [String]) throws {
        let place = try place([
            "Dockerfile": Self.bad + "# hadolint ignore=DL3059\nRUN a\nRUN b\n", "b/Dockerfile.x": "FROM debian\n",
            "settings.yaml": "ignored: [DL3014]\nunknown-format: 1\n",
        ])
        // A variable that may stand for an option leads to the parser.
        let outcomes = try [[:], ["SAMPAN_NO_OPTION": "1"]].map { environment in
            try Program.run(
                ["lint"] + line, environment: environment, input: Array("FROM debian\n".utf8), directory: place.path)
        }
        #expect(outcomes[0].code == outcomes[1].code)
        #expect(outcomes[0].output == outcomes[1].output)
        #expect(outcomes[0].error == outcomes[1].error)
    }
}
