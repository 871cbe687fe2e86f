import Core
import Testing

@testable import DockerfileLint

@Suite("Fixes of instructions")
struct InstructionFixTests {
    private static func fix(_ text: String, _ codes: [String], unsafe: Bool) -> String {
        var settings = LintSettings()
        for rule in RuleSet.all where !codes.contains(rule.info.code) { settings.severities[rule.info.code] = .ignore }
        let source = SourceFile(name: "Dockerfile", text: text)
        let run = FixRun(fixing: source, unsafe: unsafe, settings: settings)
        let again = FixRun(fixing: run.after, unsafe: unsafe, settings: settings)
        #expect(again.applied.isEmpty)
        return String(decoding: run.after.bytes, as: UTF8.self)
    }

    @Test(
        "a safe fix edits what it must and nothing else",
        arguments: [
            // CMD and ENTRYPOINT
            (
                "DL3025", "CMD foo \\\n  --bar \"x y\" \\\n  # c\n  z\\ w\n",
                "CMD [\"foo\", \\\n  \"--bar\", \"x y\", \\\n  # c\n  \"z w\"]\n"
            ),
            ("DL3025", "CMD exec foo bar\nEXPOSE 80\n", "CMD [\"foo\", \"bar\"]\nEXPOSE 80\n"),
            ("DL3025", "CMD foo 'a\"b\\c' é \"\"\n", "CMD [\"foo\", \"a\\\"b\\\\c\", \"é\", \"\"]\n"),
            ("DL3025", "entrypoint foo foo\r\n", "entrypoint [\"foo\", \"foo\"]\r\n"),
            (
                "DL3025", "HEALTHCHECK --interval=5s CMD \\\n  foo \"b c\"  \n",
                "HEALTHCHECK --interval=5s CMD \\\n  [\"foo\", \"b c\"]  \n"
            ),
            // Instructions that have no effect
            ("DL4003", "# hadolint ignore=DL3025\nCMD a\n# keep\nCMD b\nCMD c", "# keep\nCMD c"),
            ("DL4004", "ENTRYPOINT a \\\n  b\nENTRYPOINT c\n", "ENTRYPOINT c\n"),
            ("DL3012", "HEALTHCHECK NONE\r\nHEALTHCHECK CMD b\r\n", "HEALTHCHECK CMD b\r\n"),
            // MAINTAINER
            ("DL4000", "maintainer x <y@z>\n", "label maintainer=\"x <y@z>\"\n"),
            ("DL4000", "MAINTAINER \"x y\"\n", "LABEL maintainer=\"x y\"\n"),
            ("DL4000", "MAINTAINER a \"b\" $c \\d\n", "LABEL maintainer=\"a \\\"b\\\" \\$c \\\\d\"\n"),
            ("DL3043", "ONBUILD MAINTAINER a\n", "ONBUILD LABEL maintainer=\"a\"\n"),
            // COPY and ADD
            ("DL3020", "ADD --chown=1:1 \\\n  a b\n", "COPY --chown=1:1 \\\n  a b\n"),
            ("DL3020", "add [\"a b\", \"/c\"]\n", "copy [\"a b\", \"/c\"]\n"),
            ("DL3021", "COPY [\"a\", \"b\", \"c\"]\n", "COPY [\"a\", \"b\", \"c/\"]\n"),
            ("DL3021", "COPY a b 'c'\n", "COPY a b 'c/'\n"),
            ("DL3021", "COPY a b \\\n  .\n", "COPY a b \\\n  ./\n"),
            ("DL3021", "COPY <<A <<B /x\na\nA\nb\nB\n", "COPY <<A <<B /x/\na\nA\nb\nB\n"),
            // Directories that are known
            ("DL3000", "FROM scratch\nWORKDIR a\nWORKDIR ../b/./c\n", "FROM scratch\nWORKDIR /a\nWORKDIR /b/c\n"),
            (
                "DL3000", "FROM a AS x\nWORKDIR /r\nFROM x\nWORKDIR s\n",
                "FROM a AS x\nWORKDIR /r\nFROM x\nWORKDIR /r/s\n"
            ),
            ("DL3065", "FROM --platform=$TARGETPLATFORM  a AS b\n", "FROM a AS b\n"),
        ])
    func safe(code: String, before: String, after: String) {
        let head = before.hasPrefix("FROM") ? "" : "FROM scratch\n"
        #expect(Self.fix(head + before, [code], unsafe: false) == head + after)
    }

