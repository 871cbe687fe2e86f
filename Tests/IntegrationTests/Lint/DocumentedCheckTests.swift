// https://docs.docker.com/reference/build-checks/
import Core
import SampanTestSupport
import Testing

/// The examples with which Docker's pages explain BuildKit's checks, through the commands.
@Suite("BuildKit's checks as their pages show them")
struct DocumentedCheckTests {
    private struct Check: Sendable {
        var name: String
        /// With what the page says is told of it.
        var bad: [(text: String, message: String)]
        var good: [String]
    }

    private static let checks = [
        Check(
            name: "ConsistentInstructionCasing",
            bad: [
                (
                    "FROM alpine\nRun echo hello > /greeting.txt\nEntRYpOiNT [\"cat\", \"/greeting.txt\"]\n",
                    "Command 'EntRYpOiNT' should match the case of the command majority (uppercase)"
                )
            ],
            good: [
                "FROM alpine\nRUN echo hello > /greeting.txt\nENTRYPOINT [\"cat\", \"/greeting.txt\"]\n",
                "from alpine\nrun echo hello > /greeting.txt\nentrypoint [\"cat\", \"/greeting.txt\"]\n",
            ]),
        Check(
            name: "CopyIgnoredFile",
            bad: [
                (
                    "# check=experimental=CopyIgnoredFile\nFROM scratch\nCOPY ./ignored/helloworld.txt /helloworld.txt\n",
                    "Attempting to Copy file \"./ignored/helloworld.txt\" that is excluded by .dockerignore"
                )
            ],
            good: [
                "# check=experimental=CopyIgnoredFile\nFROM scratch\nCOPY ./forever/helloworld.txt /helloworld.txt\n",
                "FROM scratch\nCOPY ./ignored/helloworld.txt /helloworld.txt\n",
            ]),
        Check(
            name: "DuplicateStageName",
            bad: [
                (
                    "FROM debian:latest AS builder\nRUN apt-get update; apt-get install -y curl\n\n"
                        + "FROM golang:latest AS builder\n",
                    "Duplicate stage name \"builder\", stage names should be unique"
                )
            ],
            good: [
                "FROM debian:latest AS deb-builder\nRUN apt-get update; apt-get install -y curl\n\n"
                    + "FROM golang:latest AS go-builder\n"
            ]),
        Check(
            name: "ExposeInvalidFormat",
            bad: [
                (
                    "FROM alpine\nEXPOSE 127.0.0.1:80:80\n",
                    "EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:80:80'"
                ),
                (
                    "FROM alpine\nEXPOSE 80:80\n",
                    "EXPOSE instruction should not define an IP address or host-port mapping, found '80:80'"
                ),
            ], good: ["FROM alpine\nEXPOSE 80\n"]),
        Check(
            name: "ExposeProtoCasing",
            bad: [
                (
                    "FROM alpine\nEXPOSE 80/TcP\n",
                    "Defined protocol '80/TcP' in EXPOSE instruction should be lowercase"
                )
            ], good: ["FROM alpine\nEXPOSE 80/tcp\n"]),
        Check(
            name: "FromAsCasing",
            bad: [("FROM debian:latest as builder\n", "'as' and 'FROM' keywords' casing do not match")],
            good: ["FROM debian:latest AS deb-builder\n", "from debian:latest as deb-builder\n"]),
        Check(
            name: "FromPlatformFlagConstDisallowed",
            bad: [
                (
                    "FROM --platform=linux/amd64 alpine AS base\nRUN apk add --no-cache git\n",
                    "FROM --platform flag should not use constant value \"linux/amd64\""
                )
            ],
            good: [
                "FROM alpine AS base\nRUN apk add --no-cache git\n",
                "FROM --platform=${BUILDPLATFORM} alpine AS base\nRUN apk add --no-cache git\n",
                "FROM --platform=linux/amd64 alpine AS build_amd64\nFROM --platform=linux/arm64 alpine AS build_arm64\n"
                    + "FROM build_${TARGETARCH} AS build\n",
            ]),
        Check(
            name: "InvalidBaseImagePlatform",
            bad: [
                (
                    "FROM --platform=linux/arm64 amd64/debian:12 AS arm64\n",
                    "Base image amd64/debian:12 was pulled with platform \"linux/amd64\", expected \"linux/arm64\" for "
                        + "current build"
                )
            ], good: ["FROM --platform=linux/arm64 debian:12 AS arm64\n"]),
        Check(
            name: "InvalidDefaultArgInFrom",
            bad: [
                (
                    "ARG TAG\nFROM busybox:${TAG}\n",
                    "Default value for ARG busybox:${TAG} results in empty or invalid base image name"
                )
            ],
            good: [
                "ARG TAG=latest\nFROM busybox:${TAG}\n", "ARG VARIANT\nFROM busybox:stable${VARIANT}\n",
                "ARG TAG\nFROM alpine:${TAG:-3.14}\n",
            ]),
        Check(
            name: "InvalidDefinitionDescription",
            bad: [
                (
                    "# check=experimental=all\n\n# a non-descriptive comment\nFROM scratch AS base\n\n"
                        + "# another non-descriptive comment\nARG VERSION=1\n",
                    "Comment for FROM should follow the format: `# base <description>`"
                )
            ],
            good: [
                "# check=experimental=all\n\n# a non-descriptive comment\n\nFROM scratch AS base\n\n"
                    + "# another non-descriptive comment\n\nARG VERSION=1\n",
                "# check=experimental=all\n\n# base is a stage for compiling source\nFROM scratch AS base\n"
                    + "# VERSION This is the version number.\nARG VERSION=1\n",
                "# a non-descriptive comment\nFROM scratch AS base\n",
            ]),
        Check(
            name: "JSONArgsRecommended",
            bad: [
                (
                    "FROM alpine\nENTRYPOINT my-program start\n",
                    "JSON arguments recommended for ENTRYPOINT to prevent unintended behavior related to OS signals"
                )
            ],
            good: [
                "FROM alpine\nENTRYPOINT [\"my-program\", \"start\"]\n",
                "FROM alpine\nRUN apk add bash\nSHELL [\"/bin/bash\", \"-c\"]\nENTRYPOINT echo \"hello world\"\n",
            ]),
        Check(
            name: "LegacyKeyValueFormat",
            bad: [
                (
                    "FROM alpine\nENV DEPS \\\n    curl \\\n    git \\\n    make\n",
                    "\"ENV key=value\" should be used instead of legacy \"ENV key value\" format"
                )
            ],
            good: ["FROM alpine\nENV DEPS=\"\\\n    curl \\\n    git \\\n    make\"\n", "FROM alpine\nARG foo=bar\n"]),
        Check(
            name: "MaintainerDeprecated",
            bad: [
                (
                    "FROM alpine\nMAINTAINER moby@example.com\n",
                    "Maintainer instruction is deprecated in favor of using label"
                )
            ], good: ["FROM alpine\nLABEL org.opencontainers.image.authors=\"moby@example.com\"\n"]),
        Check(
            name: "MultipleInstructionsDisallowed",
            bad: [
                (
                    "FROM alpine\nCMD echo \"Hello, Norway!\"\nCMD echo \"Hello, Sweden!\"\n",
                    "Multiple CMD instructions should not be used in the same stage because only the last one will be used"
                )
            ],
            good: [
                "FROM alpine\nCMD echo \"Hello, Norway!\"; echo \"Hello, Sweden!\"\n",
                "FROM python:alpine\nRUN apk add curl\nHEALTHCHECK --interval=1s --timeout=3s \\\n"
                    + "  CMD curl -f http://localhost:8080 || exit 1\nCMD python -m http.server 8080\n",
            ]),
        Check(
            name: "NoEmptyContinuation",
            bad: [("FROM alpine\nEXPOSE \\\n\n80\n", "Empty continuation line")],
            good: ["FROM alpine\nEXPOSE \\\n# Port\n80\n"]),
        Check(
            name: "RedundantTargetPlatform",
            bad: [
                (
                    "FROM --platform=$TARGETPLATFORM alpine AS builder\nRUN apk add --no-cache git\n",
                    "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior"
                )
            ], good: ["FROM alpine AS builder\nRUN apk add --no-cache git\n"]),
        Check(
            name: "ReservedStageName",
            bad: [
                ("FROM alpine AS scratch\n", "Stage name should not use the same name as reserved stage \"scratch\""),
                ("FROM alpine AS context\n", "Stage name should not use the same name as reserved stage \"context\""),
            ], good: ["FROM alpine AS builder\n"]),
        Check(
            name: "SecretsUsedInArgOrEnv",
            bad: [
                (
                    "FROM scratch\nARG AWS_SECRET_ACCESS_KEY\n",
                    "Do not use ARG or ENV instructions for sensitive data (ARG \"AWS_SECRET_ACCESS_KEY\")"
                )
            ], good: ["FROM scratch\nARG PUBLIC_KEY\n"]),
        Check(
            name: "StageNameCasing",
            bad: [("FROM alpine AS BuilderBase\n", "Stage name 'BuilderBase' should be lowercase")],
            good: ["FROM alpine AS builder-base\n"]),
        Check(
            name: "UndefinedArgInFrom",
            bad: [
                (
                    "FROM node:22${VARIANT} AS jsbuilder\n",
                    "FROM argument 'VARIANT' is not declared"
                )
            ], good: ["ARG VARIANT=\"-alpine3.20\"\nFROM node:22${VARIANT} AS jsbuilder\n"]),
        Check(
            name: "UndefinedVar",
            bad: [
                ("FROM alpine AS base\nCOPY $foo .\n", "Usage of undefined variable '$foo'"),
                (
                    "FROM alpine\nENV PATH=$PAHT:/app/bin\n",
                    "Usage of undefined variable '$PAHT' (did you mean $PATH?)"
                ),
            ], good: ["FROM alpine AS base\nARG foo\nCOPY $foo .\n"]),
        Check(
            name: "WorkdirRelativePath",
            bad: [
                (
                    "FROM nginx AS web\nWORKDIR usr/share/nginx/html\nCOPY public .\n",
                    "Relative workdir \"usr/share/nginx/html\" can have unexpected results if the base image changes"
                )
            ], good: ["FROM nginx AS web\nWORKDIR /usr/share/nginx/html\nCOPY public .\n"]),
    ]

