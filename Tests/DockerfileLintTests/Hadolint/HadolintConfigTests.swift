import Core
import Testing

@testable import DockerfileLint

@Suite("hadolint's config")
struct HadolintConfigTests {
    private static func parse(_ text: String) throws -> (config: HadolintConfig, warnings: [Diagnostic]) {
        try HadolintConfig.parse(SourceFile(name: ".hadolint.yaml", text: text))
    }

    private static func errors(_ text: String) -> [String] {
        do {
            _ = try parse(text)
            return []
        } catch let list as DiagnosticList {
            return list.diagnostics.map { diagnostic in
                let place = diagnostic.span.map { $0.file.position(at: $0.range.start) } ?? (0, 0)
                return "\(place.0):\(place.1) \(diagnostic.message)"
            }
        } catch {
            return ["\(error)"]
        }
    }

    @Test("every key of a file is read")
    func everyKey() throws {
        let (config, warnings) = try Self.parse(
            """
            failure-threshold: error
            format: json
            ignored: [DL3000, SC2086]
            override:
              error: [DL3001]
              warning: [DL3002]
              info: [DL3003]
              style: [DL3004]
            trustedRegistries:
              - docker.io
              - "*.gcr.io"
            label-schema: {a: text, b: rfc3339, c: semver, d: url, e: hash, f: spdx, g: email, h: ""}
            strict-labels: true
            no-fail: True
            no-color: TRUE
            disable-ignore-pragma: false
            """)
        var wanted = HadolintConfig()
        wanted.failureThreshold = .error
        wanted.formats = ["json"]
        wanted.ignored = ["DL3000", "SC2086"]
        wanted.overrides = [.error: ["DL3001"], .warning: ["DL3002"], .info: ["DL3003"], .style: ["DL3004"]]
        wanted.trustedRegistries = ["docker.io", "*.gcr.io"]
        wanted.labelSchema = [
            "a": .text, "b": .rfc3339, "c": .semver, "d": .url, "e": .hash, "f": .spdx, "g": .email, "h": .text,
        ]
        wanted.strictLabels = true
        wanted.noFail = true
        wanted.noColor = true
        #expect(config == wanted)
        #expect(warnings.isEmpty)
    }

    @Test(
        "a file that says nothing changes nothing",
        arguments: [
            "", "\n", "# only a comment\n", "{}\n", "ignored:\n", "ignored: null\n", "ignored: []\n", "override:\n",
            "override: {error: }\n", "override: {error: []}\n", "trustedRegistries: []\n", "label-schema:\n",
            "strict-labels:\n", "failure-threshold: ~\n", "no-fail: false\n", "\u{feff}# comment\n",
        ])
    func nothing(text: String) throws {
        #expect(try Self.parse(text).config == HadolintConfig())
    }

    @Test("none is a threshold, and means ignore")
    func noThreshold() throws {
        #expect(try Self.parse("failure-threshold: none\n").config.failureThreshold == .ignore)
    }

