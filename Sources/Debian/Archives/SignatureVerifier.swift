// https://github.com/gpg/gnupg/blob/master/doc/DETAILS (the lines of --status-fd)
import HostOS

/// Checks signatures with gpgv, which knows the keys it is given and nothing of the user's own.
package struct SignatureVerifier: Sendable {
    /// A path, or a name that PATH resolves.
    private let program: String
    /// How long one check may take.
    private let timeout: Duration

    package init(program: String = "gpgv", timeout: Duration = .seconds(30)) {
        self.program = program
        self.timeout = timeout
    }

    /// The text that was signed: nothing of what stands around it in the file.
    ///
    /// At least one signature must be good and by a key of the keyring, and none may be bad; signatures by other keys don't
    /// matter, since archives sign with the keys of several releases. It runs a program and waits for it.
    /// - Parameters:
    ///   - message: a clear-signed text.
    ///   - name: what it is called in errors.
    /// - Throws: ``DebianArchiveError``.
    package func signedText(
        of message: [UInt8], keyring: Keyring, name: String
    ) throws(DebianArchiveError) -> [UInt8] {
        let keys = try keyring.load()
        var options = ChildProcess.Options(program, ["--status-fd", "2", "--weak-digest", "SHA1"])
        options.environment = ["PATH=/usr/bin:/bin", "HOME=/nonexistent", "LC_ALL=C"]
        for (index, keys) in keys.enumerated() {
            let number = Int32(3 + index)
            options.descriptors[number] = try Self.file(holding: keys)
            options.arguments += ["--keyring", "/dev/fd/\(number)"]
        }
        options.arguments += ["--output", "-", "-"]
        let result: ChildProcess.Captured
        do throws(ProcessError) {
            result = try ChildProcess.capture(options, input: message, limit: 64 << 20, timeout: timeout)
        } catch .notFound {
            throw .noVerifier(program)
        } catch {
            throw .verifier(error)
        }
        let status = SignatureStatus(result.error)
        guard status.texts == 1 else { throw .unsigned(name) }
        if let key = status.bad.first { throw .badSignature(name, key: key) }
        guard status.good.contains(where: { $0.isAmong(keyring.fingerprints) }) else {
            if let key = status.expired.first { throw .expiredSignature(name, key: key) }
            throw .unknownSigner(name, keys: status.unknown + status.good.map(\.primary))
        }
        guard !result.output.isEmpty else { throw .unsigned(name) }
        return result.output
    }

    /// An anonymous file, which is gone with this process whatever happens.
    private static func file(holding bytes: [UInt8]) throws(DebianArchiveError) -> FileDescriptor {
        do throws(SystemError) {
            let file = try FileDescriptor.inMemory("keys")
            try file.write(bytes)
            return file
        } catch {
            throw .system(error)
        }
    }
}

/// What gpgv said about the signatures of one text.
private struct SignatureStatus {
    struct Signer {
        var fingerprint: String
        var primary: String

        func isAmong(_ wanted: [String]) -> Bool {
            wanted.isEmpty
                || wanted.contains { key in
                    key.hasSuffix("!") ? key.dropLast() == fingerprint : key == fingerprint || key == primary
                }
        }
    }

    /// Signed texts in the message; two would be a text hidden behind another.
    private(set) var texts = 0
    private(set) var good: [Signer] = []
    /// Keys whose signature does not fit the text.
    private(set) var bad: [String] = []
    /// Keys that are expired or revoked, or whose signature is expired.
    private(set) var expired: [String] = []
    /// Keys that the keyring does not have, or whose signature gpgv does not understand.
    private(set) var unknown: [String] = []

    init(_ output: [UInt8]) {
        var isGood = false
        for line in output.split(separator: UInt8(ascii: "\n")) {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
            guard words.count >= 2, words[0] == "[GNUPG:]" else { continue }
            let key = words.count > 2 ? words[2] : ""
            switch words[1] {
            case "PLAINTEXT": texts += 1
            case "NEWSIG": isGood = false
            case "GOODSIG": isGood = true
            case "BADSIG": bad.append(key)
            case "EXPSIG", "EXPKEYSIG", "REVKEYSIG": expired.append(key)
            case "ERRSIG": unknown.append(words.count > 8 ? words[8] : key)
            case "VALIDSIG":
                // It follows signatures of expired keys as well.
                if isGood { good.append(Signer(fingerprint: key, primary: words.last ?? key)) }
                isGood = false
            default: break
            }
        }
    }
}
