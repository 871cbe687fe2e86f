package import Core
import HostOS

extension DebianArchiveError {
    package var diagnostic: Diagnostic {
        switch self {
        case .system(let error): error.diagnostic
        case .verifier(let error):
            Diagnostic(
                code: "debian.verifier", "a signature could not be checked", causes: [error.diagnostic.message],
                hint: error.diagnostic.hint)
        default: Diagnostic(code: "debian." + code, message, hint: hint)
        }
    }

    private var code: String {
        switch self {
        case .noSource: "no-source"
        case .noSnapshotMirror, .badSnapshot: "snapshot"
        case .badMirror: "mirror"
        case .badName: "suite-name"
        case .malformedSource: "apt-sources"
        case .noKeyring, .malformedKeyring: "keyring"
        case .noVerifier, .verifier: "verifier"
        case .unsigned, .badSignature, .expiredSignature, .unknownSigner: "signature"
        case .noSuite, .wrongSuite: "suite"
        case .malformedRelease, .noDigests: "release"
        case .fromTheFuture, .expired: "release-time"
        case .noComponent: "component"
        case .noArchitecture: "architecture"
        case .noIndex, .indexTooLarge: "index"
        case .noFile: "file"
        case .system: "system"
        }
    }

    private var message: String {
        switch self {
        case .noSource(let suite): "no Debian mirror is known for suite '\(Self.shown(suite))'"
        case .noSnapshotMirror(let time): "no snapshot mirror is known for snapshot '\(Self.shown(time))'"
        case .badSnapshot(let text): "'\(Self.shown(text))' is not a snapshot's time"
        case .badMirror(let text): "'\(Self.shown(text))' is not the address of a mirror"
        case .badName(let text): "'\(Self.shown(text))' is not the name of a suite or component"
        case .malformedSource(let problem, let path, let line):
            "the apt sources of this host can't be read: \(path):\(line): \(problem.text)"
        case .noKeyring(let path): "the keyring '\(path)' does not exist"
        case .malformedKeyring(let name): "'\(Self.shown(name))' holds no OpenPGP public keys"
        case .noVerifier(let program): "signatures can't be checked: the program '\(program)' is not installed"
        case .unsigned(let name): "\(name) is not signed"
        case .badSignature(let name, let key): "\(name) is not what key \(Self.shown(key)) signed"
        case .expiredSignature(let name, let key):
            "\(name) is signed by key \(Self.shown(key)), which is no longer valid"
        case .unknownSigner(let name, let keys):
            keys.isEmpty
                ? "\(name) has no signature of a trusted key"
                : "\(name) is signed by keys that the keyring does not have: \(Self.list(keys))"
        case .noSuite(let suite, let url): "the mirror has no suite '\(Self.shown(suite))': \(url) does not exist"
        case .malformedRelease(let suite, let detail):
            "the release of suite '\(Self.shown(suite))' can't be read: \(Self.shown(detail))"
        case .noDigests(let suite): "the release of suite '\(Self.shown(suite))' has no SHA-256 digests"
        case .wrongSuite(let asked, let suite, let codename):
            "the mirror gave another suite than '\(Self.shown(asked))': its release says "
                + "'\(Self.shown(suite ?? "nothing"))' (codename '\(Self.shown(codename ?? "none"))')"
        case .fromTheFuture(let suite, let date):
            "the release of suite '\(Self.shown(suite))' is dated in the future: \(ArchiveDate.text(date))"
        case .expired(let suite, let time):
            "the release of suite '\(Self.shown(suite))' has expired: it was valid until \(ArchiveDate.text(time))"
        case .noComponent(let component, let suite, let known):
            "suite '\(Self.shown(suite))' has no component '\(Self.shown(component))' (it has \(Self.list(known)))"
        case .noArchitecture(let architecture, let suite, let known):
            "suite '\(Self.shown(suite))' has no architecture '\(Self.shown(architecture))' (it has \(Self.list(known)))"
        case .noIndex(let path, let suite):
            "the release of suite '\(Self.shown(suite))' lists no index '\(Self.shown(path))'"
        case .indexTooLarge(let path, let size): "the index '\(Self.shown(path))' is too large: \(size) bytes"
        case .noFile(let url): "the mirror no longer has \(Self.shown(url))"
        case .verifier, .system: ""
        }
    }

    private var hint: String? {
        switch self {
        case .noSource:
            "set 'mirror:' in the recipe or \(ArchiveSource.mirrorVariable) to the address of a Debian mirror; the "
                + "apt sources of this host name none"
        case .noSnapshotMirror:
            "set 'snapshot-mirror:' in the recipe or \(ArchiveSource.snapshotVariable) to the address that holds "
                + "'archive/debian'"
        case .badSnapshot: "write it as 20250520T000000Z"
        case .badMirror: "write it as http://HOST/debian"
        case .badName: "letters, digits and -._+~ may be in it"
        case .malformedSource: "correct the file, or set \(ArchiveSource.mirrorVariable)"
        case .noKeyring: "install the package debian-archive-keyring, or name a file of keys with 'keyring:'"
        case .malformedKeyring: "export the keys with 'gpg --export', with or without --armor"
        case .noVerifier: "install gpgv (package gpgv)"
        case .unsigned, .badSignature:
            "don't use this mirror; if it is being updated, try again later"
        case .expiredSignature: "update the package debian-archive-keyring, or name newer keys with 'keyring:'"
        case .unknownSigner: "name the keys of this archive with 'keyring:', if it can be trusted"
        case .noSuite: "check the suite's name and the mirror's address"
        case .malformedRelease, .noDigests, .indexTooLarge, .noIndex: "use another mirror"
        case .wrongSuite: "ask for the suite by its own name"
        case .fromTheFuture: "check this machine's clock"
        case .expired:
            "the mirror is no longer updated, or this machine's clock is wrong; for an old state use 'snapshot:'"
        case .noComponent(let component, _, let known): Suggestion.hint(for: component, in: known)
        case .noArchitecture(let architecture, _, let known): Suggestion.hint(for: architecture, in: known)
        case .noFile:
            "newer versions have taken its place: update the lock file, or use 'snapshot:'; a mirror that is being "
                + "updated has it later"
        case .verifier, .system: nil
        }
    }

    private static func list(_ words: [String]) -> String {
        words.isEmpty ? "none" : words.prefix(12).map(shown).joined(separator: ", ")
    }

    /// A text from elsewhere, on one line and short.
    private static func shown(_ text: String) -> String {
        String(text.unicodeScalars.prefix(200).map { $0.value < 0x20 || $0.value == 0x7f ? "?" : Character($0) })
    }
}