    private static func place() throws -> TemporaryDirectory {
        let place = try TemporaryDirectory("checks")
        for name in ["ignored", "forever"] { try place.file("\(name)/helloworld.txt", "hello\n") }
        try place.file("public/index.html", "")
        try place.file(".dockerignore", "ignored/*\n")
        return place
    }

    /// What is found in many files, each in a build context of this kind: `CODE level: message` by file.
    private static func findings(_ files: [String: String]) throws -> [String: [String]] {
        let place = try place()
        for (name, text) in files { try place.file(name, text) }
        let outcome = try Program.run(
            ["lint", "--no-shellcheck", "--no-fail", "-f", "json", "--context", "."] + files.keys.sorted(),
            environment: [:], directory: place.path)
        #expect(outcome.code == 0, "\(outcome.error)")
        guard case .array(let items) = try OrderedJSON(parsing: Array(outcome.output.utf8)) else { return [:] }
        var out: [String: [String]] = [:]
        for item in items {
            var codes = [item["code"]?.string ?? ""]
            if case .array(let same)? = item["equivalents"] { codes += same.compactMap(\.string) }
            for code in codes {
                out[item["file"]?.string ?? "", default: []].append(
                    "\(code) \(item["level"]?.string ?? ""): \(item["message"]?.string ?? "")")
            }
        }
        return out
    }

