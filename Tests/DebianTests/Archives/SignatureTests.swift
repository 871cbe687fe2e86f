import Core
import HostOS
import SampanTestSupport
import Testing

@testable import Debian

@Suite("signatures of archives")
struct SignatureTests {
    private static let text = Array("Suite: a\nCodename: b\n".utf8)
    private let verifier = SignatureVerifier()

    private func verify(_ message: [UInt8], _ keyring: Keyring) throws -> [UInt8] {
        try verifier.signedText(of: message, keyring: keyring, name: "InRelease")
    }

    @Test("the signed text is what comes out, whether keys are binary or in text form")
    func good() throws {
        let key = try TestKey()
        let message = try key.clearSigned(Self.text)
        #expect(try verify(message, .file(key.keyring)) == Self.text)
        let armored = try key.publicKey(armored: true)
        #expect(armored.starts(with: Array("-----BEGIN PGP PUBLIC KEY BLOCK-----".utf8)))
        #expect(try verify(message, Keyring([.bytes(armored, name: "key")])) == Self.text)
        #expect(try Keyring([.bytes(armored, name: "key")]).load() == [key.publicKey()])
    }

    @Test("what stands around the signed text does not come out")
    func surrounded() throws {
        let key = try TestKey()
        let other = Array("Suite: evil\n\n".utf8)
        let message = try other + key.clearSigned(Self.text) + other
        #expect(try verify(message, .file(key.keyring)) == Self.text)
    }

    @Test("a key among several keyrings is enough, and so is one signature among several")
    func several() throws {
        let (key, other) = (try TestKey("One"), try TestKey("Other"))
        let message = try key.clearSigned(Self.text)
        #expect(try verify(message, Keyring([.file(other.keyring), .file(key.keyring)])) == Self.text)
        let both = try key.clearSigned(Self.text, with: other)
        #expect(try verify(both, .file(key.keyring)) == Self.text)
        #expect(try verify(both, .file(other.keyring)) == Self.text)
        let joined = try key.publicKey(armored: true) + other.publicKey(armored: true)
        #expect(try verify(message, Keyring([.bytes(joined, name: "keys")])) == Self.text)
    }

    @Test("another key's signature is none")
    func unknown() throws {
        let (key, other) = (try TestKey("One"), try TestKey("Other"))
        #expect(throws: DebianArchiveError.unknownSigner("InRelease", keys: [key.fingerprint])) {
            try verify(key.clearSigned(Self.text), .file(other.keyring))
        }
    }

    @Test("only the keys that a source names count")
    func fingerprints() throws {
        let (key, other) = (try TestKey("One"), try TestKey("Other"))
        let message = try key.clearSigned(Self.text)
        let files: [Keyring.Part] = [.file(key.keyring), .file(other.keyring)]
        #expect(try verify(message, Keyring(files, fingerprints: [key.fingerprint])) == Self.text)
        #expect(try verify(message, Keyring(files, fingerprints: ["0", key.fingerprint + "!"])) == Self.text)
        #expect(throws: DebianArchiveError.unknownSigner("InRelease", keys: [key.fingerprint])) {
            try verify(message, Keyring(files, fingerprints: [other.fingerprint]))
        }
    }

    @Test("a changed text is refused, even when another signature is missing only")
    func tampered() throws {
        let key = try TestKey()
        let message = String(decoding: try key.clearSigned(Self.text), as: UTF8.self)
        let changed = Array(message.split(separator: "Suite: a").joined(separator: "Suite: c").utf8)
        #expect(throws: DebianArchiveError.badSignature("InRelease", key: String(key.fingerprint.suffix(16)))) {
            try verify(changed, .file(key.keyring))
        }
    }

    @Test("of several signed texts in one file none comes out that was not signed by a trusted key")
    func severalTexts() throws {
        let (key, other) = (try TestKey("One"), try TestKey("Other"))
        let message = try key.clearSigned(Self.text)
        let evil = try other.clearSigned(Array("Suite: evil\n".utf8))
        for bytes in [message + evil, evil + message, message + message, evil + evil] {
            do throws(DebianArchiveError) {
                let text = try verifier.signedText(of: bytes, keyring: .file(key.keyring), name: "InRelease")
                #expect(text == Self.text)
            } catch {
                #expect(error.diagnostic.code == "debian.signature")
            }
        }
    }

    @Test("an expired key's signature is refused")
    func expired() throws {
        let key = try TestKey(isExpired: true)
        let id = String(key.fingerprint.suffix(16))
        #expect(throws: DebianArchiveError.expiredSignature("InRelease", key: id)) {
            try verify(key.clearSigned(Self.text), .file(key.keyring))
        }
    }

    @Test("what is not signed is refused", arguments: ["", "Suite: a\n", "-----BEGIN PGP SIGNED MESSAGE-----\n"])
    func unsigned(text: String) throws {
        let key = try TestKey()
        #expect(throws: DebianArchiveError.unsigned("InRelease")) {
            try verify(Array(text.utf8), .file(key.keyring))
        }
    }

    @Test("random bytes are refused and do no harm", arguments: 0..<20)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let key = Keyring([.bytes([0x99], name: "broken")])
        let bytes = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(throws: DebianArchiveError.self) { try verify(bytes, key) }
    }

    @Test("a missing program, keyring or key is said")
    func missing() throws {
        let directory = try TemporaryDirectory("keys")
        let key = try TestKey()
        let message = try key.clearSigned(Self.text)
        #expect(throws: DebianArchiveError.noKeyring("/nonexistent/keys.gpg")) {
            try verify(message, .file("/nonexistent/keys.gpg"))
        }
        let text = try directory.file("keys.txt", "no keys\n")
        #expect(throws: DebianArchiveError.malformedKeyring(text)) { try verify(message, .file(text)) }
        #expect(throws: DebianArchiveError.noVerifier("gpgv-that-is-not-there")) {
            try SignatureVerifier(program: "gpgv-that-is-not-there").signedText(
                of: message, keyring: .file(key.keyring), name: "InRelease")
        }
        let keyring = Keyring([.firstOf(["/nonexistent/a", key.keyring])])
        #expect(try verify(message, keyring) == Self.text)
        #expect(throws: DebianArchiveError.noKeyring("/nonexistent/a")) {
            try verify(message, Keyring([.firstOf(["/nonexistent/a", "/nonexistent/b"])]))
        }
    }

    @Test("a verifier that hangs is ended")
    func hanging() throws {
        let directory = try TemporaryDirectory("gpgv")
        let program = try directory.file("gpgv", "#!/bin/sh\nexec sleep 60\n", mode: 0o755)
        let key = try TestKey()
        #expect(throws: DebianArchiveError.verifier(.timedOut(program: program))) {
            try SignatureVerifier(program: program, timeout: .milliseconds(100)).signedText(
                of: Self.text, keyring: .file(key.keyring), name: "InRelease")
        }
    }
}
