import Core
import DockerfileSyntax
import Testing

@testable import DockerfileLint

@Suite("BuildKit's checks")
struct BuildCheckTests {
    static func findings(_ text: String, files: [String: String] = [:], checks: String? = nil) throws -> [Finding] {
        var settings = LintSettings()
        settings.checks = try checks.map { try CheckOptions(parsing: $0) }
        let file = LintFile(
            parsing: SourceFile(name: "Dockerfile", text: text), settings: settings, project: MemoryProject(files))
        return Linter.lint(file, rules: RuleSet.buildChecks).filter { $0.code != "DL1000" }
    }

    /// `line Code` of each finding.
    static func codes(_ text: String, files: [String: String] = [:], checks: String? = nil) throws -> [String] {
        let source = SourceFile(name: "Dockerfile", text: text)
        return try findings(text, files: files, checks: checks).map {
            "\(source.position(at: $0.range.start).line) \($0.code)"
        }
    }

    static func fixed(_ text: String, unsafe: Bool = false) -> String {
        var settings = LintSettings()
        for rule in RuleSet.all where rule.info.origin != .buildkit { settings.severities[rule.info.code] = .ignore }
        let run = FixRun(
            fixing: SourceFile(name: "Dockerfile", text: text), unsafe: unsafe, settings: settings)
        return String(decoding: run.after.bytes, as: UTF8.self)
    }

