import Core
import DockerfileLint
import Testing

@Suite("Own rules about base images, downloads and steps")
struct ImageRuleTests {
    @Test("they see what they are for, and nothing else", arguments: imageCases + stepCases)
    func holds(_ testCase: OwnRuleCase) { #expect(testCase.foundLines() == testCase.lines) }

    @Test(
        "a release is told by its name, its number or the tag of a language's image",
        arguments: [
            ("debian:10", "Debian 10 has had no security fixes since 2024-06-30"),
            ("docker.io/library/debian:buster-20240612-slim", "Debian 10 has had no security fixes since 2024-06-30"),
            ("mirror.example.com/library/alpine:3.15.4", "Alpine 3.15 has had no security fixes since 2023-11-01"),
            ("python:3.8-alpine", "Python 3.8 has had no security fixes since 2024-10-07"),
            ("python:3.10", "Python 3.10 has had no security fixes since 2026-10-31"),
            ("golang:1.24-alpine", "Go 1.24 has had no security fixes since 2026-02-10"),
            ("golang:1.25.3", "Go 1.25 has had no security fixes since 2026-08-19"),
            ("node:23", "Node.js 23 has had no security fixes since 2025-06-01"),
            ("node:25-slim", "Node.js 25 has had no security fixes since 2026-06-01"),
            ("python:3.13-alpine3.18", "Alpine 3.18 has had no security fixes since 2025-05-09"),
            ("node:20-bookworm", "Node.js 20 has had no security fixes since 2026-04-30"),
            ("golang:1.20.4", "Go 1.20 has had no security fixes since 2024-02-06"),
            ("ubuntu:bionic", "Ubuntu 18.04 has had no security fixes since 2023-05-31"),
            ("postgres:12", "PostgreSQL 12 has had no security fixes since 2024-11-14"),
            (
                "mcr.microsoft.com/dotnet/sdk:6.0-alpine", ".NET 6.0 has had no security fixes since 2024-11-12"
            ),
            ("mcr.microsoft.com/dotnet/aspnet:10.0", nil),
            ("mysql:5.7", "MySQL 5.7 has had no security fixes since 2023-10-31"),
            ("mongo:6.0.4", "MongoDB 6.0 has had no security fixes since 2025-07-31"),
            ("centos:7", "CentOS 7 has had no security fixes since 2024-06-30"),
            ("ruby:2.7.8-slim-buster", "Ruby 2.7 has had no security fixes since 2023-03-31"),
            ("debian:13", nil), ("debian:stable", nil), ("debian", nil), ("python:3", nil), ("python:3.14", nil),
            ("python:3.11", nil), ("golang:1.26", nil), ("golang:1.27", nil), ("node:22", nil), ("node:24", nil),
            ("acme/python:3.8", nil), ("acme/app:1.0-buster", nil), ("alpine:edge", nil), ("ubuntu:26.04", nil),
        ] as [(String, String?)])
    func ends(image: String, message: String?) {
        #expect(OwnRuleCase("SMP2030", "", "FROM \(image)\n").findings().first?.message == message)
    }

    @Test("without a day nothing ends")
    func noDay() {
        #expect(OwnRuleCase("SMP2030", "", "FROM debian:8\n").findings(LintSettings()).isEmpty)
    }

    @Test("a digest is written only when it is given, and behind the tag")
    func digest() {
        var settings = LintSettings()
        let digest = "sha256:" + String(repeating: "ab", count: 32)
        settings.digests["debian:12"] = digest
        let source = SourceFile(name: "Dockerfile", text: "FROM debian:12 AS a\nFROM --platform=$X alpine:3\nFROM a\n")
        let run = FixRun(fixing: source, unsafe: false, settings: settings)
        #expect(
            String(decoding: run.after.bytes, as: UTF8.self).hasPrefix("FROM debian:12@\(digest) AS a\nFROM --platform")
        )
        #expect(run.remaining.filter { $0.code == "SMP2031" }.count == 1)
    }

