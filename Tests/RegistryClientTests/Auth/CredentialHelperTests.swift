import Core
import HTTPTransport
import HostOS
import RegistryClient
import SampanTestSupport
import Testing

@Suite("Credential helpers")
struct CredentialHelperTests {
    /// A helper that keeps each server's login in a file and notes what it was asked.
    private static let keeper = """
        #!/bin/sh
        dir=$(dirname "$0")/../kept; mkdir -p "$dir"
        input=$(cat)
        echo "$1" >> "$dir/log"
        case $1 in
        store) server=$(printf '%s' "$input" | sed -n 's/.*"ServerURL": "\\([^"]*\\)".*/\\1/p')
            printf '%s' "$input" > "$dir/$(printf '%s' "$server" | tr '/:' '__')" ;;
        get) file="$dir/$(printf '%s' "$input" | tr '/:' '__')"
            if [ -f "$file" ]; then cat "$file"; else echo "credentials not found in native keychain"; exit 1; fi ;;
        erase) rm -f "$dir/$(printf '%s' "$input" | tr '/:' '__')" ;;
        esac
        """

    private static func home(_ config: String, helper: String = keeper, named name: String = "test") throws -> Home {
        let home = try Home([Home.docker: config])
        // Another program writes what is going to be run: a process that another test starts at this moment would hold
        // a file that this one writes, and a file that is open for writing can't be run.
        let text = try home.place.file("helper.sh", helper)
        let directory = try home.place.directory("bin")
        try Shell.run("install -m 755 '\(text)' '\(directory)/docker-credential-\(name)'")
        return home
    }