    @Test(
        "values that aren't what they must be are told with their place",
        arguments: [
            ("ignored: DL3000\n", "1:10 'ignored' must be a list, not a single value"),
            ("ignored: {a: b}\n", "1:10 'ignored' must be a list, not a mapping"),
            ("ignored:\n- [DL3000]\n", "2:3 what 'ignored' lists must be single values, not a list"),
            ("override: []\n", "1:11 'override' must be a mapping (key: value), not a list"),
            ("override:\n  error: DL3001\n", "2:10 'error' must be a list, not a single value"),
            ("trustedRegistries: docker.io\n", "1:20 'trustedRegistries' must be a list, not a single value"),
            ("label-schema: {a: foo}\n", "1:16 'foo' is no kind of label, as 'a' is to be"),
            ("label-schema: {a: Text}\n", "1:16 'Text' is no kind of label, as 'a' is to be"),
            ("label-schema: [a]\n", "1:15 'label-schema' must be a mapping, not a list"),
            ("strict-labels: yes\n", "1:16 'strict-labels' must be true or false, not 'yes'"),
            ("strict-labels: \"true\"\n", "1:16 'strict-labels' must be true or false, not 'true'"),
            ("no-fail: 1\n", "1:10 'no-fail' must be true or false, not '1'"),
            ("failure-threshold: Error\n", "1:20 'Error' is no severity"),
            ("failure-threshold: \"\"\n", "1:20 '' is no severity"),
            ("format: JSON\n", "1:9 'JSON' is no output format"),
            ("format: [json]\n", "1:9 'format' must be a single value, not a list"),
            ("[]\n", "1:1 a hadolint config must be a mapping (key: value), not a list"),
            ("ignored: [DL3000]\nignored: [DL3001]\n", "2:1 'ignored' is given twice, first in line 1"),
        ])
    func wrongValues(text: String, wanted: String) {
        #expect(Self.errors(text) == [wanted])
    }

    @Test("all wrong values of a file are told at once, in order")
    func severalErrors() {
        #expect(Self.errors("no-fail: maybe\nformat: xml\nignored: 1\n").map { $0.prefix(3) } == ["1:1", "2:9", "3:1"])
    }

    @Test(
        "keys and codes that don't exist are warnings, as hadolint goes on too",
        arguments: [
            ("trusted-registries: [a]\n", "'trusted-registries' is not a key of a hadolint config"),
            ("override: {ignore: [DL3000]}\n", "'ignore' is not a key of 'override'"),
            ("ignored: [dl3000]\n", "no rule is called 'dl3000'"),
            ("override: {error: [DL30]}\n", "no rule is called 'DL30'"),
        ])
    func warnings(text: String, wanted: String) throws {
        let warnings = try Self.parse(text).warnings
        #expect(warnings.map(\.message) == [wanted])
        #expect(warnings.map(\.severity) == [.warning])
        #expect(warnings[0].span != nil)
    }

    @Test("codes of other programs, and those that were, pass")
    func codes() throws {
        let warnings = try Self.parse("ignored: [SC1091, DL3031, DL4005, DL9999, DL1000]\n").warnings
        #expect(warnings.isEmpty)
    }

    @Test("the environment is read as hadolint reads it")
    func environment() {
        let (config, warnings) = HadolintConfig.parse(environment: [
            "HADOLINT_NOFAIL": "yEs", "NO_COLOR": "", "HADOLINT_VERBOSE": "1", "HADOLINT_FORMAT": "gnu",
            "HADOLINT_FAILURE_THRESHOLD": "none", "HADOLINT_OVERRIDE_ERROR": "DL3020,DL3021",
            "HADOLINT_OVERRIDE_STYLE": "DL3023", "HADOLINT_IGNORE": "DL3000, DL3001,",
            "HADOLINT_TRUSTED_REGISTRIES": "a.io,b.io", "HADOLINT_REQUIRE_LABELS": "y:semver,z,w:,y:url",
            "HADOLINT_STRICT_LABELS": "on", "HADOLINT_DISABLE_IGNORE_PRAGMA": "Y",
        ])
        var wanted = HadolintConfig()
        wanted.noFail = true
        wanted.noColor = true
        wanted.isVerbose = true
        wanted.formats = ["gnu"]
        wanted.failureThreshold = .ignore
        wanted.overrides = [.error: ["DL3020", "DL3021"], .style: ["DL3023"]]
        wanted.ignored = ["DL3000", "DL3001"]
        wanted.trustedRegistries = ["a.io", "b.io"]
        wanted.labelSchema = ["y": .url, "z": .text, "w": .text]
        wanted.strictLabels = true
        wanted.disablesIgnorePragma = true
        #expect(config == wanted)
        #expect(warnings.isEmpty)
    }

