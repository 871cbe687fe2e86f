package import Core
internal import Glibc
package import HTTPTransport

/// Why Docker or Podman did not do what it was asked.
package enum EngineError: DiagnosticConvertible, Equatable {
    /// `DOCKER_HOST` names something that is no socket of this machine.
    case unsupportedHost(String)
    /// Nothing answers there.
    case unreachable(SocketSession.Address, errno: Int32?)
    case noSuchImage(String, known: [String])
    /// The engine said no, with its words.
    case refused(operation: String, status: Int, message: String)
    /// What came is not what the API says.
    case unexpected(operation: String, reason: String)
    /// An engine takes the image of one platform.
    case index

    package var diagnostic: Diagnostic {
        switch self {
        case .unsupportedHost(let host):
            Diagnostic(
                code: "engine.host", "DOCKER_HOST '\(Self.redacted(host))' can't be used",
                causes: ["it must be unix:///PATH, or tcp://127.0.0.1:PORT on this machine"],
                hint: "an engine elsewhere is reached through ssh: "
                    + "ssh -L /tmp/docker.sock:/var/run/docker.sock HOST, then DOCKER_HOST=unix:///tmp/docker.sock")
        case .unreachable(let address, let number): Self.unreachable(address, number)
        case .noSuchImage(let name, let known):
            Diagnostic(
                code: "engine.no-image", "the engine has no image '\(name)'",
                hint: Suggestion.hint(for: name, in: known)
                    ?? (known.isEmpty
                        ? "it has no images with names; pull it there, or name the registry: docker://\(name)"
                        : "it has " + known.prefix(12).joined(separator: ", ")))
        case .refused(let operation, let status, let message):
            Diagnostic(
                code: "engine.refused", "the engine cannot \(operation)",
                causes: [message.isEmpty ? "status \(status)" : Self.oneLine(message)],
                hint: status >= 500
                    ? "its log may tell more"
                    : status == 404 ? "check that the address is that of Docker or Podman" : nil)
        case .unexpected(let operation, let reason):
            Diagnostic(
                code: "engine.unexpected", "the engine did not \(operation)", causes: [Self.oneLine(reason)],
                hint: "check that the address is that of Docker or Podman")
        case .index:
            Diagnostic(
                code: "engine.index", "an engine takes the image of one platform, and this is an index of several",
                hint: "choose one with --platform")
        }
    }

    private static func unreachable(_ address: SocketSession.Address, _ number: Int32?) -> Diagnostic {
        let start =
            "start Docker (systemctl start docker), or Podman's socket (systemctl --user start podman.socket) and set "
            + "DOCKER_HOST=unix://$XDG_RUNTIME_DIR/podman/podman.sock"
        let forbidden = number == EACCES || number == EPERM
        return Diagnostic(
            code: "engine.unreachable",
            forbidden ? "you may not talk to the engine at \(address)" : "no engine answers at \(address)",
            causes: number.map { [String(cString: strerror($0))] } ?? [],
            hint: forbidden
                ? "become a member of the group that owns the socket, or use sudo" : start)
    }

    private static func redacted(_ host: String) -> String {
        guard let at = host.lastIndex(of: "@") else { return String(host.prefix(200)) }
        return "***" + host[at...].prefix(200)
    }

    /// Text of another program for our own message: one line, without control characters.
    private static func oneLine(_ text: String) -> String {
        let shown = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : Character($0) }
        return String(String(shown).prefix(500))
    }
}