    private static func told(_ findings: [String]?, _ name: String) -> [String] {
        (findings ?? []).filter { $0.hasPrefix(name + " ") }
    }

    @Test("all 22 find what is bad, with BuildKit's words, and nothing in what is good")
    func examples() throws {
        #expect(Self.checks.count == 22)
        var files: [String: String] = [:]
        for check in Self.checks {
            for (index, bad) in check.bad.enumerated() { files["\(check.name).bad\(index)"] = bad.text }
            for (index, good) in check.good.enumerated() { files["\(check.name).good\(index)"] = good }
        }
        let found = try Self.findings(files)
        for check in Self.checks {
            for (index, bad) in check.bad.enumerated() {
                let told = Self.told(found["\(check.name).bad\(index)"], check.name)
                #expect(!told.isEmpty, "\(check.name) is silent on\n\(bad.text)")
                // One that hadolint has too is told in hadolint's words.
                let hasTwin = found["\(check.name).bad\(index)"]?.contains { line in
                    line.hasPrefix("DL")
                        && told.contains { $0.split(separator: ":")[1] == line.split(separator: ":")[1] }
                }
                if hasTwin != true { #expect(told.contains { $0.hasSuffix(": " + bad.message) }, "\(told)") }
            }
            for index in check.good.indices {
                #expect(Self.told(found["\(check.name).good\(index)"], check.name) == [], "\(check.good[index])")
            }
        }
    }

    @Test("each can be skipped by its name, and all by 'all'; error=true makes errors of them")
    func options() throws {
        var files: [String: String] = [:]
        for check in Self.checks {
            // Experiments are asked for on the same line.
            let text = check.bad[0].text
            let first = text.hasPrefix("# check=") ? text.prefix { $0 != "\n" }.dropFirst(8) + ";" : ""
            let rest = first.isEmpty ? text : String(text.drop { $0 != "\n" }.dropFirst())
            // An experiment that is asked for runs although it is skipped.
            if first.isEmpty {
                files["\(check.name).skip"] = "# check=skip=\(check.name.lowercased())\n" + rest
                files["\(check.name).all"] = "# check=skip=all\n" + rest
            }
            files["\(check.name).error"] = "# check=\(first)error=true\n" + rest
        }
        let found = try Self.findings(files)
        for check in Self.checks {
            #expect(Self.told(found["\(check.name).skip"], check.name) == [])
            #expect(Self.told(found["\(check.name).all"], check.name) == [])
            let errors =
                Self.told(found["\(check.name).error"], check.name + " error:")
                + Self.told(found["\(check.name).error"], check.name)
            #expect(errors.contains { $0.hasPrefix("\(check.name) error: ") }, "\(check.name): \(errors)")
        }
    }

    @Test("the build argument stands in the place of the file's options, in both commands of build")
    func argument() throws {
        let place = try Self.place()
        try place.file("Dockerfile", "# check=skip=all\nFROM scratch\nMAINTAINER me\nENV A b\n")
        func build(_ arguments: [String]) throws -> Program.Outcome {
            try Program.run(
                ["build", "-o", "type=tar,dest=/dev/null"] + arguments + ["."],
                environment: ["SAMPAN_HOME": place.path("home")], directory: place.path)
        }
        let check = ["--check", "--build-arg"]
        #expect(try !build(["--check"]).output.contains("MaintainerDeprecated"))
        let given = try build(check + ["BUILDKIT_DOCKERFILE_CHECK=skip=LegacyKeyValueFormat"])
        #expect(given.output.contains("MaintainerDeprecated") && !given.output.contains("LegacyKeyValueFormat"))
        #expect(given.code == 1)
        let quiet = try build([])
        #expect(quiet.code == 0 && !quiet.error.contains("warning"), "\(quiet)")
        let strict = try build(["--build-arg", "BUILDKIT_DOCKERFILE_CHECK=skip=LegacyKeyValueFormat;error=true"])
        #expect(strict.code == 1 && strict.error.contains("error: MaintainerDeprecated: "), "\(strict)")
    }
}
