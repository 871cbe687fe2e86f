import Core
import HostOS

/// Files and sockets that hold secrets.
enum SecretFile {
    /// Secrets larger than this are refused, as BuildKit does.
    static let limit = 500 << 10

    static func read(_ path: String, id: String) throws -> [UInt8] {
        do {
            return try WholeFile.read(path, limit: limit)
        } catch {
            throw Diagnostic(
                code: "secret.file", "the secret '\(id)' cannot be read from '\(path)'", causes: [error.reason],
                hint: "a secret is a file of at most 500 KiB")
        }
    }

    static func requireSocket(_ path: String, id: String) throws {
        guard try FileInfo.of(path, followLinks: true)?.kind == .socket else {
            throw Diagnostic(code: "ssh.socket", "--ssh \(id): '\(path)' is not the socket of an SSH agent")
        }
    }
}
