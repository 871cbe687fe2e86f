import Core
import SampanTestSupport
import Testing

@testable import ImageAnalysis

/// Secrets are made up while the tests run: none stands in a file of the project, where other scanners would find it.
enum MadeUp {
    static let letters = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789".utf8)

    static func text(_ count: Int, _ alphabet: [UInt8] = letters, seed: UInt64 = 7) -> String {
        var generator = SeededGenerator(seed: seed)
        return String(
            decoding: (0..<count).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] },
            as: UTF8.self)
    }

    static func upper(_ count: Int) -> String { text(count, Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)) }
    static func hex(_ count: Int) -> String { text(count, Array("0123456789abcdef".utf8)) }

    /// PEM's armour around what has the form of a key.
    static func key(_ label: String, start: String, lineEnd: String = "\n", lines: Int = 4) -> String {
        let body = start + text(64 * lines - start.utf8.count)
        var pieces = ["-----BEGIN \(label)-----"]
        for line in 0..<lines { pieces.append(String(body.dropFirst(64 * line).prefix(64))) }
        return (pieces + ["-----END \(label)-----", ""]).joined(separator: lineEnd)
    }
}

struct SecretScannerTests {
    private func scan(_ text: String, path: String = "app/config.txt") -> [SecretFinding] {
        Array(text.utf8).withUnsafeBytes { SecretScanner.scan($0, path: BytePath(cleaning: path)) }
    }

