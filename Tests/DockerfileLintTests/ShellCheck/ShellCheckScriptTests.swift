import Core
import Testing

@testable import DockerfileLint

@Suite("scripts for shellcheck")
struct ShellCheckScriptTests {
    private static func scripts(_ text: String) -> [ShellCheckScript] {
        LintFile(parsing: SourceFile(name: "Dockerfile", text: text)).shellCheckScripts
    }

    private static func lines(_ script: ShellCheckScript) -> [String] {
        String(decoding: script.text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    @Test(
        "the shell is what SHELL, a parent stage, a pragma or the script's own first line says",
        arguments: [
            ("FROM a\nRUN ls\n", "#!/bin/sh"),
            ("FROM a\nSHELL [\"/bin/bash\", \"-c\"]\nRUN ls\n", "#!/bin/bash"),
            ("FROM a\nSHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]\nRUN ls\n", "#!/bin/bash -e"),
            ("FROM a\nSHELL [\"bash\", \"-o\", \"errexit\", \"-c\"]\nRUN ls\n", "#!/bin/bash -e"),
            ("FROM a\nSHELL [\"/usr/bin/env\", \"bash\", \"-c\"]\nRUN ls\n", "#!/usr/bin/bash"),
            ("FROM a AS x\nSHELL [\"/bin/bash\", \"-c\"]\nFROM x AS y\nFROM y\nRUN ls\n", "#!/bin/bash"),
            ("FROM a AS x\nSHELL [\"/bin/bash\", \"-c\"]\nFROM b\nRUN ls\n", "#!/bin/sh"),
            ("FROM a\n# hadolint shell=bash\nRUN ls\n", "#!/bin/bash"),
            ("# hadolint shell=bash\nFROM a\nFROM b\nRUN ls\n", "#!/bin/bash"),
            ("FROM a\nSHELL [\"/bin/bash\", \"-c\"]\nONBUILD RUN ls\n", "#!/bin/sh"),
            ("FROM a\nRUN <<EOF\n#!/bin/bash\nls\nEOF\n", "#!/bin/bash"),
            ("FROM a\nRUN <<EOF\n#!/usr/bin/env -S bash -e\nls\nEOF\n", "#!/usr/bin/bash -e"),
        ])
    func shells(text: String, shebang: String) throws {
        let script = try #require(Self.scripts(text).first)
        #expect(Self.lines(script)[0] == shebang)
        #expect(Self.lines(script)[2] == "ls")
    }

    @Test(
        "nothing is sent that no POSIX shell runs",
        arguments: [
            "FROM a\nSHELL [\"pwsh\", \"-c\"]\nRUN Get-Item\n", "FROM a\nRUN [\"ls\", \"$x\"]\n",
            "FROM a\nSHELL [\"/bin/zsh\", \"-c\"]\nRUN ls\n", "FROM a\n# hadolint shell=powershell.exe\nRUN ls\n",
            "FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF\n", "FROM a\nCMD ls\n", "", "FROM a\nRUN \\\n",
        ])
    func silent(text: String) {
        #expect(Self.scripts(text).isEmpty)
    }

    @Test(
        "variables of ENV and ARG are exported where they hold",
        arguments: [
            ("FROM a\nENV b=1 \"c\"=2\nARG d\nRUN ls\n", ["b", "c", "d"]),
            ("ARG b\nFROM a\nRUN ls\n", []),
            ("FROM a AS x\nENV b=1\nFROM x\nRUN ls\n", ["b"]),
            ("FROM a AS x\nENV b=1\nFROM c\nRUN ls\n", []),
            ("FROM a\nONBUILD ENV b=1\nRUN ls\n", []),
            ("FROM a\nENV b=1\nONBUILD ENV c=1\nONBUILD RUN ls\n", ["c"]),
            ("FROM a\nENV 9=1 x.y=2 $z=3\nRUN ls\n", []),
            ("FROM a\nRUN ls\nENV b=1\n", []),
        ] as [(String, [String])])
    func variables(text: String, names: [String]) throws {
        let script = try #require(Self.scripts(text).first)
        let exported = Self.lines(script)[1].split(separator: " ").dropFirst().map { $0.dropLast(2) }
        #expect(exported.first == "HTTP_PROXY" && exported.count >= 8)
        #expect(exported.dropFirst(8).map(String.init) == names)
    }

    @Test("continuations and comments are gone, line ends of Windows are line ends")
    func texts() throws {
        let joined = try #require(Self.scripts("FROM a\nRUN --network=none ls \\\n# no\n  -l\n").first)
        #expect(Self.lines(joined)[2...] == ["ls   -l", ""])
        let windows = try #require(Self.scripts("FROM a\r\nRUN <<EOF\r\nls\r\ncd x\r\nEOF\r\n").first)
        #expect(Self.lines(windows)[2...] == ["ls ", "cd x ", ""])
    }

    private static func report(line: Int, _ columns: Range<Int>, fix: String = "null") throws -> ShellCheckReport {
        let text = """
            {"comments":[{"file":"0","line":\(line),"endLine":\(line),"column":\(columns.lowerBound),
            "endColumn":\(columns.upperBound),"level":"info","code":2086,"message":"Double quote it.","fix":\(fix)}]}
            """
        return try #require(ShellCheckReport(parsing: Array(text.utf8)))
    }

    private static func quoting(line: Int, _ columns: Range<Int>) -> String {
        func part(_ column: Int) -> String {
            """
            {"line":\(line),"endLine":\(line),"column":\(column),"endColumn":\(column),"precedence":7,
            "insertionPoint":"beforeStart","replacement":"\\""}
            """
        }
        return "{\"replacements\":[\(part(columns.lowerBound)),\(part(columns.upperBound))]}"
    }

    @Test(
        "findings and fixes are told at their place in the Dockerfile",
        arguments: [
            ("FROM a\nRUN é $x\n", 3, 3..<5, "$x", "FROM a\nRUN é \"$x\"\n"),
            ("FROM a\nRUN ls && \\\n # no\n  ls $x\n", 3, 12..<14, "$x", "FROM a\nRUN ls && \\\n # no\n  ls \"$x\"\n"),
            ("FROM a\nRUN <<EOF\nls\nls $x\nEOF\n", 4, 4..<6, "$x", "FROM a\nRUN <<EOF\nls\nls \"$x\"\nEOF\n"),
            (
                "FROM a\nRUN <<EOF\n#!/bin/sh\nls $x\nEOF\n", 3, 4..<6, "$x",
                "FROM a\nRUN <<EOF\n#!/bin/sh\nls \"$x\"\nEOF\n"
            ),
            ("FROM a\nONBUILD RUN ls $x\n", 3, 4..<6, "$x", "FROM a\nONBUILD RUN ls \"$x\"\n"),
        ])
    func places(text: String, line: Int, columns: Range<Int>, part: String, fixed: String) throws {
        let source = SourceFile(name: "Dockerfile", text: text)
        let file = LintFile(parsing: source)
        let script = try #require(file.shellCheckScripts.first)
        let report = try Self.report(line: line, columns, fix: Self.quoting(line: line, columns))
        let findings = script.findings(report, named: "0", in: file)
        let finding = try #require(findings.first)
        #expect(finding.code == "SC2086" && finding.severity == .info && finding.message == "Double quote it")
        #expect(source.text(finding.range) == part)
        #expect(finding.fix?.isSafe == false)
        let result = try #require(ShellCheckFixes.apply(findings, to: file))
        #expect(String(decoding: result.source.bytes, as: UTF8.self) == fixed)
        #expect(script.findings(report, named: "1", in: file).isEmpty)
    }

    @Test("what is said about the lines before the script is told of the instruction; nonsense does no harm")
    func strange() throws {
        let file = LintFile(parsing: SourceFile(name: "Dockerfile", text: "FROM a\nRUN ls\n"))
        let script = try #require(file.shellCheckScripts.first)
        let first = script.findings(try Self.report(line: 1, 1..<2), named: "0", in: file)
        #expect(first.map(\.range) == [SourceRange(7, 10)])
        for (line, columns) in [(99, 1..<2), (3, 500..<900), (4, 7..<9)] {
            let findings = script.findings(
                try Self.report(line: line, columns, fix: Self.quoting(line: line, columns)), named: "0", in: file)
            #expect(findings.count == 1)
            #expect(findings[0].range.end <= file.source.bytes.count)
        }
        #expect(ShellCheckReport(parsing: []) == nil)
        #expect(ShellCheckReport(parsing: Array("{\"comments\":1}".utf8)) == nil)
        #expect(ShellCheckReport(parsing: Array("{\"comments\":[1,{\"file\":2}]}".utf8))?.comments.isEmpty == true)
    }

    @Test("settings and pragmas hold for what shellcheck finds")
    func settings() throws {
        func codes(_ text: String, _ change: (inout LintSettings) -> Void = { _ in }) throws -> [String] {
            var settings = LintSettings()
            change(&settings)
            let file = LintFile(parsing: SourceFile(name: "Dockerfile", text: text), settings: settings)
            let script = try #require(file.shellCheckScripts.first)
            let found = script.findings(try Self.report(line: 3, 1..<3), named: "0", in: file)
            return Linter.lint(file, with: found).filter { $0.code.hasPrefix("SC") }.map { $0.severity.rawValue }
        }
        #expect(try codes("FROM a\nRUN ls\n") == ["info"])
        #expect(try codes("FROM a\n# hadolint ignore=SC2086\nRUN ls\n") == [])
        #expect(try codes("FROM a\nRUN ls\n") { $0.ignored = ["SC2086"] } == [])
        #expect(try codes("FROM a\nRUN ls\n") { $0.severities["SC2086"] = .error } == ["error"])
        #expect(try codes("FROM a\nRUN ls\n") { $0.severities["SC2086"] = .ignore } == [])
    }
}
