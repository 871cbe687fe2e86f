import Archive
import Core
import HostOS
import SampanTestSupport
import Testing

/// Formats as their readers ask for them, read by another reader than ours.
@Suite("verdicts for other programs")
struct CheckFormatTests {
    // https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
    // https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    // https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
    private static let reader = #"""
        import json, re, sys
        import xml.etree.ElementTree as xml

        place = sys.argv[1]
        count = int(sys.argv[2])
        texts = {name: open(f"{place}/{name}", encoding="utf-8").read() for name in ("sarif", "gitlab", "junit", "json")}
        for text in texts.values():
            assert not re.search("[\0-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufffe\uffff\U000e0000-\U000e0fff]", text)
        path = re.compile(r"(?!/|[a-z]+:|\.\.?/)[^\\]+")

        sarif = json.loads(texts["sarif"])
        assert sarif["version"] == "2.1.0" and len(sarif["runs"]) == 1
        run = sarif["runs"][0]
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert len(set(rules)) == len(rules) and run["tool"]["driver"]["name"] == "sampan"
        for rule in run["tool"]["driver"]["rules"]:
            assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"] and rule["help"]["text"]
        assert len(run["results"]) == count, len(run["results"])
        for result in run["results"]:
            assert result["ruleId"] == rules[result["ruleIndex"]] and result["message"]["text"]
            assert result["level"] in ("error", "warning", "note")
            assert len(result["locations"]) == 1
            physical = result["locations"][0]["physicalLocation"]
            uri = physical["artifactLocation"]["uri"]
            assert path.fullmatch(uri) and re.fullmatch(r"([A-Za-z0-9._~/@-]|%[0-9A-F]{2})+", uri), uri
            assert 1 <= physical["region"]["startLine"] <= physical["region"]["endLine"]
        prints = {tuple(result["partialFingerprints"].items()) for result in run["results"]}
        assert len(prints) == count

        gitlab = json.loads(texts["gitlab"])
        assert len({item["fingerprint"] for item in gitlab}) == len(gitlab) == count
        for item in gitlab:
            assert item["description"] and item["check_name"] in rules
            assert item["severity"] in ("info", "minor", "major", "critical", "blocker")
            assert path.fullmatch(item["location"]["path"]) and item["location"]["lines"]["begin"] >= 1

        suites = xml.fromstring(texts["junit"].encode())
        assert suites.tag == "testsuites" and len(suites) == 1
        cases = suites[0].findall("testcase")
        assert [child.tag for child in suites[0]] == ["properties"] + ["testcase"] * len(cases)
        for suite in (suites, suites[0]):
            assert int(suite.get("tests")) == len(cases) and suite.get("errors") == "0" and suite.get("name")
            assert int(suite.get("failures")) == len([case for case in cases if case.find("failure") is not None])
        for case in cases:
            assert case.get("name") and case.get("classname") and case.get("time") == "0"
            assert {child.tag for child in case} <= {"failure", "system-out"} and len(case.findall("failure")) < 2
            for failure in case.findall("failure"):
                assert failure.get("message") and failure.get("type") and failure.text
        """#

    /// Judges in every format, and has the results read.
    private func read(_ work: Workspace, _ arguments: [String], findings: Int, code: Int32) throws {
        for format in ["sarif", "gitlab", "junit", "json", "markdown", "table"] {
            let outcome = try work.run(["check", "-q", "--format", format] + arguments)
            #expect(outcome.code == code && outcome.error.isEmpty, "\(outcome)")
            #expect(InspectionSample.isSafe(outcome.output), "\(format): \(outcome.output.debugDescription)")
            try work.place.file(format, outcome.output)
        }
        let script = try work.place.file("reader.py", Self.reader)
        let said = try Shell.run("/usr/bin/python3 '\(script)' '\(work.place.path)' \(findings) 2>&1 || true")
        #expect(said.isEmpty, "\(said)")
    }

    @Test("a good image and a bad one")
    func formats() throws {
        let work = try Workspace("check-formats")
        try work.file("a", "a\n")
        try work.place.file(
            "sampan.yaml",
            """
            policy:
              size:
                max: 1MB
              user: true
              setuid: true
              world-writable:
                mode: warn
              healthcheck: true
              exceptions:
                - {rule: healthcheck, reason: "one | two `three` <four>", owner: me, expires: 2199-12-31}