    private static let tokens: [(String, String)] = [
        ("aws-access-key", "AKIA" + MadeUp.upper(16)),
        ("aws-access-key", "ASIA" + MadeUp.upper(16)),
        ("aws-secret-key", "aws_secret_access_key = " + MadeUp.text(40)),
        ("aws-secret-key", "AWS_SECRET_ACCESS_KEY=\"" + MadeUp.text(40) + "\""),
        ("google-api-key", "AIza" + MadeUp.text(35)),
        ("github-token", "ghp_" + MadeUp.text(36)),
        ("github-token", "ghs_" + MadeUp.text(36)),
        ("github-token", "github_pat_" + MadeUp.text(22) + "_" + MadeUp.text(59)),
        ("gitlab-token", "glpat-" + MadeUp.text(20)),
        ("npm-token", "npm_" + MadeUp.text(36)),
        ("pypi-token", "pypi-AgE" + MadeUp.text(150)),
        ("docker-hub-token", "dckr_pat_" + MadeUp.text(27)),
        ("slack-token", "xoxb-" + MadeUp.text(12, Array("123456789".utf8)) + "-" + MadeUp.text(40)),
        (
            "slack-webhook",
            "https://hooks.slack.com/services/T" + MadeUp.upper(9) + "/B" + MadeUp.upper(9) + "/" + MadeUp.text(24)
        ),
        ("stripe-key", "sk_live_" + MadeUp.text(24)),
        ("sendgrid-key", "SG." + MadeUp.text(22) + "." + MadeUp.text(43)),
        ("digitalocean-token", "dop_v1_" + MadeUp.hex(64)),
        ("vault-token", "hvs." + MadeUp.text(90)),
        ("anthropic-key", "sk-ant-api03-" + MadeUp.text(93)),
        ("openai-key", "sk-proj-" + MadeUp.text(40) + "T3BlbkFJ" + MadeUp.text(40)),
        ("azure-storage-key", "AccountKey=" + MadeUp.text(86) + "=="),
        ("age-key", "AGE-SECRET-KEY-1" + MadeUp.upper(58)),
        ("huggingface-token", "hf_" + MadeUp.text(34, Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ".utf8))),
    ]

    @Test("a token is found by its form, with its line, and never shown", arguments: tokens)
    func token(rule: String, token: String) {
        let found = scan("first\nkey: \(token)\nlast\n")
        #expect(found.map(\.rule) == [rule])
        #expect(found.first?.line == 2)
        #expect(found.allSatisfy { !$0.title.contains(token.suffix(12)) })
    }

    @Test(
        "what is longer, shorter or part of a word is no token",
        arguments: tokens.filter { $0.1.hasPrefix("gh") || $0.1.hasPrefix("AKIA") })
    func notToken(rule: String, token: String) {
        #expect(scan("x = a\(token)\n").isEmpty)
        #expect(scan("x = \(token)abc\n").isEmpty)
        #expect(scan("x = \(token.dropLast(3))\n").isEmpty)
    }

    @Test(
        "placeholders are no secrets",
        arguments: [
            "AKIAIOSFODNN7EXAMPLE", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "glpat-your-token-goes-here",
            "npm_000000000000000000000000000000000000", "sk_live_abcdefghijklmnopqrstuvwx",
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ])
    func placeholder(text: String) { #expect(scan("key: \(text)\n").isEmpty) }

    @Test(
        "private keys are found in files, in JSON and in strings of programs",
        arguments: [
            MadeUp.key("PRIVATE KEY", start: "MIIEvQIBADANBg"),
            MadeUp.key("RSA PRIVATE KEY", start: "MIIEpAIBAAKCAQEA"),
            MadeUp.key("EC PRIVATE KEY", start: "MHcCAQEEI", lines: 2),
            MadeUp.key("OPENSSH PRIVATE KEY", start: "b3BlbnNzaC1rZXktdjE"),
            MadeUp.key("PGP PRIVATE KEY BLOCK", start: "lQOYBF"),
            MadeUp.key("PRIVATE KEY", start: "MIIE", lineEnd: "\r\n"),
            "{\"private_key\": \"" + MadeUp.key("PRIVATE KEY", start: "MIIE", lineEnd: "\\n") + "\"}",
            "key = \"" + MadeUp.key("PRIVATE KEY", start: "MIIE", lineEnd: "\\n\" +\n  \"") + "\"",
        ])
    func privateKey(text: String) {
        #expect(scan(text).map(\.rule) == ["private-key"])
        #expect(scan("a\nb\n" + text).first?.line == (text.hasPrefix("-") ? 3 : 3))
    }

    @Test("an encrypted key with headers is a key too")
    func headers() {
        let text = MadeUp.key("RSA PRIVATE KEY", start: "MIIE").replacing(
            "KEY-----\nMIIE", with: "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMIIE")
        #expect(scan(text).map(\.rule) == ["private-key"])
    }

    @Test(
        "what only looks like a key is none",
        arguments: [
            "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n",
            MadeUp.key("CERTIFICATE", start: "MIIE"), MadeUp.key("PUBLIC KEY", start: "MIIE"),
            MadeUp.key("PRIVATE KEY", start: "your key"),
            "-----BEGIN RSA PRIVATE KEY-----\n" + String(repeating: "M", count: 200)
                + "\n-----END RSA PRIVATE KEY-----",
            "if (!strncmp(line, \"-----BEGIN RSA PRIVATE KEY-----\", 31)) return 1;\nreturn parse(line);\n",
        ])
    func notKey(text: String) { #expect(scan(text).isEmpty) }

    @Test("keys of test data are passed over, tokens are not")
    func testData() {
        let key = MadeUp.key("PRIVATE KEY", start: "MIIE")
        for path in ["src/tls/testdata/key.pem", "app/server_test.go", "usr/share/doc/x/key.pem", "lib/tests/a.key"] {
            #expect(scan(key, path: path).isEmpty)
            #expect(scan("ghp_" + MadeUp.text(36), path: path).count == 1)
        }
        #expect(scan(key, path: "root/.ssh/id_rsa").count == 1)
        #expect(scan(key, path: "etc/ssl/private/server.key").count == 1)
    }

    private static let logins: [(String, String, String)] = [
        ("root/.netrc", "machine example.org login me\n  password hunter2!x\n", "netrc-login"),
        ("root/.npmrc", "//registry.example.org/:_authToken=abc-9271-qq\n", "npm-login"),
        ("root/.pypirc", "[pypi]\nusername = me\npassword = hunter2!x\n", "pypi-login"),
        (
            "root/.docker/config.json", "{\"auths\": {\"r.example.org\": {\"auth\": \"bWU6aHVudGVyMg==\"}}}",
            "registry-login"
        ),
        ("root/.git-credentials", "https://me:hunter2x@git.example.org\n", "address-password"),
        ("app/.git/config", "[remote \"o\"]\n url = https://me:hunter2x@git.example.org/a.git\n", "address-password"),
        ("etc/pip.conf", "[global]\nindex-url = https://me:hunter2x@pypi.example.org/simple\n", "address-password"),
        ("app/.env", "DEBUG=1\nexport DB_PASSWORD='hunter2x'\n", "environment-secret"),
        ("root/.kube/config", "users:\n- user:\n    token: eyJhb.abcdef.ghijk\n", "kubernetes-login"),
        ("root/.pgpass", "db:5432:app:me:hunter2x\n", "database-password"),
        ("root/.m2/settings.xml", "<server>\n<password>hunter2x</password>\n", "maven-login"),
        ("root/.cargo/credentials.toml", "[registry]\ntoken = \"ciabc9271qq\"\n", "cargo-login"),
        ("etc/shadow", "root:$y$j9T$abcdefghijk$lmnopqrstuvwxyz:19000:0:::::\n", "password-hash"),
    ]

    @Test("logins are found in the files that programs keep them in, and there alone", arguments: logins)
    func login(path: String, text: String, rule: String) {
        #expect(scan(text, path: path).map(\.rule) == [rule])
        #expect(scan(text, path: "app/notes.txt").isEmpty)
    }

    @Test(
        "files of logins without a login are fine",
        arguments: [
            ("root/.npmrc", "//registry.example.org/:_authToken=${NPM_TOKEN}\nregistry=https://registry.example.org\n"),
            (
                "app/.env",
                "DB_PASSWORD=\nDB_PASSWORD=changeme\nTOKEN_FILE=/run/secrets/token\nPORT=8080\n# PASSWORD=hunter2\n"
            ),
            ("app/.env.example", "DB_PASSWORD=hunter2x\n"),
            ("root/.docker/config.json", "{\"auths\": {}, \"credsStore\": \"x\"}"),
            ("etc/shadow", "root:*:19000:0:99999:7:::\ndaemon:!:19000::::::\n"),
            ("etc/pip.conf", "[global]\nindex-url = https://pypi.example.org/simple\n"),
            ("app/.git/config", "[remote \"o\"]\n url = git@git.example.org:a.git\n"),
        ])
    func noLogin(path: String, text: String) { #expect(scan(text, path: path).isEmpty) }

    @Test(
        "variables give secrets away by their names or values",
        arguments: [
            ("DB_PASSWORD=hunter2x", true), ("API_KEY=abc9271qq", true), ("GITHUB_TOKEN=abcd9271", true),
            ("GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568", false), ("TOKEN_URL=https://example.org", false),
            ("PASSWORD_FILE=/run/secrets/x", false), ("MYSQL_ALLOW_EMPTY_PASSWORD=yes", false), ("PATH=/bin", false),
            ("TOKENIZERS_PARALLELISM=false", false), ("SECRET=", false), ("X=AKIA" + MadeUp.upper(16), true),
            ("NOTHING", false),
        ])
    func variable(text: String, isSecret: Bool) { #expect(SecretScanner.scan(variable: text).isEmpty != isSecret) }

    @Test("what is binary, empty or large is not looked at")
    func wanted() {
        func wants(_ bytes: [UInt8], size: Int64? = nil) -> Bool {
            bytes.withUnsafeBytes { SecretScanner.wants(size: size ?? Int64(bytes.count), head: $0) }
        }
        #expect(wants(Array("some text, and more".utf8)))
        #expect(!wants([]))
        #expect(!wants([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
        #expect(!wants(Array("some text, and more".utf8), size: SecretScanner.sizeLimit + 1))
    }

    @Test("a file of many secrets is told of in bounds")
    func many() {
        let text = (0..<500).map { "ghp_" + MadeUp.text(36, seed: UInt64($0) + 1) + "\n" }.joined()
        let found = scan(text)
        #expect(found.count == SecretScanner.findingLimit)
        #expect(found.map(\.line) == (1...SecretScanner.findingLimit).map { $0 })
    }

    @Test("damaged and random bytes are scanned without harm", arguments: 0..<200)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let samples =
            Self.tokens.map(\.1) + Self.logins.map(\.1) + [MadeUp.key("PRIVATE KEY", start: "MIIE", lineEnd: "\\n")]
        var bytes = Array(
            (samples[Int.random(in: samples.indices, using: &generator)] + "\n"
                + samples[Int.random(in: samples.indices, using: &generator)]).utf8)
        for _ in 0..<Int.random(in: 0..<8, using: &generator) {
            let index = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(index...)
            case 2: bytes.insert(contentsOf: bytes[index...], at: index)
            default: bytes.remove(at: index)
            }
            if bytes.isEmpty { bytes = [0x2d] }
        }
        for path in ["a"] + Self.logins.map(\.0) {
            let found = bytes.withUnsafeBytes { SecretScanner.scan($0, path: BytePath(cleaning: path)) }
            #expect(found.count <= SecretScanner.findingLimit)
        }
    }

    @Test("beginnings of keys over and over take no time")
    func quadratic() {
        let text = String(repeating: "-----BEGIN RSA PRIVATE KEY-----\nMIIE:\n", count: 50_000)
        #expect(scan(text).count <= SecretScanner.findingLimit)
    }

    @Test("a token is found wherever it starts, and one right behind another", arguments: 0..<8)
    func places(before: Int) {
        let (first, second) = ("ghp_" + MadeUp.text(36), "hvs." + MadeUp.text(90))
        for between in 1...3 {
            let blanks = String(repeating: " ", count: between)
            let text = String(repeating: " ", count: before) + first + blanks + "\n" + second
            #expect(scan(text).map(\.rule) == ["github-token", "vault-token"])
        }
    }

    @Test("every rule has a prefix that is long enough to be found by every other pair of bytes")
    func prefixes() {
        #expect(TokenRule.all.allSatisfy { $0.prefix.count >= 3 })
    }

    @Test(
        "keys that Go and its modules are tested with are none of the image's",
        arguments: [
            "usr/local/go/src/crypto/x509/platform_root_key.pem",
            "usr/lib/go-1.22/src/crypto/x509/platform_root_key.pem",
            "go/pkg/mod/example.org/a@v1.2.3/testdata/server.key",
            "root/go/pkg/mod/b.c/d@v0.1.0/tls/testdata/ca/key.pem",
            "usr/local/go/src/crypto/tls/testdata/example-key.pem",
        ])
    func keysOfGo(path: String) {
        let key = MadeUp.key("EC PRIVATE KEY", start: "MHcCAQEEI", lines: 2)
        #expect(scan(key, path: path).isEmpty)
        #expect(scan(key, path: "app/platform_root_key.pem").map(\.rule) == ["private-key"])
        #expect(scan(key, path: "go/pkg/mod/example.org/a@v1.2.3/server.key").map(\.rule) == ["private-key"])
    }
}
