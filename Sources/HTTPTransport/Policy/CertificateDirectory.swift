// https://docs.docker.com/engine/security/certificates/
// https://github.com/containers/image/blob/main/docs/containers-certs.d.5.md
import Glibc
import HostOS

/// A directory of certificates for one server: `*.crt` are authorities, `NAME.cert` with `NAME.key` is the client's.
enum CertificateDirectory {
    /// More files than that are no directory of certificates.
    private static let limit = 256

    /// What a directory holds; nothing when there is none, or none that may be read, as Docker and Podman have it.
    /// - Throws: ``HTTPTransportError/clientKeyMissing(certificate:)`` or
    ///   ``HTTPTransportError/clientCertificateMissing(key:)`` for half a pair.
    static func read(_ path: String) throws(HTTPTransportError) -> TLSSettings {
        var settings = TLSSettings()
        let names = Set(Self.names(in: path))
        for name in names.sorted() {
            if name.hasSuffix(".crt") {
                settings.authorities.append(path + "/" + name)
            } else if name.hasSuffix(".cert") {
                let key = name.dropLast("cert".utf8.count) + "key"
                guard names.contains(String(key)) else { throw .clientKeyMissing(certificate: path + "/" + name) }
                // Of several the first is taken: a connection shows one.
                if settings.identity == nil {
                    settings.identity = .init(certificate: path + "/" + name, key: path + "/" + key)
                }
            } else if name.hasSuffix(".key") {
                let certificate = name.dropLast("key".utf8.count) + "cert"
                guard names.contains(String(certificate)) else {
                    throw .clientCertificateMissing(key: path + "/" + name)
                }
            }
        }
        return settings
    }

    private static func names(in path: String) -> [String] {
        guard let directory = try? FileDescriptor.open(path, O_RDONLY | O_DIRECTORY),
            let names = try? Directory.names(directory)
        else { return [] }
        return names.prefix(limit).map { String(decoding: $0, as: UTF8.self) }
    }
}
