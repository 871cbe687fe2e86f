import DockerfileLint
import Testing

@Suite("Own rules about the build context and secrets")
struct ContextRuleTests {
    @Test("they see what they are for, and nothing else", arguments: cases)
    func holds(_ testCase: OwnRuleCase) { #expect(testCase.foundLines() == testCase.lines) }

    private static let cases = [
        OwnRuleCase("SMP2001", "nothing is known of the context", "FROM debian:12\nCOPY . /app\n"),
        OwnRuleCase(
            "SMP2001", "only a part is copied", "FROM a\nCOPY src /app\n", files: ["src/a": "", ".git/HEAD": ""]),
        OwnRuleCase("SMP2001", "from a stage", "FROM a AS b\nFROM c\nCOPY --from=b . /\n", files: ["x": ""]),
        OwnRuleCase("SMP2001", "./", "FROM a\nCOPY ./ /app\n", files: ["x": ""], lines: [2]),
        OwnRuleCase("SMP2001", "a star", "FROM a\nADD * /app/\n", files: ["x": ""], lines: [2]),
        OwnRuleCase("SMP2001", "a trigger, whose context is another", "FROM a\nONBUILD COPY . .\n", files: ["x": ""]),
        OwnRuleCase("SMP2003", "a trigger, by its context", "FROM a\nONBUILD COPY . .\n", files: [".env": "A=b"]),
        OwnRuleCase("SMP2003", "a trigger, by its name", "FROM a\nONBUILD COPY id_rsa /\n", lines: [2]),
        OwnRuleCase("SMP2001", "JSON form", "FROM a\nCOPY [\".\", \"/app\"]\n", files: ["x": ""], lines: [2]),
        OwnRuleCase(
            "SMP2002", "a pattern of every depth", "FROM a\nCOPY . /app\n",
            files: ["web/node_modules/x/i.js": "", ".dockerignore": "**/node_modules\n"]),
        OwnRuleCase(
            "SMP2002", "a pattern of the top alone", "FROM a\nCOPY . /app\n",
            files: ["web/node_modules/x/i.js": "", ".dockerignore": "node_modules\n"], lines: [2]),
        OwnRuleCase(
            "SMP2002", "everything but what is named", "FROM a\nCOPY . /app\n",
            files: [".git/HEAD": "", "main.go": "", ".dockerignore": "*\n!main.go\n"]),
        OwnRuleCase(
            "SMP2002", "an exception", "FROM a\nCOPY . /app\n",
            files: [".git/HEAD": "", ".dockerignore": "*\n!.git\n"], lines: [2]),
        OwnRuleCase(
            "SMP2002", "below the directory that is copied", "FROM a\nCOPY web /app\n",
            files: ["web/node_modules/x/i.js": "", ".git/HEAD": "", ".dockerignore": ".git\n"], lines: [2]),
        OwnRuleCase("SMP2003", ".env by name", "FROM a\nCOPY config/.env /app/\n", lines: [2]),
        OwnRuleCase("SMP2003", "an example of one", "FROM a\nCOPY .env.example /app/\n"),
        OwnRuleCase("SMP2003", "several sources", "FROM a\nCOPY main.go id_rsa /app/\n", lines: [2]),
        OwnRuleCase("SMP2003", "a public key", "FROM a\nCOPY id_rsa.pub /app/\n"),
        OwnRuleCase("SMP2003", "through a directory", "FROM a\nCOPY . /app\n", files: ["deep/.env": "A=b"], lines: [2]),
        OwnRuleCase(
            "SMP2003", "kept out", "FROM a\nCOPY . /app\n", files: ["deep/.env": "A=b", ".dockerignore": "**/.env"]),
        OwnRuleCase(
            "SMP2003", "a private key by its content", "FROM a\nCOPY tls /tls\n",
            files: [
                "tls/server.pem": "-----BEGIN EC PRIVATE KEY-----\n", "tls/ca.pem": "-----BEGIN CERTIFICATE-----\n",
            ],
            lines: [2]),
        OwnRuleCase(
            "SMP2003", "certificates alone", "FROM a\nCOPY tls /tls\n",
            files: ["tls/ca.pem": "-----BEGIN CERTIFICATE-----\n"]),
        OwnRuleCase(
            "SMP2003", ".npmrc with a token", "FROM a\nCOPY .npmrc /\n",
            files: [".npmrc": "//registry.example.com/:_authToken=abc\n"], lines: [2]),
        OwnRuleCase(
            "SMP2003", ".npmrc with a variable", "FROM a\nCOPY .npmrc /\n",
            files: [".npmrc": "//registry.example.com/:_authToken=${TOKEN}\n"]),
        OwnRuleCase("SMP2003", "given to one RUN", "FROM a\nRUN --mount=type=secret,id=x,target=/root/.netrc y\n"),
        OwnRuleCase(
            "SMP2004", "a token in ENV", "FROM a\nENV T=\("ghp" + "_" + String(repeating: "a1B2", count: 9))\n",
            lines: [2]),
        OwnRuleCase("SMP2004", "a token that is too short", "FROM a\nENV T=\("ghp" + "_abc")\n"),
        OwnRuleCase(
            "SMP2004", "in RUN, on a continued line", "FROM a\nRUN x && \\\n  y --key \("AKIA" + "QYV7DMO4S2MPLT2Z")\n",
            lines: [3]),
        OwnRuleCase("SMP2004", "the one of the manual", "FROM a\nENV K=AKIAIOSFODNN7EXAMPLE\n"),
        OwnRuleCase("SMP2004", "in a comment", "FROM a\n# \("AKIA" + "QYV7DMO4S2MPLT2Z")\nRUN x\n"),
        OwnRuleCase(
            "SMP2004", "a key in a here-document",
            "FROM a\nCOPY <<E /k\n\("-----BEGIN RSA " + "PRIVATE KEY-----")\nx\nE\n",
            lines: [3]),
        OwnRuleCase(
            "SMP2004", "a password in an address", "FROM a\nRUN git clone https://me:s3cr3tW0rd@h.test/r\n", lines: [2]),
        OwnRuleCase("SMP2004", "a variable in an address", "FROM a\nRUN git clone https://me:$TOKEN@h.test/r\n"),
        OwnRuleCase("SMP2004", "a placeholder", "FROM a\nENV U=postgres://user:password@db/x\n"),
        OwnRuleCase("SMP2004", "a port and an at sign", "FROM a\nRUN curl http://host:8080/a@b.example\n"),
        OwnRuleCase("SMP2004", "a digest", "FROM a@sha256:\(String(repeating: "0a", count: 32))\n"),
    ]
}
