internal import Binaries
internal import Core

/// What programs want while they run and no loader tells of: whether the image has it.
struct RuntimeNeeds {
    private let judge: ProgramJudge

    private var tree: LinkTree { judge.tree }
    private var environment: ProcessEnvironment { judge.environment }

    init(_ judge: ProgramJudge) { self.judge = judge }

    /// What is missing for a program, in the order of the needs' names.
    func gaps(_ program: BinaryFacts) -> [ProgramVerdict.RuntimeGap] {
        program.needs.sorted { $0.rawValue < $1.rawValue }.flatMap { need in
            missing(need, program).map { ProgramVerdict.RuntimeGap(need: need, missing: $0) }
        }
    }

    private func missing(_ need: BinaryFacts.Need, _ program: BinaryFacts) -> [String] {
        switch need {
        case .certificates: certificates(program)
        case .timeZones: timeZones(program)
        case .users: accounts()
        case .names: resolvesAnyway(program) || tree.exists("etc/nsswitch.conf") ? [] : ["/etc/nsswitch.conf"]
        case .temporaryFiles: temporaryDirectory()
        case .shell: tree.file("bin/sh") == nil ? ["/bin/sh"] : []
        }
    }

    /// musl has no name service switch, and Go takes `files dns` where none is configured (net/conf.go).
    private func resolvesAnyway(_ program: BinaryFacts) -> Bool {
        program.go != nil || program.interpreter?.contains("ld-musl") == true
    }

    // MARK: - Certificates

    /// Bundles where Go looks for them, and with it OpenSSL and GnuTLS of the distributions.
    private static let bundles: [BytePath] = [
        "etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/ca-bundle.pem",
        "etc/pki/tls/cacert.pem", "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "etc/ssl/cert.pem",
        "usr/lib/ssl/cert.pem",
    ]
    private static let directories: [BytePath] = ["etc/ssl/certs", "etc/pki/tls/certs"]
    /// Libraries that carry certificate authorities in the program.
    private static let builtIn: Set<String> = [
        "golang.org/x/crypto/x509roots/fallback", "github.com/breml/rootcerts", "webpki-roots", "webpki-root-certs",
    ]

    private func certificates(_ program: BinaryFacts) -> [String] {
        let modules = (program.go?.dependencies ?? []).map(\.module.path) + (program.rust?.crates ?? []).map(\.name)
        if modules.contains(where: Self.builtIn.contains) { return [] }
        if let file = environment["SSL_CERT_FILE"] {
            let path = environment.workingDirectory.joined(file)
            if tree.file(path) != nil { return [] }
            if !hasCertificateDirectory { return [path.absolute] }
        }
        if hasCertificateDirectory || Self.bundles.contains(where: { tree.file($0) != nil }) { return [] }
        return ["/etc/ssl/certs/ca-certificates.crt"]
    }

    private var hasCertificateDirectory: Bool {
        if let list = environment["SSL_CERT_DIR"] {
            return list.split(separator: ":").contains {
                tree.hasEntries(environment.workingDirectory.joined(String($0)))
            }
        }
        return Self.directories.contains { tree.hasEntries($0) }
    }

    // MARK: - Others

    private func timeZones(_ program: BinaryFacts) -> [String] {
        if program.go?["-tags"]?.split(separator: ",").contains("timetzdata") == true { return [] }
        let isGo = program.go != nil
        if isGo, let file = environment["ZONEINFO"] {
            let path = environment.workingDirectory.joined(file)
            if tree.file(path) != nil || tree.hasEntries(path) { return [] }
        }
        if !isGo, let directory = environment["TZDIR"] {
            let path = environment.workingDirectory.joined(directory)
            return tree.hasEntries(path) ? [] : [path.absolute]
        }
        let places: [BytePath] =
            isGo
            ? ["usr/share/zoneinfo", "usr/share/lib/zoneinfo", "usr/lib/locale/TZ", "etc/zoneinfo"]
            : ["usr/share/zoneinfo"]
        return places.contains { tree.hasEntries($0) } ? [] : ["/usr/share/zoneinfo"]
    }

    private func accounts() -> [String] {
        guard tree.file("etc/passwd") != nil else { return ["/etc/passwd"] }
        if let uid = tree.user.uid, uid != 0, !tree.user.hasAccount, tree.text("etc/passwd") != nil {
            return ["an entry for \(uid) in /etc/passwd"]
        }
        return []
    }

    private func temporaryDirectory() -> [String] {
        let path = environment["TMPDIR"].map { environment.workingDirectory.joined($0) } ?? "tmp"
        if tree.directory(path) == nil { return [path.absolute] }
        return tree.canWrite(path) ? [] : ["\(path.absolute), writable for \(tree.user.uid ?? 0)"]
    }
}