    private static let imageCases = [
        OwnRuleCase(
            "SMP2031", "scratch, a stage, a digest, an argument",
            "FROM scratch AS a\nFROM a\nFROM b@sha256:1\nFROM $X\n"),
        OwnRuleCase("SMP2032", "http", "FROM a\nADD http://x.test/a.zip /\n", lines: [2]),
        OwnRuleCase("SMP2032", "behind a file", "FROM a\nADD b https://x.test/a.zip /d/\n", lines: [2]),
        OwnRuleCase("SMP2032", "a repository", "FROM a\nADD https://x.test/r.git#v1 /\n"),
        OwnRuleCase("SMP2032", "in a trigger", "FROM a\nONBUILD ADD https://x.test/a /\n", lines: [2]),
        OwnRuleCase("SMP2033", "bash with switches", "FROM a\nRUN curl -s https://x.test | bash -ex\n", lines: [2]),
        OwnRuleCase("SMP2033", "sudo", "FROM a\nRUN wget -qO- https://x.test | sudo -E bash -\n", lines: [2]),
        OwnRuleCase("SMP2033", "with arguments", "FROM a\nRUN curl https://x.test | sh -s -- -y\n", lines: [2]),
        OwnRuleCase("SMP2033", "a filter between", "FROM a\nRUN curl https://x.test | sed s/a/b/ | sh\n", lines: [2]),
        OwnRuleCase("SMP2033", "python", "FROM a\nRUN curl https://x.test/get-pip.py | python3 -\n", lines: [2]),
        OwnRuleCase("SMP2033", "tar", "FROM a\nRUN curl https://x.test/a.tgz | tar xz\n"),
        OwnRuleCase("SMP2033", "a script of its own", "FROM a\nRUN curl https://x.test/a | sh ./read.sh\n"),
        OwnRuleCase("SMP2033", "one after the other", "FROM a\nRUN curl -O https://x.test/a && sh a\n"),
        OwnRuleCase("SMP2033", "in a here-document", "FROM a\nRUN <<E\ncurl https://x.test | sh\nE\n", lines: [3]),
    ]

    private static let stepCases = [
        OwnRuleCase("SMP2040", "export", "FROM a\nRUN export A=1\n", lines: [2]),
        OwnRuleCase("SMP2040", "two of them", "FROM a\nRUN cd /x && export A=1\n", lines: [2]),
        OwnRuleCase("SMP2040", "used at once", "FROM a\nRUN cd /x && make\n"),
        OwnRuleCase("SMP2040", "something is run for a value", "FROM a\nRUN export A=$(make)\n"),
        OwnRuleCase("SMP2040", "a file is written", "FROM a\nRUN export > /env\n"),
        OwnRuleCase("SMP2041", "alone", "FROM a\nRUN apt-get update -q\nRUN apt-get install -y b\n", lines: [2]),
        OwnRuleCase("SMP2041", "with install", "FROM a\nRUN apt-get update && apt-get install -y b\n"),
        OwnRuleCase(
            "SMP2041", "the lists are a cache", "FROM a\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\n"),
        OwnRuleCase(
            "SMP2042", "JSON form", "FROM alpine:3.22\nHEALTHCHECK CMD [\"curl\", \"-f\", \"http://l/\"]\n", lines: [2]),
        OwnRuleCase("SMP2042", "BusyBox has wget", "FROM alpine:3.22\nHEALTHCHECK CMD wget -q http://l/\n"),
        OwnRuleCase("SMP2042", "installed", "FROM alpine:3.22\nRUN apk add curl\nHEALTHCHECK CMD curl -f http://l/\n"),
        OwnRuleCase("SMP2042", "a big image", "FROM node:22\nHEALTHCHECK CMD curl -f http://l/\n"),
        OwnRuleCase("SMP2042", "who knows", "FROM debian:12\nRUN ./setup\nHEALTHCHECK CMD curl -f http://l/\n"),
        OwnRuleCase("SMP2043", "in the other order", "FROM a\nCMD [\"x\"]\nENTRYPOINT y\n", lines: [2]),
        OwnRuleCase("SMP2043", "arguments are passed on", "FROM a\nENTRYPOINT y \"$@\"\nCMD [\"x\"]\n"),
        OwnRuleCase("SMP2043", "in another stage", "FROM a\nCMD [\"x\"]\nFROM b\nENTRYPOINT y\n"),
    ]
}