    @Test("a login goes to the helper and comes back from it; the file notes that there is one")
    func keeps() throws {
        let home = try Self.home(#"{"credsStore":"test","other":1}"#)
        let credentials = home.credentials()
        let place = try credentials.save(.basic(user: "me", password: Secret(#"ge"he\im"#)), for: "x.io")
        #expect(place == "docker-credential-test")
        let text = try home.place.text(Home.docker)
        #expect(text.contains("\"x.io\": {}") && !text.contains("auth\"") && text.contains("\"other\": 1"))
        let found = try #require(try credentials.find("x.io", "team/web"))
        #expect(found.place == "docker-credential-test" && Home.text(found.credential) == #"me:ge"he\im"#)
        try credentials.save(.identityToken(Secret("lang"), user: "me"), for: "docker.io")
        #expect(try home.place.text("kept/https___index.docker.io_v1_").contains("<token>"))
        #expect(try home.login("docker.io") == "lang ()")
        #expect(try credentials.erase(registry: "x.io"))
        #expect(try home.login("x.io") == nil)
        #expect(try !credentials.erase(registry: "x.io"))
        #expect(try credentials.eraseAll() == ["docker.io"])
        #expect(try home.login("docker.io") == nil)
    }

    @Test("a registry's own helper goes before the one for all, and a helper is asked once")
    func choice() async throws {
        let home = try Self.home(
            #"{"credsStore":"missing","credHelpers":{"https://x.io/v1/":"test"},"auths":{"y.io":{"auth":"YTpi"}}}"#)
        let credentials = home.credentials()
        for _ in 0..<3 { #expect(try await credentials.credential(for: "x.io", repository: "web") == nil) }
        #expect(try home.place.text("kept/log") == "get\n")
        #expect(
            throws: CredentialError.helperMissing(
                program: "docker-credential-missing", file: home.place.path(Home.docker))
        ) { try home.login("y.io") }
    }

    @Test("what the helper lacks may stand in the file")
    func both() throws {
        let home = try Self.home(#"{"credsStore":"test","auths":{"y.io":{"auth":"YTpi"}}}"#)
        #expect(try home.login("y.io") == "a:b")
    }

    @Test(
        "a helper's name that could lead elsewhere is refused",
        arguments: ["../bin/sh", "a/b", "a b", "a\\u0000b", "é", "$(id)"])
    func names(name: String) throws {
        let home = try Self.home(#"{"credsStore":"\#(name)"}"#)
        let error = #expect(throws: CredentialError.self) { try home.login("x.io") }
        #expect(error?.diagnostic.code == "credentials.helper-name" && error?.diagnostic.hint != nil)
    }

    @Test(
        "a helper that fails or talks nonsense is an error that names it",
        arguments: [
            ("echo 'no key ring'; exit 2", "credentials.helper", "no key ring"),
            ("echo 'to stderr' >&2; exit 1", "credentials.helper", "to stderr"),
            ("printf 'a\\033[31mb\\nsecond'; exit 1", "credentials.helper", "a[31mb"),
            ("exit 3", "credentials.helper", "it ended with exit code 3"),
            ("kill -9 $$", "credentials.helper", "it ended with signal 9 (Killed)"),
            ("echo geheim", "credentials.helper-answer", nil), ("echo '[]'", "credentials.helper-answer", nil),
            (#"echo '{"Username":"me"}'"#, "credentials.helper-answer", nil),
            ("exec cat /dev/zero", "credentials.helper-answer", nil), ("true", "credentials.helper-answer", nil),
        ] as [(String, String, String?)])
    func failures(script: String, code: String, cause: String?) throws {
        let home = try Self.home(#"{"credsStore":"test"}"#, helper: "#!/bin/sh\n\(script)\n")
        let error = #expect(throws: CredentialError.self) { try home.login("x.io") }
        #expect(error?.diagnostic.code == code && error?.diagnostic.hint != nil)
        #expect(error?.diagnostic.causes == [cause].compactMap { $0 })
        let text = error?.diagnostic.description ?? ""
        #expect(text.contains("docker-credential-test") && !text.contains("geheim"))
    }

    @Test("a helper that does not answer is ended", .timeLimit(.minutes(1)))
    func timeout() throws {
        let home = try Self.home(#"{"credsStore":"test"}"#, helper: "#!/bin/sh\nexec sleep 100\n")
        let error = #expect(throws: CredentialError.self) {
            try home.credentials(timeout: .milliseconds(300)).find("x.io")
        }
        #expect(error == .helperTimeout(program: "docker-credential-test", seconds: 0))
    }

    @Test("a helper that repeats its input does not get the password into an error, nor the file onto disk")
    func echo() throws {
        let home = try Self.home(#"{"credsStore":"test"}"#, helper: "#!/bin/sh\ntr -d '\\n'\nexit 1\n")
        let error = #expect(throws: CredentialError.self) {
            try home.credentials().save(.basic(user: "me", password: Secret("geheim")), for: "x.io")
        }
        #expect(error?.diagnostic.code == "credentials.helper")
        let text = try #require(error?.diagnostic.description)
        #expect(text.contains("***") && !text.contains("geheim"))
        #expect(try home.place.text(Home.docker) == #"{"credsStore":"test"}"#)
    }

    @Test("a helper sees the environment, the server on standard input, and nothing secret among its arguments")
    func protocol_() throws {
        var home = try Self.home(
            #"{"credsStore":"test"}"#,
            helper: """
                #!/bin/sh
                input=$(cat; echo .)
                printf '{"ServerURL":"%s","Username":"%s","Secret":"%s %s"}' "${input%.}" "$MARK" "$#" "$1"
                """)
        home.environment["MARK"] = "seen"
        #expect(try home.login("x.io:5000") == "seen:1 get")
    }

    @Test("paths below a registry are kept in the file, since helpers know hosts alone")
    func namespace() throws {
        let home = try Self.home(#"{"credsStore":"test"}"#)
        try home.credentials().save(.basic(user: "a", password: Secret("b")), for: "x.io/team")
        #expect(try home.login("x.io", "team/web") == "a:b")
        #expect(try home.login("x.io", "other") == nil)
    }
}