    @Test(
        "each check finds what it is for, and nothing else",
        arguments: [
            ("FROM alpine AS Builder\n", ["1 StageNameCasing"]),
            ("FROM alpine AS builder-2\n", []),
            ("FROM alpine as a\n", ["1 FromAsCasing"]),
            ("from alpine AS a\n", ["1 FromAsCasing"]),
            ("from alpine as a\nrun x\n", []),
            ("FROM alpine As a\n", ["1 FromAsCasing"]),
            ("From alpine AS a\nRUN a\n", ["1 ConsistentInstructionCasing"]),
            ("FROM alpine\nRUN a && \\\n\n  b\n", ["3 NoEmptyContinuation"]),
            ("FROM alpine\nRUN a && \\\n# why\n  b\n", []),
            ("FROM alpine\nRUN <<E\na\n\nb\nE\n", []),
            ("FROM alpine\nRUN a\nrun b\n", ["3 ConsistentInstructionCasing"]),
            ("from alpine\nrun a\nRUN b\n", ["3 ConsistentInstructionCasing"]),
            ("FROM alpine\nrun a\n", ["2 ConsistentInstructionCasing"]),
            ("arg A=1\nFROM alpine\nRUN a\n", []),
            ("FROM alpine\nRun a\nCOPY . .\n", ["2 ConsistentInstructionCasing"]),
            ("FROM alpine AS a\nFROM busybox AS A\n", ["2 StageNameCasing", "2 DuplicateStageName"]),
            ("FROM alpine AS scratch\n", ["1 ReservedStageName"]),
            ("FROM alpine AS context\n", ["1 ReservedStageName"]),
            ("FROM alpine\nCMD echo hi\n", ["2 JSONArgsRecommended"]),
            ("FROM alpine\nENTRYPOINT /app $X\n", ["2 JSONArgsRecommended"]),
            ("FROM alpine\nCMD [\"a\"]\nENTRYPOINT [\"b\"]\n", []),
            ("FROM alpine\nCMD [a]\n", ["2 JSONArgsRecommended"]),
            ("FROM alpine\nSHELL [\"/bin/bash\", \"-c\"]\nCMD echo hi\n", []),
            ("FROM alpine AS a\nSHELL [\"/bin/bash\", \"-c\"]\nFROM a\nCMD echo hi\n", []),
            ("FROM alpine\nHEALTHCHECK CMD echo hi\nRUN echo\n", []),
            ("FROM alpine\nMAINTAINER me\n", ["2 MaintainerDeprecated"]),
            ("FROM alpine:$TAG\n", ["1 UndefinedArgInFrom", "1 InvalidDefaultArgInFrom"]),
            ("FROM ${IMAGE:-alpine}\n", []),
            ("FROM --platform=$BUILDPLATFORM alpine\nFROM --platform=$TARGETOS/$TARGETARCH alpine\n", []),
            ("FROM --platform=$BUILDPLTFORM alpine\n", ["1 UndefinedArgInFrom"]),
            ("ARG TAG\nFROM alpine:$TAG\n", ["2 InvalidDefaultArgInFrom"]),
            ("ARG TAG=\"3\"\nFROM alpine:$TAG\n", []),
            ("ARG A=alpine\nARG B=$A:3\nFROM $B\n", []),
            ("ARG V\nFROM nginx:stable${V}\n", []),
            ("ARG V\nFROM $V\n", ["2 InvalidDefaultArgInFrom"]),
            ("FROM alpine\nWORKDIR app\n", ["2 WorkdirRelativePath"]),
            ("FROM alpine\nWORKDIR /app\nWORKDIR sub\n", []),
            ("FROM alpine\nWORKDIR app\nWORKDIR sub\n", ["2 WorkdirRelativePath"]),
            ("FROM scratch\nWORKDIR app\n", []),
            ("FROM alpine AS a\nWORKDIR /x\nFROM a\nWORKDIR y\n", []),
            ("FROM alpine\nENV D=/x\nWORKDIR $D\n", []),
            ("FROM alpine\nENV D=x\nWORKDIR $D\n", ["3 WorkdirRelativePath"]),
            ("FROM alpine\nARG D\nWORKDIR $D\n", []),
            ("FROM alpine\nCOPY $foo .\n", ["2 UndefinedVar"]),
            ("FROM alpine\nARG foo\nCOPY $foo .\n", []),
            ("ARG foo=1\nFROM alpine\nCOPY $foo .\n", ["3 UndefinedVar"]),
            ("FROM alpine\nENV PATH=$PAHT:/x\n", ["2 UndefinedVar"]),
            ("FROM alpine\nCOPY ${foo:-a} ${bar+b} .\n", []),
            ("FROM alpine\nRUN echo $foo\n", []),
            ("FROM alpine\nRUN --mount=type=cache,id=$foo,target=/x echo $bar\n", ["2 UndefinedVar"]),
            ("FROM alpine\nARG foo\nCOPY --chown=$foo:$bar a /\n", ["3 UndefinedVar"]),
            ("FROM alpine\nENV a=1 b=$a\n", ["2 UndefinedVar"]),
            ("FROM alpine AS x\nENV a=1\nFROM x\nENV b=$a\n", []),
            ("FROM alpine AS x\nARG a=1\nFROM x\nENV b=$a\n", ["4 UndefinedVar"]),
            ("FROM golang\nENV PATH=$PATH:$GOPATH/bin\n", []),
            ("FROM example.com/jdk\nENV PATH=$PATH:$JAVA_HOME/bin\n", []),
            ("FROM alpine\nENV P=$JAVA_HOME/bin\n", ["2 UndefinedVar"]),
            ("FROM alpine\nCOPY '$foo' \\$bar /\nENV X=$HTTP_PROXY\n", []),
            ("FROM alpine\nCMD [\"a\"]\nCMD [\"b\"]\n", ["2 MultipleInstructionsDisallowed"]),
            ("FROM alpine\nCMD [\"a\"]\nFROM alpine\nCMD [\"b\"]\n", []),
            (
                "FROM alpine\nHEALTHCHECK NONE\nHEALTHCHECK NONE\nHEALTHCHECK NONE\n",
                ["2 MultipleInstructionsDisallowed", "3 MultipleInstructionsDisallowed"]
            ),
            ("FROM alpine\nENV a b\n", ["2 LegacyKeyValueFormat"]),
            ("FROM alpine\nLABEL a b c\n", ["2 LegacyKeyValueFormat"]),
            ("FROM alpine\nENV a=b c=d\n", []),
            ("FROM --platform=${TARGETPLATFORM} alpine\n", ["1 RedundantTargetPlatform"]),
            ("FROM --platform=$TARGETPLATFORM/v8 alpine\n", []),
            ("FROM --platform=linux/amd64 alpine\n", ["1 FromPlatformFlagConstDisallowed"]),
            ("FROM --platform=linux/amd64 alpine AS build_amd64\n", []),
            ("FROM --platform=windows/amd64 x AS windows\n", []),
            (
                "FROM alpine\nARG API_KEY token\nENV Github_Token=x\n",
                ["2 SecretsUsedInArgOrEnv", "2 SecretsUsedInArgOrEnv", "3 SecretsUsedInArgOrEnv"]
            ),
            ("ARG TOKEN\nFROM alpine\nARG PUBLIC_KEY KEYBOARD MONKEY\nENV DB_PASSWORD_FILE=/x AUTH_VERSION=1\n", []),
            ("FROM alpine\nEXPOSE 80/TCP 443/tcp 53/udp\n", ["2 ExposeProtoCasing"]),
            ("FROM alpine\nEXPOSE 80:80 8080\n", ["2 ExposeInvalidFormat"]),
            ("FROM alpine\nEXPOSE [::1]:80:80/tcp\n", ["2 ExposeInvalidFormat"]),
            ("FROM alpine\nARG PORT\nEXPOSE $PORT\nEXPOSE ${PORT:-80}\n", []),
            ("FROM --platform=linux/arm64 amd64/alpine AS x_arm64\n", ["1 InvalidBaseImagePlatform"]),
            ("FROM --platform=linux/amd64 amd64/alpine AS x_amd64\n", []),
            ("# about it\nFROM alpine AS a\n", []),
            ("FROM alpine\nONBUILD MAINTAINER x\nONBUILD CMD x\n", []),
        ])
    func table(text: String, expected: [String]) throws {
        #expect(try Self.codes(text).sorted() == expected.sorted())
    }