    @Test(
        "values of the environment that say nothing are warnings",
        arguments: [
            ("HADOLINT_NOFAIL", "maybe"), ("HADOLINT_FORMAT", "xml"), ("HADOLINT_FAILURE_THRESHOLD", "ERROR"),
            ("HADOLINT_REQUIRE_LABELS", "a:text,b:foo"), ("HADOLINT_STRICT_LABELS", "2"),
        ])
    func oddVariables(name: String, value: String) {
        let (config, warnings) = HadolintConfig.parse(environment: [name: value])
        #expect(config == HadolintConfig())
        #expect(warnings.count == 1)
    }

    @Test("the environment, the file and options are put together as hadolint does")
    func precedence() throws {
        let environment = HadolintConfig.parse(environment: [
            "HADOLINT_FAILURE_THRESHOLD": "style", "HADOLINT_IGNORE": "DL3010", "HADOLINT_OVERRIDE_STYLE": "DL3006",
            "HADOLINT_REQUIRE_LABELS": "x:text", "HADOLINT_NOFAIL": "0",
        ]).config
        let file = try Self.parse(
            "failure-threshold: error\nignored: [DL3000]\noverride: {error: [DL3006]}\nlabel-schema: {x: url}\nno-fail: true\n"
        ).config
        let both = environment.merging(file)
        #expect(both.failureThreshold == .error)
        #expect(both.ignored == ["DL3010", "DL3000"])
        #expect(both.labelSchema == ["x": .text])
        #expect(both.noFail)
        var options = HadolintConfig()
        options.failureThreshold = .info
        options.overrides = [.info: ["DL3006"]]
        let all = both.merging(options)
        #expect(all.failureThreshold == .info)
        var settings = LintSettings()
        all.apply(to: &settings)
        #expect(settings.severities["DL3006"] == .error)
        #expect(settings.ignored == ["DL3010", "DL3000"])
        #expect(settings.readsPragmas)
    }

    @Test(
        "findings at or above the threshold fail the run",
        arguments: [
            (LintSeverity?.none, LintSeverity.info, true), (nil, .style, false), (.error, .warning, false),
            (.error, .error, true), (.style, .style, true), (.ignore, .style, true),
        ])
    func threshold(threshold: LintSeverity?, severity: LintSeverity, fails: Bool) {
        var config = HadolintConfig()
        config.failureThreshold = threshold
        #expect(config.fails(on: severity) == fails)
        config.noFail = true
        #expect(!config.fails(on: severity))
    }

    @Test("the config is looked for where hadolint looks, in its order")
    func search() {
        #expect(
            HadolintConfig.searchPaths(directory: "/w", environment: ["HOME": "/h"]) == [
                "/w/.hadolint.yaml", "/w/.hadolint.yml", "/h/.config/hadolint.yaml", "/h/.config/hadolint.yml",
                "/h/.hadolint/hadolint.yaml", "/h/.hadolint/hadolint.yml", "/h/.hadolint/config.yaml",
                "/h/.hadolint/config.yml", "/h/.hadolint.yaml", "/h/.hadolint.yml",
            ])
        #expect(
            HadolintConfig.searchPaths(directory: "/w", environment: ["HOME": "/h", "XDG_CONFIG_HOME": "/x"])[2...3]
                == ["/x/hadolint.yaml", "/x/hadolint.yml"])
        #expect(
            HadolintConfig.searchPaths(directory: "/w", environment: [:]) == ["/w/.hadolint.yaml", "/w/.hadolint.yml"])
    }

    @Test("hostile files are refused, not followed")
    func hostile() {
        #expect(!Self.errors(String(repeating: "[", count: 10_000)).isEmpty)
        #expect(!Self.errors("ignored: *x\n").isEmpty)
        #expect(!Self.errors("\u{0}\u{1}\n").isEmpty)
        #expect(!Self.errors("ignored: [DL3000\n").isEmpty)
        #expect(!Self.errors("\tignored: [DL3000]\n").isEmpty)
    }
}
