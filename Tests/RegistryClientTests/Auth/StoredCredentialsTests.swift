import Core
import Glibc
import HTTPTransport
import HostOS
import RegistryClient
import SampanTestSupport
import Testing

/// A home directory with files of logins and a directory of helpers.
struct Home {
    let place: TemporaryDirectory
    var environment: [String: String]

    init(_ files: [String: String] = [:]) throws {
        place = try TemporaryDirectory("home")
        environment = [
            "HOME": place.path, "XDG_RUNTIME_DIR": place.path("run"),
            "PATH": place.path("bin") + ":/usr/bin:/bin",
        ]
        for (name, text) in files { try place.file(name, text) }
    }

    static let docker = ".docker/config.json"

    func credentials(
        authFile: String? = nil, timeout: Duration = .seconds(20), onWarning: Recorder<Diagnostic>? = nil
    ) -> StoredCredentials {
        StoredCredentials(environment: environment, authFile: authFile, helperTimeout: timeout) {
            onWarning?.add($0)
        }
    }

    /// `user:password`, `identity token (user)`, or nothing.
    func login(_ registry: String, _ repository: String? = nil) throws -> String? {
        try credentials().find(registry, repository).map { Self.text($0.credential) }
    }

    static func text(_ credential: RegistryCredential) -> String {
        switch credential {
        case .basic(let user, let password): "\(user):\(password.reveal())"
        case .identityToken(let token, let user): "\(token.reveal()) (\(user ?? ""))"
        }
    }
}

@Suite("Logins in files")
struct StoredCredentialsTests {
    /// me:geheim
    private static let auth = "bWU6Z2VoZWlt"