    @Test(
        "a fix that may change the image is made only when asked for",
        arguments: [
            ("DL3000", "FROM a\nWORKDIR b/c/\n", "FROM a\nWORKDIR /b/c\n"),
            (
                "DL3003", "FROM a\r\n# why\r\nRUN cd /src && \\\r\n  make\r\n",
                "FROM a\r\nWORKDIR /src\r\n# why\r\nRUN make\r\n"
            ),
            (
                "DL3003", "FROM a\nWORKDIR /app\nRUN cd /tmp && b\nCOPY . .\n",
                "FROM a\nWORKDIR /app\nWORKDIR /tmp\nRUN b\nWORKDIR /app\nCOPY . .\n"
            ),
            (
                "DL3003", "FROM a\nWORKDIR /a\nRUN cd /tmp && b\nWORKDIR /c\nRUN d\n",
                "FROM a\nWORKDIR /a\nWORKDIR /tmp\nRUN b\nWORKDIR /c\nRUN d\n"
            ),
            ("DL3020", "FROM a\nADD *.txt /b/\n", "FROM a\nCOPY *.txt /b/\n"),
            ("DL3025", "FROM a\nENTRYPOINT foo\nCMD [\"bar\"]\n", "FROM a\nENTRYPOINT [\"foo\"]\nCMD [\"bar\"]\n"),
            ("DL3025", "FROM a\nCMD ['b', \"c\",]\n", "FROM a\nCMD [\"b\", \"c\"]\n"),
            ("DL3029", "FROM --platform=linux/amd64 a\n", "FROM a\n"),
            ("DL3044", "FROM a\nENV A=1 \\\n  B=$A C=$B\n", "FROM a\nENV A=1\nENV B=$A\nENV C=$B\n"),
            ("DL3045", "FROM a\nCOPY \"b\" \"./c\"\n", "FROM a\nCOPY \"b\" \"/c\"\n"),
            ("DL3048", "FROM a\nLABEL Version=\"1\" b=2\n", "FROM a\nLABEL version=\"1\" b=2\n"),
        ])
    func unsafe(code: String, before: String, after: String) {
        #expect(Self.fix(before, [code], unsafe: false) == before)
        #expect(Self.fix(before, [code], unsafe: true) == after)
    }

    @Test(
        "what needs a shell, or a person, is left alone",
        arguments: [
            ("DL3025", "CMD foo && bar\n"), ("DL3025", "CMD foo $X\n"), ("DL3025", "CMD foo # c\n"),
            ("DL3025", "CMD cd /x\n"), ("DL3025", "CMD A=1 foo\n"), ("DL3025", "CMD foo > /x\n"),
            ("DL3025", "CMD foo *.c\n"), ("DL3025", "CMD foo {a,b}\n"), ("DL3025", "CMD foo ~/x\n"),
            ("DL3025", "CMD foo;\n"), ("DL3025", "CMD foo &\n"), ("DL3025", "CMD ! foo\n"), ("DL3025", "CMD [foo]\n"),
            ("DL3025", "SHELL [\"pwsh\", \"-c\"]\nCMD foo\n"), ("DL3020", "ADD git@a.test:b.git /c\n"),
            ("DL3020", "ADD a b.tar /c/\n"), ("DL3020", "ADD --checksum=sha256:00 a /c\n"),
            ("DL3003", "RUN cd /a; b\n"), ("DL3003", "RUN cd $A && b\n"), ("DL3003", "RUN cd /a && cd /b && c\n"),
            ("DL3003", "ONBUILD RUN cd /a && b\n"), ("DL3003", "RUN cd /a && b\nRUN c\n"),
            ("DL3003", "CMD b\nRUN cd /a && b\n"), ("DL3003", "WORKDIR c\nRUN cd /a && b\nADD . .\n"),
            ("DL3003", "RUN cd /a && b\nWORKDIR c\n"), ("DL3003", "WORKDIR /c$D\nRUN cd /a && b\nENTRYPOINT c\n"),
            ("DL3044", "ENV A=$B B=1\n"), ("DL3000", "WORKDIR x$A\n"),
            ("DL3048", "LABEL a-=1\n"),
        ])
    func untouched(code: String, text: String) {
        #expect(Self.fix("FROM a\n" + text, [code], unsafe: true) == "FROM a\n" + text)
    }
}
