import Glibc
import HostOS

/// A key for signing that exists for a test alone, in a GnuPG home of its own.
package final class TestKey: Sendable {
    private let home: TemporaryDirectory
    /// The fingerprint, in upper case.
    package let fingerprint: String
    /// A file with the public key, in binary form.
    package let keyring: String

    /// Options of all uses of the key.
    private let options: [String]

    /// - Parameter isExpired: makes a key of the year 2020 that was good for a day and signs then.
    package init(_ name: String = "Test Archive", isExpired: Bool = false) throws {
        options = isExpired ? ["--faked-system-time", "20200101T000000!"] : []
        home = try TemporaryDirectory("gpg")
        keyring = home.path("public.gpg")
        let path = home.path
        try check("change mode", path) { chmod(path, 0o700) }
        let made = try Self.gpg(
            home,
            options + ["--status-fd", "1", "--quick-generate-key", "\(name) <archive@example.org>", "ed25519", "sign"]
                + [isExpired ? "1d" : "0"])
        let words = String(decoding: made, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        fingerprint = words.first { $0.utf8.count == 40 && $0.allSatisfy(\.isHexDigit) }.map(String.init) ?? ""
        try home.file("public.gpg", Self.gpg(home, ["--export"]))
    }

    deinit {
        // The agent that gpg started serves this home alone.
        _ = try? ChildProcess.capture(.init("gpgconf", ["--homedir", home.path, "--kill", "gpg-agent"]))
    }

    /// The public key, binary or in text form.
    package func publicKey(armored: Bool = false) throws -> [UInt8] {
        try Self.gpg(home, ["--export"] + (armored ? ["--armor"] : []) + [fingerprint])
    }

    /// The text with a signature around it, as `InRelease` has it.
    package func clearSigned(_ text: [UInt8]) throws -> [UInt8] {
        try clearSigned(text, users: [fingerprint])
    }

    /// The text with signatures of this key and another one.
    package func clearSigned(_ text: [UInt8], with other: TestKey) throws -> [UInt8] {
        let secret = try Self.gpg(other.home, ["--export-secret-keys"])
        _ = try Self.gpg(home, ["--import"], input: secret)
        return try clearSigned(text, users: [fingerprint, other.fingerprint])
    }

    private func clearSigned(_ text: [UInt8], users: [String]) throws -> [UInt8] {
        let options = options + ["--clear-sign", "--digest-algo", "SHA512"] + users.flatMap { ["--local-user", $0] }
        return try Self.gpg(home, options, input: text)
    }

    private static func gpg(_ home: TemporaryDirectory, _ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
        var options = ChildProcess.Options(
            "gpg",
            ["--homedir", home.path, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
                + arguments)
        options.environment = ["PATH=/usr/bin:/bin", "HOME=\(home.path)", "LC_ALL=C"]
        let result = try ChildProcess.capture(options, input: input, timeout: .seconds(60))
        guard result.status.isSuccess else { throw Failure(text: result.errorText) }
        return result.output
    }

    package struct Failure: Error {
        package let text: String
    }
}
