import Core
import HostOS
import SampanTestSupport
import Testing

@Suite(
    "Logging in to a registry of Debian's, over TLS", .enabled(if: Need.programs("docker-registry", "openssl")),
    .serialized)
struct LoginTests {
    private let work: Workspace
    private let registry: SecuredRegistry
    private var home: String { work.place.path("user") }
    private var config: String { home + "/.docker/config.json" }

    init() throws {
        work = try Workspace("login")
        registry = try SecuredRegistry(work.place)
    }

    /// What a user with an own home sees.
    private func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) throws -> Program.Outcome {
        try work.run(
            arguments, environment: ["HOME": home].merging(environment) { $1 }, input: Array(input.utf8))
    }

    private func login(_ password: String, _ more: String...) throws -> Program.Outcome {
        try run(
            ["login", registry.authority, "-u", "me", "--password-stdin"] + more, input: password + "\n")
    }

    @Test("a login is tried before it is kept, and used by what follows; logout forgets it")
    func loginAndOut() throws {
        let trust = ["--registry-ca", "\(registry.authority)=\(registry.ca)"]
        let wrong = try login("falsch", trust[0], trust[1])
        #expect(wrong.code == 2 && wrong.error.contains("does not take this user and password"), "\(wrong)")
        #expect(try FileInfo.of(config) == nil)
        let right = try login("geheim", trust[0], trust[1])
        #expect(right.code == 0 && right.error.hasPrefix("Login Succeeded") && right.output.isEmpty, "\(right)")
        #expect(try FileInfo.of(config)?.mode == 0o600)
        for outcome in [wrong, right] { #expect(!outcome.description.contains("geheim")) }
        let again = try run(["login", registry.authority] + trust)
        #expect(again.code == 0 && again.error.contains("Authenticating with the login in \(config)"), "\(again)")
        try work.file("Dockerfile", "FROM \(registry.authority)/none\n")
        // With the login the image is found to be missing; without it the registry does not tell.
        let build = ["build"] + trust + [work.context]
        let missing = try run(build)
        #expect(missing.code == 2 && missing.error.contains("has no image"), "\(missing)")
        let out = try run(["logout", registry.authority])
        #expect(out.code == 0 && out.error == "Removing login credentials for \(registry.authority)\n", "\(out)")
        #expect(try run(["logout", registry.authority]).error == "Not logged in to \(registry.authority)\n")
        let denied = try run(build)
        #expect(
            denied.code == 2 && denied.error.contains("hint: check the name; if it is private: sampan login"),
            "\(denied)")
    }

    @Test(
        "skopeo and podman read what sampan keeps, and sampan what they keep",
        .enabled(if: Need.programs("skopeo", "podman")))
    func peers() throws {
        #expect(try login("geheim").code == 0)
        for program in ["skopeo", "podman"] {
            let user = try Shell.run(
                "HOME='\(home)' \(program) login --get-login --authfile '\(config)' \(registry.authority) 2>/dev/null")
            #expect(user == "me\n", "\(program)")
            let file = work.place.path(program + ".json")
            try Shell.run(
                "echo geheim | \(program) login --tls-verify=false -u me --password-stdin --authfile '\(file)' \(registry.authority) >/dev/null 2>&1"
            )
            let outcome = try run(["login", registry.authority, "--authfile", file])
            #expect(outcome.code == 0 && outcome.error.contains(file), "\(outcome)")
            #expect(try run(["logout", registry.authority], environment: ["REGISTRY_AUTH_FILE": file]).code == 0)
            #expect(try run(["login", registry.authority], environment: ["REGISTRY_AUTH_FILE": file]).code == 64)
        }
    }

    @Test("a certificate is checked against what flags, settings and directories of certificates name")
    func authorities() throws {
        let other = work.place.path("tls/other.crt")
        let refused = try login("geheim", "--registry-ca", "\(registry.authority)=\(other)")
        #expect(refused.code == 2 && refused.error.contains("is not trusted"), "\(refused)")
        let settings = work.place.path("user/.config/sampan/config.yaml")
        for (ca, code) in [(other, Int32(2)), (registry.ca, 0)] {
            try work.place.file(
                "user/.config/sampan/config.yaml", "registries:\n  \(registry.authority):\n    ca: \(ca)\n")
            #expect(try login("geheim").code == code, "\(ca)")
        }
        // The project goes before the user, the flag before both.
        try work.place.file("sampan.yaml", "registries:\n  \(registry.authority):\n    ca: \(other)\n")
        #expect(try login("geheim").code == 2)
        #expect(try login("geheim", "--registry-ca", "\(registry.authority)=\(registry.ca)").code == 0)
        #expect(try login("geheim", "--insecure-registry", registry.authority).code == 0)
        for file in [settings, work.place.path("sampan.yaml")] { try Shell.run("rm '\(file)'") }
        for (name, code) in [("other", Int32(2)), ("ca", 0)] {
            let directory = try work.place.directory("user/.config/containers/certs.d/\(registry.authority)")
            try Shell.run("cp '\(work.place.path("tls/\(name).crt"))' '\(directory)/ca.crt'")
            #expect(try login("geheim").code == code, "\(name)")
        }
    }

    @Test("a helper that config.json names keeps the login")
    func helper() throws {
        try work.place.file("user/.docker/config.json", #"{"credsStore":"test","psFormat":"x"}"#)
        let path = work.place.path("bin") + ":/usr/bin:/bin"
        let missing = try run(
            ["login", registry.authority, "-u", "me", "--password-stdin"], input: "geheim", environment: ["PATH": path])
        #expect(missing.code == 2 && missing.error.contains("docker-credential-test"), "\(missing)")
        try work.place.file(
            "bin/docker-credential-test",
            """
            #!/bin/sh
            file="$(dirname "$0")/kept"
            case $1 in
            store) cat > "$file" ;;
            get) cat >/dev/null; cat "$file" 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
            erase) rm -f "$file" ;;
            esac
            """, mode: 0o755)
        let kept = try run(
            ["login", registry.authority, "-u", "me", "--password-stdin"], input: "geheim", environment: ["PATH": path])
        #expect(kept.code == 0 && kept.error.contains("kept in docker-credential-test"), "\(kept)")
        #expect(try work.place.text("user/.docker/config.json").contains("\"psFormat\": \"x\""))
        #expect(try !work.place.text("user/.docker/config.json").contains("\"auth\""))
        #expect(try run(["login", registry.authority], environment: ["PATH": path]).code == 0)
        #expect(
            try run(["logout", "--all"], environment: ["PATH": path]).error
                == "Removing login credentials for \(registry.authority)\n")
        #expect(try FileInfo.of(work.place.path("bin/kept")) == nil)
    }

    @Test("mistakes of use are told, with the remedy")
    func mistakes() throws {
        let password = try run(["login", registry.authority, "-u", "me", "-p", "geheim"])
        #expect(
            password.code == 64 && password.error.contains("--password-stdin") && !password.error.contains("geheim"))
        #expect(try run(["login", registry.authority]).error.contains("there is no terminal to ask"))
        #expect(try run(["login", registry.authority, "--password-stdin"], input: "x").code == 64)
        #expect(try login("").error.contains("no password was given"))
        #expect(try run(["login", "a b"]).code == 64)
        #expect(try run(["logout", "--all", "x.io"]).code == 64)
        let settings = "registries:\n  \(registry.authority):\n    insecur: true\n"
        try work.place.file("sampan.yaml", settings)
        let wrong = try login("geheim")
        #expect(wrong.code == 2)
        #expect(wrong.error.contains("sampan.yaml:3:5") && wrong.error.contains("^^^^^^^"), "\(wrong)")
        #expect(wrong.error.contains("did you mean 'insecure'?"))
    }

    @Test("a password is typed at a terminal without being shown", .enabled(if: Need.programs("script", "python3")))
    func terminal() throws {
        let program = try Program.find()
        try work.place.file(
            "type.py",
            """
            import os, pty, sys, time
            pid, terminal = pty.fork()
            if pid == 0:
                os.environ["HOME"] = "\(home)"
                os.execv("\(program)", ["sampan", "login", "\(registry.authority)"])
            seen = b""
            def until(text):
                global seen
                while text not in seen:
                    seen += os.read(terminal, 1024)
            until(b"Username: "); os.write(terminal, b"me\\n")
            until(b"Password: "); time.sleep(0.2); os.write(terminal, b"geheim\\n")
            try:
                while True: seen += os.read(terminal, 1024)
            except OSError: pass
            sys.stdout.write(seen.decode()); sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """)
        let seen = try Shell.run("python3 '\(work.place.path("type.py"))'")
        #expect(seen.contains("Login Succeeded") && !seen.contains("geheim"), "\(seen)")
    }
}

