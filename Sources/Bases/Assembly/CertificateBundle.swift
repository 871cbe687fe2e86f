// https://manpages.debian.org/bookworm/ca-certificates/update-ca-certificates.8.en.html
internal import Core

/// The CA bundle: what update-ca-certificates makes of the certificates of packages and of the recipe.
///
/// It takes the packages' certificates in byte order of their paths below /usr/share/ca-certificates, then local ones,
/// each as its file has it with a line feed added where the last is missing. The links by subject hash that it makes as
/// well are left out: the programs that read them (OpenSSL's directory lookup) read the bundle too.
struct CertificateBundle {
    static let path: BytePath = "etc/ssl/certs/ca-certificates.crt"
    static let source: BytePath = "usr/share/ca-certificates"
    /// Bytes of one file of certificates; the system's whole bundle has 220 kB.
    static let limit = 4 << 20

    private var fromPackages: [BytePath: [UInt8]] = [:]
    private var local: [[UInt8]] = []

    /// Adds a certificate of a package.
    /// - Parameter path: below ``source``.
    mutating func add(_ certificate: [UInt8], at path: BytePath) { fromPackages[path] = certificate }

    /// Adds the certificates of a PEM file that the user gave.
    mutating func add(local file: [UInt8], name: String) throws {
        do throws(CertificateProblem) {
            local += try PEMFile.certificates(in: file)
        } catch {
            throw AssemblyError.certificate(file: name, problem: error)
        }
    }

    var bytes: [UInt8] {
        var out: [UInt8] = []
        let certificates = fromPackages.sorted { $0.key < $1.key }.map(\.value) + local
        for certificate in certificates where !certificate.isEmpty {
            out += certificate
            if out.last != UInt8(ascii: "\n") { out.append(UInt8(ascii: "\n")) }
        }
        return out
    }
}