            """)
        try work.image(
            "FROM scratch\nCOPY --chmod=755 a /a\nHEALTHCHECK CMD [\"/a\"]\nUSER 1\n", ["-t", "good:1"])
        // The exception is needed by nothing.
        try read(work, ["good:1"], findings: 1, code: 0)
        try work.image("FROM scratch\nCOPY --chmod=6777 a /a\nCOPY --chmod=6777 a /b\n", ["-t", "bad:1"])
        try read(work, ["bad:1"], findings: 6, code: 1)
        // A path that no relative one leads to, and characters that a URI has not.
        try work.place.directory("a b#c")
        try Shell.run("cp -r '\(work.context)/.' '\(work.place.path)/a b#c'")
        try work.succeed(["build", "-q", "-t", "bad:2", "\(work.place.path)/a b#c"])
        try read(work, ["bad:2"], findings: 6, code: 1)
        let sarif = try work.run("check", "-q", "bad:2", "--format", "sarif").output
        #expect(sarif.contains("\"a%20b%23c/Dockerfile\""), "\(sarif)")
    }

    @Test("names that mean to harm, without a Dockerfile, without a file of the policy")
    func hostile() throws {
        let sample = try InspectionSample("check-hostile")
        try sample.addHostile()
        let arguments = [sample.name("evil")] + sample.options
        // What the base is and how old, the context, the user, eight names for one content, no program.
        try read(sample.work, arguments + ["--profile", "delivery"], findings: 6, code: 1)
        try sample.work.place.file("sampan.yaml", "policy:\n  files:\n    forbidden: [/*]\n")
        try read(sample.work, arguments, findings: 2 * InspectionSample.hostileNames.count, code: 1)
        // Nor does a policy get them that is made from it.
        let path = sample.work.place.path("draft.yaml")
        try sample.work.succeed(["check", "-q", "--init", "--policy", path] + arguments)
        #expect(InspectionSample.isSafe(String(decoding: try WholeFile.read(path), as: UTF8.self)))
        #expect(try sample.work.run(["check", "-q", "--policy", path] + arguments).code == 0)
    }

    @Test(
        "a policy that means to harm is refused with its line",
        arguments: [
            ("policy:\n  sise:\n    max: 1MB\n", ":2:3", "did you mean 'size'?"),
            ("policy:\n  size:\n    max: 99999999999999999999MB\n", ":3:10", "is not understood as 'max'"),
            ("policy:\n  size: {max: 1MB}\n  size: {max: 2MB}\n", ":3:3", "size"),
            ("policy:\n  files:\n    forbidden: ['[']\n", ":3:", "is not a pattern of paths"),
            ("policy:\n  files:\n    forbidden: [../../etc/passwd]\n", ":3:", "is not a pattern of paths"),
            ("policy: &a [*a, *a]\n", ":1:", "error"), ("policy:\n  mode: \u{1b}[2J\n", ":2:", "error"),
            ("policy:\n  mode: \"\\e[2J\\u202e\"\n", ":2:9", "is not a 'mode'"),
            ("policy:\n  profile: ../delivery\n", ":2:12", "there is no profile"),
            ("policy:\n  exceptions:\n    - {rule: size}\n", ":3:", "expires"),
            (
                "policy:\n  exceptions: [{rule: size, reason: x, owner: x, expires: 2030-02-30}]\n", ":2:",
                "is not a day"
            ),
            ("policy:\n" + String(repeating: "  'x\u{0}': 1\n", count: 10), ":2:", "error"),
        ])
    func policies(text: String, line: String, message: String) throws {
        try refuse(text, line, message)
    }

    @Test("so is one that would fill the memory", arguments: [("[", 100_000, ":1:"), ("a: &a b\n", 200_000, "")])
    func bombs(piece: String, count: Int, line: String) throws {
        try refuse(String(repeating: piece, count: count), line, "error")
    }

    private func refuse(_ text: String, _ line: String, _ message: String) throws {
        let work = try Workspace("check-policy")
        try work.file("a", "a\n")
        try work.image("FROM scratch\nCOPY a /a\n", ["-t", "web:1"])
        try work.place.file("sampan.yaml", text)
        let outcome = try work.run("check", "-q", "web:1")
        #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.error.contains("sampan.yaml" + line), "\(outcome.error.prefix(2000))")
        #expect(outcome.error.contains(message), "\(outcome.error.prefix(2000))")
        let isSafe = outcome.error.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x0a }
        #expect(isSafe, "\(outcome.error.debugDescription.prefix(2000))")
    }
}