@Suite("Certificates of clients", .enabled(if: Need.programs("docker-registry", "openssl")))
struct ClientCertificateTests {
    @Test("a registry that wants a client's certificate gets the one that is set for it")
    func client() throws {
        let work = try Workspace("client")
        let registry = try SecuredRegistry(work.place, wantsCertificate: true)
        let home = work.place.path("user")
        func login(_ more: String...) throws -> Program.Outcome {
            try work.run(
                ["login", registry.authority, "-u", "me", "--password-stdin"] + more, environment: ["HOME": home],
                input: Array("geheim".utf8))
        }
        let ca = "\(registry.authority)=\(registry.ca)"
        #expect(try login("--registry-ca", ca).code == 2)
        let (certificate, key) = registry.client
        let both = ["--registry-ca", ca, "--registry-client-cert"]
        #expect(try login(both[0], both[1], both[2], "\(registry.authority)=\(certificate):\(key)").code == 0)
        let other = try login(
            both[0], both[1], both[2], "\(registry.authority)=\(certificate):\(work.place.path("tls/server.key"))")
        #expect(other.code == 2 && other.error.contains("is not that of the certificate"), "\(other)")
        let none = try login(both[0], both[1], both[2], "\(registry.authority)=\(certificate):/none")
        #expect(none.code == 2 && none.error.contains("can't be read as a private key"), "\(none)")
        // Docker's directory of certificates, half of a pair first.
        let directory = try work.place.directory("user/.config/docker/certs.d/\(registry.authority)")
        try Shell.run("cp '\(registry.ca)' '\(directory)/ca.crt'; cp '\(certificate)' '\(directory)/me.cert'")
        let half = try login()
        #expect(half.code == 2 && half.error.contains("has no key beside it"), "\(half)")
        try Shell.run("cp '\(key)' '\(directory)/me.key'")
        let whole = try login()
        #expect(whole.code == 0, "\(whole)")
    }
}
