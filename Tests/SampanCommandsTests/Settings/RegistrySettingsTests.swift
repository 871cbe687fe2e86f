import Core
import HTTPTransport
import SampanTestSupport
import Testing

@testable import SampanCommands

@Suite("the file of logins that is named")
struct AuthFileTests {
    @Test("must be there, unless the command writes it")
    func missing() throws {
        let place = try TemporaryDirectory("authfile")
        let path = place.path("auth.json")
        func open(writes: Bool) throws {
            _ = try NetworkAccess(
                flags: RegistryFlags(authFile: path), project: place.path, environment: [:], writesLogins: writes)
        }
        let error = #expect(throws: Diagnostic.self) { try open(writes: false) }
        #expect(error?.message == "there is no file of logins '\(path)'")
        try open(writes: true)
        try place.file("auth.json", "{}")
        try open(writes: false)
    }
}

@Suite("Settings of registries")
struct RegistrySettingsTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory("settings") }

    private func load(
        _ flags: RegistryFlags = RegistryFlags(), project: String? = nil, user: String? = nil
    ) throws -> RegistrySettings {
        if let project { try place.file("project/sampan.yaml", project) }
        if let user { try place.file("config/sampan/config.yaml", user) }
        return try RegistrySettings.load(
            flags, project: place.path("project"), environment: ["XDG_CONFIG_HOME": place.path("config")])
    }

    /// Each mistake as `line: code`.
    private func mistakes(_ yaml: String) throws -> [String] {
        let error = #expect(throws: DiagnosticList.self) { try load(project: yaml) }
        return (error?.diagnostics ?? []).map { diagnostic in
            let line = diagnostic.span.map { $0.file.position(at: $0.range.start).line } ?? 0
            return "\(line): \(diagnostic.code)"
        }
    }

    @Test("everything that can be set of a registry is read; files are named from the settings' own")
    func everything() throws {
        let settings = try load(
            project: """
                registries:
                  docker.io:
                    mirrors:
                      - mirror.example.com
                      - http://10.0.0.1:5000/hub
                    ca: certs/ca.pem
                  registry.example.com:5000:
                    insecure: true
                    client-certificate: /etc/me.pem
                    client-key: me.key
                    token-server: auth.example.org
                """)
        let directory = place.path("project")
        #expect(settings.mirrors == ["docker.io": ["mirror.example.com", "http://10.0.0.1:5000/hub"]])
        #expect(settings.insecure == ["registry.example.com:5000"])
        #expect(settings.tokenServers == ["registry.example.com:5000": ["auth.example.org"]])
        #expect(
            settings.tls == [
                "registry-1.docker.io": TLSSettings(authorities: [directory + "/certs/ca.pem"]),
                "registry.example.com:5000": TLSSettings(
                    identity: .init(certificate: "/etc/me.pem", key: directory + "/me.key")),
            ])
    }

    @Test("flags go before the project's settings, and these before the user's, value by value")
    func order() throws {
        let flags = RegistryFlags(
            insecure: ["b.io"], mirrors: ["a.io=flag.io", "hub1.io", "docker.io=hub2.io"],
            authorities: ["a.io=flag.pem"],
            identities: ["a.io=c.pem:k.pem"], realms: ["a.io=t1.io", "a.io=t2.io:8443"])
        let settings = try load(
            flags,
            project:
                "registries:\n  a.io: {mirrors: [project.io], insecure: false, ca: /project.pem}\n  c.io: {ca: /project.pem}\n",
            user:
                "registries:\n  a.io: {insecure: true, token-server: user.io}\n  c.io: {ca: /user.pem, mirrors: [user.io]}\n"
        )
        #expect(
            settings.mirrors == ["a.io": ["flag.io"], "docker.io": ["hub1.io", "hub2.io"], "c.io": ["user.io"]])
        #expect(settings.insecure == ["b.io"])
        #expect(settings.tokenServers == ["a.io": ["t1.io", "t2.io:8443"]])
        #expect(settings.tls["a.io"]?.authorities == ["flag.pem"])
        #expect(settings.tls["a.io"]?.identity == .init(certificate: "c.pem", key: "k.pem"))
        #expect(settings.tls["c.io"]?.authorities == ["/project.pem"])
    }

    @Test("what the project does not say is known by itself")
    func own() throws {
        let project =
            "registries:\n  a.io: {insecure: true}\n  b.io: {insecure: true}\n  localhost:5000: {insecure: true}\n"
        let settings = try load(
            RegistryFlags(insecure: ["c.io"]), project: project, user: "registries:\n  b.io: {insecure: true}\n")
        #expect(settings.insecure == ["a.io", "b.io", "c.io", "localhost:5000"])
        #expect(settings.own.insecure == ["b.io", "c.io"])
    }

    @Test(
        "files that are missing, empty or all comments say nothing",
        arguments: ["", "\n\n", "# registries:\n", "  # x\r\n"])
    func nothing(text: String) throws {
        #expect(try load().registries.isEmpty)
        #expect(try load(project: text, user: text).registries.isEmpty)
        #expect(
            try RegistrySettings.load(RegistryFlags(), project: place.path("none"), environment: [:]).registries.isEmpty
        )
    }

    @Test(
        "every mistake of a file is told with its line",
        arguments: [
            ("registry: {}\n", ["1: yaml.unknown-key"]), ("registries: []\n", ["1: yaml.type"]),
            ("registries:\n", ["1: yaml.no-value"]), ("[]\n", ["1: yaml.type"]), ("a: [\n", ["2: yaml.syntax"]),
            (
                "registries:\n  a.io:\n    mirors: [x]\n    insecure: yes\n    ca: []\n",
                ["3: yaml.unknown-key", "4: yaml.boolean", "5: yaml.type"]
            ),
            ("registries:\n  a.io: {mirrors: x}\n", ["2: yaml.type"]),
            (
                "registries:\n  a.io: {mirrors: ['ftp://x', 'http://u:p@h', 'a b']}\n",
                Array(repeating: "2: settings.mirror", count: 3)
            ),
            ("registries:\n  https://a.io: {}\n", ["2: settings.registry"]),
            ("registries:\n  a/b: {}\n", ["2: settings.registry"]),
            ("registries:\n  docker.io: {}\n  index.docker.io: {}\n", ["3: settings.registry"]),
            ("registries:\n  a.io: {client-key: k}\n", ["2: settings.client"]),
            ("registries:\n  a.io: {client-certificate: k}\n", ["2: settings.client"]),
            ("registries:\n  a.io: {ca: ''}\n", ["2: settings.path"]),
            ("registries:\n  a.io: {token-server: 'https://x/'}\n", ["2: settings.token-server"]),
            ("registries:\n  a.io: x\n", ["2: yaml.type"]), ("registries: &a {}\n", ["1: yaml.anchor"]),
        ])
    func errors(yaml: String, expected: [String]) throws {
        #expect(try mistakes(yaml) == expected)
    }

    @Test("a mistyped key gets the one that was meant, and a password in an address is not shown")
    func hints() throws {
        let error = #expect(throws: DiagnosticList.self) {
            try load(project: "registries:\n  a.io:\n    insecur: true\n    mirrors: [\"https://me:geheim@m.io\"]\n")
        }
        let diagnostics = error?.diagnostics ?? []
        #expect(diagnostics.first?.hint == "did you mean 'insecure'?")
        #expect(diagnostics.count == 2 && !diagnostics.contains { $0.description.contains("geheim") })
    }

    @Test("settings that are no file are an error", arguments: ["directory", "large"])
    func unreadable(kind: String) throws {
        if kind == "directory" {
            try place.directory("project/sampan.yaml")
        } else {
            try place.file("project/sampan.yaml", [UInt8](repeating: 0x23, count: 2 << 20))
        }
        let error = #expect(throws: Diagnostic.self) { try load() }
        #expect(error?.code == "settings.read")
    }

    @Test(
        "flags that are not understood are errors of use",
        arguments: [
            RegistryFlags(insecure: ["https://a.io"]), RegistryFlags(insecure: [""]), RegistryFlags(mirrors: ["a.io="]),
            RegistryFlags(mirrors: ["=b.io"]), RegistryFlags(mirrors: ["a.io=ftp://b.io"]),
            RegistryFlags(mirrors: ["a b"]),
            RegistryFlags(authorities: ["file.pem"]), RegistryFlags(authorities: ["a/b=f"]),
            RegistryFlags(identities: ["a.io=cert"]), RegistryFlags(identities: ["a.io=c:"]),
            RegistryFlags(identities: ["a.io=a:b:c"]), RegistryFlags(realms: ["a.io"]),
            RegistryFlags(realms: ["a.io=https://x"]),
        ])
    func flags(flags: RegistryFlags) throws {
        let error = #expect(throws: Diagnostic.self) { try load(flags) }
        #expect(error?.exitCode == 64)
    }

    @Test("a build's project is its context where that has settings, else the working directory")
    func project() throws {
        #expect(SettingsFile.project(context: place.path("project")) == ".")
        try place.file("project/sampan.yaml", "")
        #expect(SettingsFile.project(context: place.path("project")) == place.path("project"))
        #expect(SettingsFile.project(context: "-") == ".")
        #expect(SettingsFile.project(context: "https://example.com/x.git") == ".")
    }

    @Test(
        "what is logged in to is read as docker reads it",
        arguments: [
            ("registry.example.com", "registry.example.com", "registry.example.com"),
            ("https://registry.example.com/v2/", "registry.example.com", "registry.example.com"),
            ("HTTP://LOCALHOST:5000", "localhost:5000", "localhost:5000"),
            ("index.docker.io", "docker.io", "docker.io"),
            ("registry.example.com/team/web", "registry.example.com", "registry.example.com/team/web"),
        ])
    func loginTarget(text: String, server: String, key: String) throws {
        #expect(try LoginTarget.parse(text) == (server, key))
    }

    @Test("what is no registry is refused", arguments: ["", "a b", "a.io:x", "https://", "user@a.io", "a.io/UPPER"])
    func notLoginTarget(text: String) throws {
        #expect(throws: (any Error).self) { try LoginTarget.parse(text) }
    }
}
