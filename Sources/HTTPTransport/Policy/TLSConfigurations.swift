import Glibc
import NIOSSL
import Synchronization

/// The TLS configurations of a session: one for all servers, and those of servers that have settings of their own. Their
/// files are read when a server that needs them is first talked to: a bundle of certificates takes ten milliseconds.
final class TLSConfigurations: Sendable {
    /// For servers for which ``configuration(for:namedBy:verifies:)`` gives nothing.
    let general = TLSConfiguration.makeClientConfiguration()
    private let certificateFile: String?
    private let policy: TLSPolicy
    private let settings = Mutex<[String: TLSSettings]>([:])
    private let loaded = Mutex<[TLSSettings: TLSConfiguration]>([:])

    /// - Throws: ``HTTPTransportError/certificateFile(_:)`` when the file of certificates can't be read.
    init(_ configuration: TransportConfiguration) throws(HTTPTransportError) {
        certificateFile = configuration.certificateFile
        if let certificateFile, access(certificateFile, R_OK) != 0 { throw .certificateFile(certificateFile) }
        policy = configuration.tls
    }

    /// What a connection needs besides ``general``; nil when that is enough.
    /// - Parameters:
    ///   - issuer: the server that named this one, by a redirect or as its token server. Who trusts an authority for
    ///     the first trusts it for what that one hands on; the client's certificate is the first's alone.
    ///   - verifies: whether the server has to prove who it is.
    /// - Throws: ``HTTPTransportError`` when a file of the settings can't be used.
    func configuration(
        for url: HTTPURL, namedBy issuer: HTTPURL?, verifies: Bool
    ) throws(HTTPTransportError) -> TLSConfiguration? {
        var settings = try settings(for: url)
        if let issuer, issuer.scheme == .https {
            for file in try self.settings(for: issuer).authorities where !settings.authorities.contains(file) {
                settings.authorities.append(file)
            }
        }
        if settings.isEmpty, verifies, certificateFile == nil { return nil }
        var configuration = try load(settings, for: url)
        if !verifies { configuration.certificateVerification = .none }
        return configuration
    }

    private func settings(for url: HTTPURL) throws(HTTPTransportError) -> TLSSettings {
        if let known = settings.withLock({ $0[url.authority] }) { return known }
        let found = try policy.settings(for: url)
        settings.withLock { $0[url.authority] = found }
        return found
    }

    private func load(_ settings: TLSSettings, for url: HTTPURL) throws(HTTPTransportError) -> TLSConfiguration {
        if let known = loaded.withLock({ $0[settings] }) { return known }
        var configuration = general
        for file in [certificateFile].compactMap({ $0 }) + settings.authorities {
            configuration.additionalTrustRoots.append(.certificates(try Self.certificates(file)))
        }
        if let identity = settings.identity { try Self.show(identity, in: &configuration) }
        loaded.withLock { $0[settings] = configuration }
        return configuration
    }

    private static func certificates(_ file: String) throws(HTTPTransportError) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else {
            throw .certificateFile(file)
        }
        return certificates
    }

    private static func show(
        _ identity: TLSSettings.Identity, in configuration: inout TLSConfiguration
    ) throws(HTTPTransportError) {
        configuration.certificateChain = try certificates(identity.certificate).map { .certificate($0) }
        guard let key = try? NIOSSLPrivateKey(file: identity.key, format: .pem) else { throw .keyFile(identity.key) }
        configuration.privateKey = .privateKey(key)
        // That the two belong together shows only when they are put to use.
        guard (try? NIOSSLContext(configuration: configuration)) != nil else {
            throw .keyMismatch(certificate: identity.certificate, key: identity.key)
        }
    }
}
