// https://github.com/docker/docker-credential-helpers#development
import Core
import Glibc
import HTTPTransport
import HostOS

/// A program `docker-credential-NAME` that keeps logins, in the key ring of a desktop for instance.
struct CredentialHelper {
    private static let limit = 1 << 20
    /// The user's name that says that the secret is an identity token.
    private static let tokenUser = "<token>"
    /// What helpers write when they have no login, which is all that tells it from a failure.
    private static let notFound = "credentials not found"

    let program: String
    private let path: String
    private let environment: [String: String]
    private let timeout: Duration

    /// - Parameter timeout: long enough to unlock a key ring by hand.
    /// - Throws: ``CredentialError/helperName(_:file:)`` or ``CredentialError/helperMissing(program:file:)``.
    init(
        _ name: String, file: String, environment: [String: String], timeout: Duration
    ) throws(CredentialError) {
        // It becomes part of a file's name; a slash would lead elsewhere.
        let isName = name.utf8.allSatisfy { byte in
            (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || "._-".utf8.contains(byte)
        }
        guard isName, !name.isEmpty, name.utf8.count <= 128 else { throw .helperName(name, file: file) }
        program = "docker-credential-" + name
        guard let path = Self.find(program, environment) else { throw .helperMissing(program: program, file: file) }
        self.path = path
        self.environment = environment
        self.timeout = timeout
    }

    private static func find(_ program: String, _ environment: [String: String]) -> String? {
        let path = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").map { $0 + "/" + program }.first { candidate in
            access(candidate, X_OK) == 0
                && (try? FileInfo.of(candidate, followLinks: true))??.kind == .file
        }
    }

    /// - Returns: nil when it has no login for the server.
    func get(_ server: String) throws(CredentialError) -> RegistryCredential? {
        guard let output = try run("get", Array(server.utf8)) else { return nil }
        guard let answer = try? OrderedJSON(parsing: output), case .object = answer,
            let secret = answer["Secret"]?.string
        else { throw .helperAnswer(program: program) }
        if secret.isEmpty { return nil }
        let user = answer["Username"]?.string ?? ""
        if user == Self.tokenUser { return .identityToken(Secret(secret)) }
        return .basic(user: user, password: Secret(secret))
    }

    func store(_ credential: RegistryCredential, for server: String) throws(CredentialError) {
        let (user, secret): (String, Secret) =
            switch credential {
            case .basic(let user, let password): (user, password)
            case .identityToken(let token, _): (Self.tokenUser, token)
            }
        let input = OrderedJSON.object([
            .init(key: "ServerURL", value: .string(server)), .init(key: "Username", value: .string(user)),
            .init(key: "Secret", value: .string(secret.reveal())),
        ])
        _ = try run("store", input.bytes(), hiding: secret)
    }

    /// Forgetting what isn't there is fine.
    func erase(_ server: String) throws(CredentialError) { _ = try run("erase", Array(server.utf8)) }

    /// - Parameter secret: kept out of what the program says, should it repeat its input.
    /// - Returns: what it wrote; nil when it found nothing.
    private func run(
        _ action: String, _ input: [UInt8], hiding secret: Secret? = nil
    ) throws(CredentialError) -> [UInt8]? {
        var options = ChildProcess.Options(path, [action])
        options.environment = environment.map { $0.key + "=" + $0.value }
        let result: ChildProcess.Captured
        do throws(ProcessError) {
            result = try ChildProcess.capture(options, input: input, limit: Self.limit, timeout: timeout)
        } catch {
            switch error {
            case .timedOut: throw .helperTimeout(program: program, seconds: Int(timeout.components.seconds))
            case .tooMuchOutput: throw .helperAnswer(program: program)
            default: throw .helperFailed(program: program, action: action, reason: error.diagnostic.message)
            }
        }
        if result.status == .exited(0) { return result.output }
        let message = String(decoding: result.output.isEmpty ? result.error : result.output, as: UTF8.self)
        if message.contains(Self.notFound) { return nil }
        throw .helperFailed(
            program: program, action: action, reason: Self.clean(message, hiding: secret, result.status))
    }

    /// The first line of what a helper said, fit for a terminal.
    private static func clean(_ text: String, hiding secret: Secret?, _ status: ExitStatus) -> String {
        var text = text
        if let secret, !secret.isEmpty { text = text.replacing(secret.reveal(), with: "***") }
        let line = text.split(whereSeparator: \.isNewline).first ?? ""
        let scalars = line.unicodeScalars.filter { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
        return scalars.isEmpty ? "it ended with \(status)" : String(String.UnicodeScalarView(scalars.prefix(200)))
    }
}