    @Test(
        "messages are BuildKit's",
        arguments: [
            ("FROM alpine AS Base\n", "Stage name 'Base' should be lowercase"),
            ("FROM alpine as base\n", "'as' and 'FROM' keywords' casing do not match"),
            (
                "FROM alpine\nRUN a\nworkdir /a\n",
                "Command 'workdir' should match the case of the command majority (uppercase)"
            ),
            ("FROM alpine AS a\nFROM alpine AS a\n", "Duplicate stage name \"a\", stage names should be unique"),
            ("ARG VERSION=1\nFROM a:x$VERSON\n", "FROM argument 'VERSON' is not declared (did you mean VERSION?)"),
            ("FROM alpine\nENV PATH=$PAHT\n", "Usage of undefined variable '$PAHT' (did you mean $PATH?)"),
            ("FROM alpine\nENV a b\n", "\"ENV key=value\" should be used instead of legacy \"ENV key value\" format"),
            (
                "FROM alpine\nCMD x\n",
                "JSON arguments recommended for CMD to prevent unintended behavior related to OS signals"
            ),
            (
                "FROM alpine\nCMD [\"x\"]\nCMD [\"x\"]\n",
                "Multiple CMD instructions should not be used in the same stage because only the last one will be used"
            ),
            ("ARG T\nFROM b:${T}\n", "Default value for ARG b:${T} results in empty or invalid base image name"),
            (
                "FROM alpine\nARG API_KEY\n",
                "Do not use ARG or ENV instructions for sensitive data (ARG \"API_KEY\")"
            ),
        ])
    func messages(text: String, message: String) throws {
        #expect(try Self.findings(text).map(\.message) == [message])
    }

    @Test("experiments run when they are asked for")
    func experiments() throws {
        let text = "# notes\nFROM alpine AS a\n# x y\nARG x\nCOPY tmp/a b /\n"
        let files = [".dockerignore": "tmp\n"]
        #expect(try Self.codes(text, files: files).isEmpty)
        #expect(
            try Self.codes(text, files: files, checks: "skip=all;experimental=all") == [
                "1 InvalidDefinitionDescription", "5 CopyIgnoredFile",
            ])
        #expect(
            try Self.codes("# check=experimental=CopyIgnoredFile\n" + text, files: files) == ["6 CopyIgnoredFile"])
        #expect(
            try Self.codes(text, files: [".dockerignore": "tmp\n!tmp/a\n"], checks: "experimental=CopyIgnoredFile")
                == [])
    }
}
