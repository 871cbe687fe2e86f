package import ArgumentParser
import Core
import Glibc
import HTTPTransport
import RegistryClient

/// `sampan login`.
package struct LoginCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Log in to a registry.",
        discussion: """
            The login is tried before it is kept: with the credential helper that Docker's config.json names, else in that \
            file, where Docker and Podman find it too. A registry that gives an identity token in the password's place gets \
            its password kept nowhere. Without a user, the login that is kept is tried.
            """)

    @Argument(
        help:
            "The registry, as HOST[:PORT]; a path behind it limits the login to repositories below. (default: docker.io)"
    )
    var name: String = "docker.io"

    @Option(name: .shortAndLong, help: "The user.")
    var username: String?

    @Option(name: .shortAndLong, help: .hidden)
    var password: String?

    @Flag(help: "Read the password from standard input.")
    var passwordStdin = false

    @OptionGroup var registry: RegistryOptions

    package init() {}

    package func run() async throws {
        if password != nil {
            throw Diagnostic(
                code: "login.password", "a password on the command line can be read by everyone on this machine",
                hint: "pipe it: … | sampan login \(name) -u USER --password-stdin", exitCode: 64)
        }
        let (server, key) = try LoginTarget.parse(name)
        let network = try NetworkAccess(
            registry: registry, environment: StoreAccess.environment(), writesLogins: true)
        let stored = network.credentials()
        let given: RegistryCredential
        if username == nil, !passwordStdin, let known = try stored.find(server, LoginTarget.path(key)) {
            Console.shared.message("Authenticating with the login in \(known.place)")
            given = known.credential
        } else {
            given = try LoginPrompt.ask(user: username, passwordStdin: passwordStdin)
        }
        let tried: TriedLogin
        do {
            tried = try await Interruption.shared.cancelling {
                try await network.registry().verifyLogin(registry: server, given)
            }
            await network.shutdown()
        } catch {
            await network.shutdown()
            guard case CredentialError.refused(let registry, let details) = error else { throw error }
            throw Diagnostic(
                code: "login.refused", "\(registry) does not take this user and password", causes: details,
                hint: "some registries want an access token in the password's place")
        }
        let place = try stored.save(tried.credential, for: key)
        if tried.isProven {
            Console.shared.message("Login Succeeded, kept in \(place)")
        } else {
            Console.shared.message("Login kept in \(place)")
            Console.shared.diagnostic(
                Diagnostic(
                    .warning, code: "login.untried", "\(server) asks for no login, so this one could not be tried",
                    hint: "whether it is right shows when an image is pulled or pushed"))
        }
    }
}

/// `sampan logout`.
package struct LogoutCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Forget the login for a registry.",
        discussion: "The login is taken out of the place where sampan login and docker login keep it.")

    @Argument(help: "The registry, as HOST[:PORT]. (default: docker.io)")
    var name: String?

    @Flag(help: "Forget the logins for all registries.")
    var all = false

    @Option(help: "The file of logins. (default: REGISTRY_AUTH_FILE, else Docker's)")
    var authfile: String?

    package init() {}

    package func run() throws {
        let stored = StoredCredentials(environment: StoreAccess.environment(), authFile: authfile) {
            Console.shared.diagnostic($0)
        }
        if all {
            guard name == nil else { throw ValidationError("--all forgets all logins; leave the registry out") }
            let names = try stored.eraseAll()
            for name in names { Console.shared.message("Removing login credentials for \(name)") }
            if names.isEmpty { Console.shared.message("Not logged in to any registry") }
            return
        }
        let (server, key) = try LoginTarget.parse(name ?? "docker.io")
        let wasThere = try stored.erase(registry: key)
        Console.shared.message(wasThere ? "Removing login credentials for \(key)" : "Not logged in to \(key)")
        if let left = try stored.find(server, LoginTarget.path(key)) {
            Console.shared.diagnostic(
                Diagnostic(.note, code: "logout.left", "there still is a login for \(server) in \(left.place)"))
        }
    }
}

/// What a person says to log in to.
enum LoginTarget {
    /// - Returns: the registry's host and port, and the name to keep the login under, which may have a path behind them.
    static func parse(_ text: String) throws -> (server: String, key: String) {
        var rest = Substring(text)
        for scheme in ["https://", "http://"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        let host = rest.prefix { $0 != "/" }
        var path = rest[host.endIndex...].split(separator: "/").map(String.init)
        // A URL's path is the API's, as Docker has it.
        if rest.count < text.count { path = [] }
        guard let server = RegistryName.parse(String(host)) else {
            throw Diagnostic(
                code: "usage.login", "'\(text)' is not a registry", hint: "the form is HOST[:PORT]", exitCode: 64)
        }
        let key = ([server] + path).joined(separator: "/")
        if !path.isEmpty { _ = try Reference(parsing: key) }
        return (server, key)
    }

    /// The repository part of a key; nil when there is none.
    static func path(_ key: String) -> String? {
        key.firstIndex(of: "/").map { String(key[key.index(after: $0)...]) }
    }
}
