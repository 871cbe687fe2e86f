import Core
import OCI
import Testing

@testable import ImageAnalysis

@Suite("texts of images are shown without secrets")
struct SecretTextTests {
    private static let token = "ghp_" + MadeUp.text(36)

    @Test(
        "of a token only itself is hidden, of a variable its value, of a URL its login",
        arguments: [
            (
                #"RUN curl -H "Authorization: Bearer \#(token)" x.test"#,
                #"RUN curl -H "Authorization: Bearer ***" x.test"#
            ),
            ("RUN git clone https://me:\(token)@x.test/a", "RUN git clone https://***@x.test/a"),
            ("RUN git clone https://me:hunter2@x.test/a", "RUN git clone https://***@x.test/a"),
            ("ENV A=1 GITHUB_TOKEN=\(token) B=2", "ENV A=1 GITHUB_TOKEN=*** B=2"),
            ("ENV DB_PASSWORD=hunter2 B=2", "ENV DB_PASSWORD=*** B=2"),
            (#"RUN DB_PASSWORD="two words" make"#, "RUN DB_PASSWORD=*** make"),
            (#"LABEL "api.token"="hunter2" a=b"#, #"LABEL "api.token"=*** a=b"#),
            (#"RUN ["sh", "-c", "PASSWORD=hunter2"]"#, #"RUN ["sh", "-c", "PASSWORD=***"]"#),
            ("RUN AWS_SECRET_ACCESS_KEY=\(MadeUp.text(40)) aws", "RUN AWS_SECRET_ACCESS_KEY=*** aws"),
            ("|1 TOKEN=\(token) /bin/sh -c make", "|1 TOKEN=*** /bin/sh -c make"),
            ("\(token) \(token)", "*** ***"),
        ])
    func hidden(_ text: String, _ shown: String) {
        #expect(SecretText.redacted(text) == shown)
        #expect(SecretText.redacted(shown) == shown)
    }

    @Test(
        "what is no secret is shown as it is",
        arguments: [
            "", "=", "TOKEN=", "=hunter2", "RUN make all", "ENV PATH=/usr/bin:/bin", "ENV TOKEN=$TOKEN",
            "ENV TOKEN_FILE=/run/secrets/token", "RUN x --password=changeme", "COPY --chown=1:1 a /", "ghp_short",
            "RUN curl https://x.test/a@b", "ENV KEY=\u{fffd}é漢",
        ])
    func plain(_ text: String) {
        #expect(SecretText.redacted(text) == text)
        #expect(SecretText.redacted(variable: text) == text)
    }

    @Test("all tokens are hidden, more than are reported too; keys with all their lines")
    func many() {
        let line = Array(repeating: Self.token, count: 100).joined(separator: ",")
        #expect(!SecretText.redacted(line).contains("ghp_"))
        let key = MadeUp.key("RSA PRIVATE KEY", start: "MII")
        #expect(
            SecretText.redacted("RUN echo '" + key + "' > k") == "RUN echo '***-----END RSA PRIVATE KEY-----\n' > k")
    }

    @Test("a variable's value may have blanks, a label's name may call it a secret")
    func variables() {
        #expect(SecretText.redacted(variable: "DB_PASSWORD=two words") == "DB_PASSWORD=***")
        #expect(SecretText.redacted(variable: "A=\(Self.token)") == "A=***")
        #expect(SecretText.redacted("hunter2", of: "com.test.password") == "***")
        #expect(SecretText.redacted("hunter2", of: "com.test.name") == "hunter2")
    }

    @Test("time is linear in names and marks without secrets")
    func linear() {
        for unit in ["token=$", "token='", "a=", "=", "\"=", "ghp_", "://"] {
            let text = String(repeating: unit, count: (32 << 10) / unit.utf8.count)
            #expect(!SecretText.redacted(text).isEmpty)
        }
    }

    @Test(
        "the instruction of a layer is shown without its token",
        arguments: [
            "RUN |1 TOKEN=\(token) /bin/sh -c curl -u me:\(token) x.test # buildkit",
            "/bin/sh -c #(nop)  ENV TOKEN=\(token)", "LABEL a=\(token)", "RUN curl\n-H\n\(token)",
        ])
    func cause(_ history: String) {
        #expect(!CauseText.instruction(history).contains("ghp_"))
    }

    @Test("neither advice nor differences have a token of the history, the environment or a label")
    func image() throws {
        func stack(_ token: String) -> ImageStack {
            var stack = ImageStack()
            stack.config.env = ["GITHUB_TOKEN=\(token)", "OTHER=\(token)"]
            stack.config.labels = ["a": token, "b.password": "hunter2" + token]
            stack.config.cmd = ["serve", token]
            stack.layer("RUN /bin/sh -c apt-get update && curl -u x:\(token) x.test # buildkit")
            stack.file("var/lib/apt/lists/a", size: 90_000)
            stack.file("var/cache/apt/archives/a.deb", "b", size: 90_000)
            return stack
        }
        let other = "ghp_" + MadeUp.text(36, seed: 8)
        let (before, after) = (try stack(Self.token).explanation(), try stack(other).explanation())
        let edits = after.advice.flatMap { [$0.before, $0.after] }.compactMap { $0 }
        #expect(edits.contains { $0.hasPrefix("RUN apt-get update && curl -u x:*** x.test && ") })
        let diff = try ImageDiff.between(before, after)
        #expect(diff.config.contains { $0.key == "env.OTHER" && $0.before == "***" && $0.after == "***" })
        for text in ["\(after.advice)", "\(diff.config)", "\(diff.causes)"] {
            #expect(!text.contains("ghp_") && !text.contains("hunter2"))
        }
    }
}
