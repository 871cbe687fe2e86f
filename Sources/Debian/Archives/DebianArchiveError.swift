import Core
package import HostOS

/// Why an archive can't be used. Texts that came from a server are shortened where they are shown.
package enum DebianArchiveError: DiagnosticConvertible, Equatable {
    // Where to ask
    /// Neither the recipe nor the environment nor the host says where a suite is.
    case noSource(suite: String)
    case noSnapshotMirror(String)
    case badSnapshot(String)
    case badMirror(String)
    /// A suite or component whose name can't be part of a path.
    case badName(String)
    /// A line, from 1, of one of the host's files.
    case malformedSource(AptProblem, path: String, line: Int)

    // Keys and signatures
    case noKeyring(String)
    case malformedKeyring(String)
    case noVerifier(String)
    case verifier(ProcessError)
    case unsigned(String)
    case badSignature(String, key: String)
    /// By an expired or revoked key.
    case expiredSignature(String, key: String)
    case unknownSigner(String, keys: [String])

    // What the release says
    case noSuite(String, url: String)
    case malformedRelease(String, detail: String)
    case noDigests(String)
    case wrongSuite(asked: String, suite: String?, codename: String?)
    /// Seconds since 1970.
    case fromTheFuture(String, date: Int64)
    case expired(String, validUntil: Int64)
    case noComponent(String, suite: String, known: [String])
    case noArchitecture(String, suite: String, known: [String])
    case noIndex(String, suite: String)
    case indexTooLarge(String, size: Int64)
    /// The address of a file that no server has.
    case noFile(String)

    case system(SystemError)
}

/// What is wrong with the host's description of an apt source.
package enum AptProblem: Error, Hashable {
    case noAddress
    case noSuite
    case noComponents
    case openBracket
    case control(String)

    var text: String {
        switch self {
        case .noAddress: "a source has no address"
        case .noSuite: "a source has no suite"
        case .noComponents: "a source has no components"
        case .openBracket: "'[' is not closed"
        case .control(let message): message
        }
    }
}