    private static func config(_ key: String) -> String { #"{"auths":{"\#(key)":{"auth":"\#(auth)"}}}"# }

    @Test(
        "a registry is found under every name that it is kept under",
        arguments: [
            ("registry.example.com", "registry.example.com"), ("https://registry.example.com", "registry.example.com"),
            ("https://registry.example.com/v1/", "registry.example.com"),
            ("http://registry.example.com/v2/", "registry.example.com"),
            ("registry.example.com/v2/", "registry.example.com"),
            ("Registry.Example.com", "registry.example.com"), ("localhost:5000", "localhost:5000"),
            ("https://index.docker.io/v1/", "docker.io"), ("index.docker.io", "docker.io"), ("docker.io", "docker.io"),
            ("registry-1.docker.io", "docker.io"), ("https://registry.example.com/some/path", "registry.example.com"),
        ])
    func names(key: String, registry: String) throws {
        let home = try Home([Home.docker: Self.config(key)])
        #expect(try home.login(registry, "team/web") == "me:geheim")
        #expect(try home.login("other.example.com") == nil)
        #expect(try home.login(registry + "0") == nil)
    }

    @Test(
        "the login of the most specific path counts, and of the plain spelling",
        arguments: [
            ("team/web", "web"), ("team/web/deep", "web"), ("team/other", "team"), ("team", "team"), ("teams", "host"),
            ("other", "host"),
        ])
    func paths(repository: String, user: String) throws {
        func entry(_ user: String) -> String { #"{"username":"\#(user)","password":"p"}"# }
        let home = try Home([
            "run/containers/auth.json": """
            {"auths":{"https://r.example.com/v1/":\(entry("url")),"r.example.com":\(entry("host")),
            "r.example.com/team/web":\(entry("web")),"r.example.com/team":\(entry("team"))}}
            """
        ])
        #expect(try home.login("r.example.com", repository) == user + ":p")
        #expect(try home.login("r.example.com") == "host:p")
    }

    @Test("Docker's file goes before Podman's, and what one lacks the next may have")
    func order() throws {
        func config(_ host: String, _ user: String) -> String {
            #"{"auths":{"\#(host)":{"username":"\#(user)","password":"p"},"\#(user).example.com":{"username":"\#(user)","password":"p"}}}"#
        }
        var home = try Home([
            Home.docker: config("x.io", "docker"), "run/containers/auth.json": config("x.io", "run"),
            ".config/containers/auth.json": config("x.io", "config"), "named.json": config("x.io", "named"),
            "dir/config.json": config("x.io", "dir"),
        ])
        #expect(try home.login("x.io") == "docker:p")
        for user in ["docker", "run", "config"] { #expect(try home.login(user + ".example.com") == user + ":p") }
        home.environment["DOCKER_CONFIG"] = home.place.path("dir")
        #expect(try home.login("x.io") == "dir:p")
        #expect(try home.login("docker.example.com") == nil)
        home.environment["DOCKER_AUTH_CONFIG"] = config("x.io", "variable")
        #expect(try home.login("x.io") == "variable:p")
        home.environment["REGISTRY_AUTH_FILE"] = home.place.path("named.json")
        #expect(try home.login("x.io") == "named:p")
        #expect(try home.login("dir.example.com") == nil)
        let named = home.credentials(authFile: home.place.path("dir/config.json"))
        #expect(try named.find("x.io").map { Home.text($0.credential) } == "dir:p")
    }

    @Test(
        "an entry is read in all its forms",
        arguments: [
            (#"{"auth":"bWU6Z2VoZWlt"}"#, "me:geheim"), (#"{"username":"me","password":"geheim"}"#, "me:geheim"),
            (#"{"auth":"","username":"me","password":"geheim"}"#, "me:geheim"),
            (#"{"auth":"bWU6Z2VoZWlt","username":"x","password":"y"}"#, "me:geheim"),
            (#"{"auth":"bWU6Z2VoZWltAAA="}"#, "me:geheim"), (#"{"auth":"bWU6YTpiOmM="}"#, "me:a:b:c"),
            (#"{"identitytoken":"lang"}"#, "lang ()"), (#"{"auth":"bWU6","identitytoken":"lang"}"#, "lang (me)"),
            (#"{"auth":"bWU6Z2VoZWlt","email":5,"other":[]}"#, "me:geheim"),
            (#"{}"#, nil), (#"null"#, nil), (#"{"username":"me"}"#, nil), (#"{"auth":"bWU6"}"#, nil),
            (#"{"auth":null,"identitytoken":""}"#, nil),
        ] as [(String, String?)])
    func forms(entry: String, expected: String?) throws {
        let home = try Home([Home.docker: #"{"auths":{"x.io":\#(entry)},"HttpHeaders":{"A":"b"}}"#])
        #expect(try home.login("x.io") == expected)
    }

    @Test(
        "an entry that can't be read is an error that names it and shows nothing of it",
        arguments: [
            (#"{"auth":"%%geheim%%"}"#, "credentials.login"), (#"{"auth":"Z2VoZWlt"}"#, "credentials.login"),
            (#"{"auth":"OmdlaGVpbQ=="}"#, "credentials.login"), (#"{"auth":7}"#, "credentials.json"),
            (#"{"auth":["geheim"]}"#, "credentials.json"), (#""geheim""#, "credentials.json"),
            (#"{"password":{"geheim":1}}"#, "credentials.json"), (#"{"identitytoken":true}"#, "credentials.json"),
            (#"[]"#, "credentials.json"),
        ])
    func malformedEntries(entry: String, code: String) throws {
        let home = try Home([Home.docker: #"{"auths":{"x.io":\#(entry),"y.io":{"auth":"\#(Self.auth)"}}}"#])
        let error = #expect(throws: CredentialError.self) { try home.login("x.io") }
        let text = error?.diagnostic.description ?? ""
        #expect(error?.diagnostic.code == code)
        #expect(text.contains(home.place.path(Home.docker)) && text.contains("auths.x.io") && !text.contains("geheim"))
        // Another registry's is none of its business.
        #expect(try home.login("y.io") == "me:geheim")
    }

    /// Texts that are no file of logins, and the cause that is told.
    static let broken: [(String, String)] = [
        ("{", "line 1: a key in quotes was expected"), ("{\n\"auths\": {,}}", "line 2: a key in quotes was expected"),
        (#"{"auths":{}} x"#, "line 1: the end was expected"), ("\u{0}", "line 1: a value was expected"),
        (String(repeating: "[", count: 100_000), "line 1: at most 64 levels was expected"),
        (#"{"a":"\ud800"}"#, "line 1: a character was expected"),
        (#"{"a":"\u+123"}"#, "line 1: four hexadecimal digits was expected"),
        (#"{"a":01x}"#, "line 1: a value was expected"), (#"{"a":nul}"#, "line 1: a value was expected"),
        ("{\"a\":\"\n\"}", "line 2: a quote before the end of the line was expected"),
        (#"{"a""#, "line 1: ':' was expected"),
        (#"{"a":1,}"#, "line 1: a key in quotes was expected"), (#"{"a":[1,]}"#, "line 1: a value was expected"),
        (#"{"a":1"#, "line 1: ',' or '}' was expected"),
    ]

    @Test(
        "a named file that is not JSON is an error with its line; one that nobody named is a warning", arguments: broken
    )
    func malformedFiles(text: String, cause: String) throws {
        let home = try Home(["a.json": text, Home.docker: text, "run/containers/auth.json": Self.config("x.io")])
        let named = home.credentials(authFile: home.place.path("a.json"))
        let error = #expect(throws: CredentialError.self) { try named.find("x.io") }
        #expect(error?.diagnostic.causes == [cause])
        let warnings = Recorder<Diagnostic>()
        let implied = home.credentials(onWarning: warnings)
        for _ in 0..<2 { #expect(try implied.find("x.io").map { Home.text($0.credential) } == "me:geheim") }
        #expect(warnings.values.map(\.severity) == [.warning])
        #expect(warnings.values.first?.message.contains(home.place.path(Home.docker)) == true)
    }

    @Test(
        "values of wrong types are errors that name the key",
        arguments: [
            ("[]", "the file"), (#""x""#, "the file"), (#"{"auths":[]}"#, "auths"), (#"{"auths":"x"}"#, "auths"),
            (#"{"credHelpers":7}"#, "credHelpers"), (#"{"credHelpers":{"x.io":{}}}"#, "credHelpers.x.io"),
            (#"{"credsStore":[]}"#, "credsStore"),
        ])
    func wrongTypes(text: String, key: String) throws {
        let home = try Home(["a.json": text])
        let named = home.credentials(authFile: home.place.path("a.json"))
        let error = #expect(throws: CredentialError.self) { try named.find("x.io") }
        #expect(error?.diagnostic.message.hasSuffix(": " + key) == true, "\(error?.diagnostic.message ?? "")")
    }

    @Test(
        "empty files, nulls and missing files say nothing",
        arguments: ["", " \n", "{}", "\u{feff}{}", #"{"auths":null,"credsStore":"","credHelpers":null}"#])
    func nothing(text: String) throws {
        let home = try Home([Home.docker: text])
        let warnings = Recorder<Diagnostic>()
        #expect(try home.credentials(onWarning: warnings).find("x.io") == nil)
        #expect(try home.credentials(authFile: home.place.path("missing")).find("x.io") == nil)
        #expect(try StoredCredentials(environment: [:]).find("x.io") == nil)
        #expect(warnings.values.isEmpty)
    }

    @Test("directories, pipes, devices and endless files are refused at once", .timeLimit(.minutes(1)))
    func notFiles() throws {
        let home = try Home()
        try home.place.directory("dir")
        #expect(mkfifo(home.place.path("fifo"), 0o600) == 0)
        try home.place.symlink("loop", to: "loop")
        let large = try FileDescriptor.open(home.place.path("large"), O_WRONLY | O_CREAT)
        #expect(ftruncate(large.raw, 1 << 40) == 0)
        for name in [
            home.place.path("dir"), home.place.path("fifo"), home.place.path("loop"), home.place.path("large"),
            "/dev/zero",
        ] {
            let error = #expect(throws: CredentialError.self) { try home.credentials(authFile: name).find("x.io") }
            #expect(error?.diagnostic.code == "credentials.file", "\(name)")
        }
    }

    // MARK: - Changing

    @Test("a login is added and taken away without touching anything else")
    func change() throws {
        let text = """
            {
            \t"HttpHeaders": {
            \t\t"User-Agent": "x/1.0 (\\u00e9\\ud83d\\ude00)"
            \t},
            \t"big": 123456789012345678901234567890.50,
            \t"auths": {
            \t\t"old.io": {
            \t\t\t"auth": "b2xkOnA=",
            \t\t\t"email": null
            \t\t}
            \t},
            \t"flags": [
            \t\ttrue,
            \t\tfalse,
            \t\t{}
            \t]
            }

            """
        let home = try Home([Home.docker: text])
        let credentials = home.credentials()
        let place = try credentials.save(.basic(user: "me", password: Secret("geheim")), for: "x.io")
        #expect(place == home.place.path(Home.docker))
        let added = try home.place.text(Home.docker)
        let entry = ",\n\t\t\"x.io\": {\n\t\t\t\"auth\": \"bWU6Z2VoZWlt\"\n\t\t}"
        #expect(added.contains(entry) && added.contains("123456789012345678901234567890.50"))
        #expect(try credentials.find("x.io").map { Home.text($0.credential) } == "me:geheim")
        #expect(try credentials.erase(registry: "x.io"))
        #expect(try !credentials.erase(registry: "x.io"))
        #expect(try home.place.text(Home.docker) == text.replacing("\\u00e9\\ud83d\\ude00", with: "é😀"))
        #expect(try FileInfo.of(home.place.path(Home.docker))?.mode == 0o600)
        #expect(try Shell.run("ls -A '\(home.place.path(".docker"))'") == "config.json\n")
    }

    @Test("docker.io is kept under Docker's name for it, and under its own in Podman's file; other spellings go away")
    func hub() throws {
        let home = try Home([Home.docker: #"{"auths":{"docker.io":{"auth":"eDp5"},"index.docker.io":{}}}"#])
        let login = RegistryCredential.identityToken(Secret("lang"), user: "me")
        try home.credentials().save(login, for: "docker.io")
        #expect(
            try home.place.text(Home.docker)
                == "{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {\n\t\t\t\"auth\": \"bWU6\",\n\t\t\t\"identitytoken\": \"lang\"\n\t\t}\n\t}\n}\n"
        )
        #expect(try home.login("docker.io", "library/alpine") == "lang (me)")
        let file = home.place.path("new/dir/auth.json")
        try home.credentials(authFile: file).save(.basic(user: "a", password: Secret("b")), for: "docker.io/team")
        #expect(try home.place.text("new/dir/auth.json").contains(#""docker.io/team": {"#))
        #expect(try home.credentials(authFile: file).find("docker.io", "team/web") != nil)
        #expect(try home.credentials(authFile: file).find("docker.io", "library/x") == nil)
        #expect(try FileInfo.of(home.place.path("new/dir"))?.mode == 0o700)
        #expect(try home.credentials().eraseAll() == ["docker.io"])
        #expect(try home.login("docker.io") == nil)
    }

    @Test("a link to the file stays a link, and what it leads to is replaced", arguments: [true, false])
    func link(isThere: Bool) throws {
        let home = try Home(["elsewhere/note": ""])
        if isThere { try home.place.file("elsewhere/real.json", #"{"a":1}"#, mode: 0o644) }
        try home.place.directory(".docker")
        try home.place.symlink(Home.docker, to: "../elsewhere/second")
        try home.place.symlink("elsewhere/second", to: home.place.path("elsewhere/real.json"))
        try home.credentials().save(.basic(user: "a", password: Secret("b")), for: "x.io")
        #expect(try FileInfo.of(home.place.path(Home.docker))?.kind == .symlink)
        let real = try #require(try FileInfo.of(home.place.path("elsewhere/real.json")))
        #expect(real.kind == .file && real.mode == 0o600)
        #expect(try home.place.text("elsewhere/real.json").contains("\"a\": 1") == isThere)
        #expect(try home.login("x.io") == "a:b")
    }

    @Test("links that lead in a circle, and files that are broken, are never written over")
    func neverOverwrites() throws {
        let home = try Home(["bad.json": "{", "typed.json": #"{"auths":[1]}"#])
        try home.place.symlink("one", to: "two")
        try home.place.symlink("two", to: "one")
        for name in ["bad.json", "typed.json", "one"] {
            let credentials = home.credentials(authFile: home.place.path(name))
            #expect(throws: CredentialError.self, "\(name)") {
                try credentials.save(.basic(user: "a", password: Secret("b")), for: "x.io")
            }
        }
        #expect(try home.place.text("bad.json") == "{")
        #expect(throws: CredentialError.noPlace) {
            try StoredCredentials(environment: [:]).save(.basic(user: "a", password: Secret("b")), for: "x.io")
        }
    }

    @Test("logins that are kept at the same time all stay")
    func parallel() async throws {
        let home = try Home()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<24 {
                group.addTask {
                    let credentials = home.credentials()
                    try await BlockingPool.waiting.run {
                        _ = try credentials.save(.basic(user: "u\(index)", password: Secret("p")), for: "r\(index).io")
                    }
                }
            }
            try await group.waitForAll()
        }
        for index in 0..<24 { #expect(try home.login("r\(index).io") == "u\(index):p") }
    }

    @Test("a login never prints its password")
    func redaction() throws {
        for login in [
            RegistryCredential.basic(user: "me", password: Secret("geheim")),
            .identityToken(Secret("geheim"), user: "me"),
        ] {
            var dumped = ""
            dump(login, to: &dumped)
            #expect(!"\(login) \(dumped)".contains("geheim"))
        }
    }
}
