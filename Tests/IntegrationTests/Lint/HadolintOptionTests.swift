import SampanTestSupport
import Testing

/// hadolint's options, each with what hadolint 2.15.1 says: its exit status and the codes in its report.
@Suite("hadolint's options")
struct HadolintOptionTests {
    private static let files = [
        "Dockerfile": "FROM debian\nRUN sudo apt-get install x\nCMD a b\n",
        "fine": "FROM debian:12\nUSER 1\n",
        "pragma": "# hadolint global ignore=DL3006\nFROM debian\nUSER 1\n",
        "style": "FROM debian:12\nRUN apt-get update\nRUN apt-get clean\nUSER 1\n",
        "label": "FROM debian:12\nLABEL a=1.2 b=c\nUSER 1\n",
        "c.yaml": "ignored: [DL3004]\noverride:\n  info: [DL3006]\n",
        "strict.yaml": "strict-labels: true\nlabel-schema:\n  a: semver\nfailure-threshold: error\n",
    ]

    /// Rules that hadolint doesn't have.
    private static let others = ["SMP1006", "SMP2031", "SMP2041"]

    @Test(
        "the same options give the same status and tell the same codes",
        arguments: [
            ("Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("fine", 0, ""),
            ("style", 1, "DL3009 DL3059"),
            ("fine Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-c c.yaml Dockerfile", 1, "DL3006 DL3025"),
            ("-cc.yaml Dockerfile", 1, "DL3006 DL3025"),
            ("--config c.yaml Dockerfile", 1, "DL3006 DL3025"),
            ("--config=c.yaml Dockerfile", 1, "DL3006 DL3025"),
            ("-c strict.yaml label", 0, "DL3050 DL3056"),
            ("-c strict.yaml -t info label", 1, "DL3050 DL3056"),
            ("-c strict.yaml -t warning label", 1, "DL3050 DL3056"),
            ("--no-fail Dockerfile", 0, "DL3004 DL3006 DL3025"),
            ("--no-color Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-V Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("--verbose fine", 0, ""),
            ("-f json Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-fjson Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("--format=json Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-f tty Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-f checkstyle Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-f codeclimate Dockerfile", 0, "DL3004 DL3006 DL3025"),
            ("-f gitlab_codeclimate Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-f gnu Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-f codacy Dockerfile", 0, "DL3004 DL3006 DL3025"),
            ("-f sonarqube Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-f sarif Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-f junit Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-f junit fine", 0, ""),
            ("--error DL3006 Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("--error=DL3006 -t error Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("--warning DL3004 -t error Dockerfile", 0, "DL3004 DL3006 DL3025"),
            ("--info DL3004 --info DL3006 --info DL3025 -t warning Dockerfile", 0, "DL3004 DL3006 DL3025"),
            ("--style DL3006 --ignore DL3004 --ignore DL3025 Dockerfile", 0, "DL3006"),
            ("--style DL3006 --ignore DL3004 --ignore DL3025 -t style Dockerfile", 1, "DL3006"),
            ("--ignore DL3004 --ignore DL3006 Dockerfile", 1, "DL3025"),
            ("--ignore DL3006 -c c.yaml Dockerfile", 1, "DL3025"),
            ("--ignore DL3004 --error DL3004 Dockerfile", 1, "DL3006 DL3025"),
            ("--trusted-registry docker.io Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("--trusted-registry x.io Dockerfile", 1, "DL3004 DL3006 DL3025 DL3026"),
            ("--trusted-registry x.io --trusted-registry docker.io Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("--trusted-registry *.io Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("--require-label a:semver label", 1, "DL3056"),
            ("--require-label a:text label", 0, ""),
            ("--require-label a label", 0, ""),
            ("--require-label c:url label", 1, "DL3049"),
            ("--require-label a:text --require-label b:text --strict-labels label", 0, ""),
            ("--require-label a:text --strict-labels label", 1, "DL3050"),
            ("--strict-labels label", 1, "DL3050"),
            ("pragma", 0, ""),
            ("--disable-ignore-pragma pragma", 1, "DL3006"),
            ("-t error Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-terror style", 0, "DL3009 DL3059"),
            ("-t warning style", 0, "DL3009 DL3059"),
            ("-t info style", 1, "DL3009 DL3059"),
            ("-t style style", 1, "DL3009 DL3059"),
            ("-t ignore fine", 0, ""),
            ("-t none style", 1, "DL3009 DL3059"),
            ("--failure-threshold=warning Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("--failure-threshold error style", 0, "DL3009 DL3059"),
            ("--file-path-in-report x/y -f checkstyle Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("--file-path-in-report=x/y -f gitlab_codeclimate Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-o out.json -f json Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("--output out.json -f json Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-oout.json -f json Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("-- Dockerfile", 1, "DL3004 DL3006 DL3025"),
            ("--error DL3057 fine", 1, "DL3057"),
            ("--info DL3057 -t error fine", 0, "DL3057"),
            ("--style DL1001 fine", 0, ""),
        ] as [(String, Int32, String)])
    func same(options: String, status: Int32, codes: String) throws {
        let place = try TemporaryDirectory("hadolint-options")
        for (name, text) in Self.files { try place.file(name, text) }
        let outcome = try Program.run(
            ["lint"] + options.split(separator: " ").map(String.init),
            environment: [
                "HOME": place.path("home"), "PATH": place.path("bin"),
                "HADOLINT_IGNORE": Self.others.joined(separator: ","),
            ], directory: place.path)
        #expect(outcome.code == status, "\(outcome)")
        let report = outcome.output + ((try? place.text("out.json")) ?? "")
        let words = report.split { !$0.isLetter && !$0.isNumber }
        let told = Set(words.filter { $0.hasPrefix("DL") && $0.utf8.count == 6 })
        #expect(told.sorted().joined(separator: " ") == codes, "\(outcome)")
        let wantsSettings = options.hasPrefix("-V") || options.hasPrefix("--verbose")
        #expect(outcome.error.hasPrefix("settings: ") == wantsSettings, "\(outcome)")
    }

    @Test("the version, and settings told on standard error")
    func verbose() throws {
        let place = try TemporaryDirectory("hadolint-options")
        for (name, text) in Self.files { try place.file(name, text) }
        let version = try Program.run(["lint", "-v"], environment: [:], directory: place.path)
        let whole = try Program.run(["--version"], environment: [:])
        #expect(version.code == 0 && version.output == whole.output)
        let told = try Program.run(
            [
                "lint", "--no-shellcheck", "-V", "-c", "strict.yaml", "--ignore", "SMP2031", "--error", "DL3006",
                "--trusted-registry", "docker.io", "-f", "gnu", "fine",
            ], environment: ["HADOLINT_NOFAIL": "yes", "HADOLINT_IGNORE": "DL3008"], directory: place.path)
        #expect(
            told.error == """
                settings: strict.yaml
                format: gnu
                failure-threshold: error
                ignored: DL3008, SMP2031
                override error: DL3006
                trustedRegistries: docker.io
                label-schema: a: semver
                strict-labels: true
                no-fail: true

                """, "\(told)")
        let none = try Program.run(
            ["lint", "--no-shellcheck", "--no-fail", "fine"], environment: ["HADOLINT_VERBOSE": "1"],
            directory: place.path)
        #expect(none.error == "settings: no file\nformat: tty\nfailure-threshold: info\nno-fail: true\n", "\(none)")
    }

    @Test(
        "what differs: a status of its own for what can't be read, and for what can't be understood",
        arguments: [
            ("missing", 2), ("fine missing", 2), ("-c missing fine", 2), ("-o /missing/x fine", 2),
            ("-f nothing fine", 64),
            ("-t nothing fine", 64), ("--require-label a:nothing fine", 64), ("--no-such fine", 64),
            ("--ignore nothing fine", 64), ("--error", 64),
        ] as [(String, Int32)])
    func different(options: String, status: Int32) throws {
        let place = try TemporaryDirectory("hadolint-options")
        for (name, text) in Self.files { try place.file(name, text) }
        let outcome = try Program.run(
            ["lint", "--no-shellcheck"] + options.split(separator: " ").map(String.init), environment: [:],
            directory: place.path)
        #expect(outcome.code == status, "\(outcome)")
    }
}
