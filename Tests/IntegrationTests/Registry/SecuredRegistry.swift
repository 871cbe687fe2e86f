import Glibc
import HostOS
import SampanTestSupport
import Testing

/// Debian's registry on loopback, behind TLS with a certificate of an authority of its own, and with a password.
final class SecuredRegistry {
    /// `localhost:port`.
    let authority: String
    /// The authority's certificate.
    let ca: String
    /// A certificate and key that the registry takes for a client's.
    let client: (certificate: String, key: String)
    private let process: ChildProcess

    static let user = "me"
    static let password = "geheim"

    /// - Parameters:
    ///   - wantsPassword: `me` and `geheim`.
    ///   - wantsCertificate: of clients.
    init(_ place: TemporaryDirectory, wantsPassword: Bool = true, wantsCertificate: Bool = false) throws {
        let directory = try place.directory("tls")
        try Self.makeCertificates(directory)
        (ca, client) = (directory + "/ca.crt", (directory + "/client.crt", directory + "/client.key"))
        // A port that was free a moment ago.
        let probe = try LoopbackServer { _ in ServerReply(404) }
        authority = "localhost:\(probe.port)"
        probe.stop()
        // bcrypt of the password.
        try place.file(
            "htpasswd", Self.user + ":$2y$04$abcdefghijklmnopqrstuuPWRtT5yx7FBi4dcf6ROhboeNunUrLQ.\n")
        try place.file(
            "registry.yml",
            """
            version: 0.1
            storage: {filesystem: {rootdirectory: \(place.path("registry"))}}
            http:
              addr: "127.0.0.1:\(probe.port)"
              tls:
                certificate: \(directory)/server.crt
                key: \(directory)/server.key
                \(wantsCertificate ? "clientcas: [\(ca)]" : "minimumtls: tls1.2")
            \(wantsPassword ? "auth: {htpasswd: {realm: test, path: \(place.path("htpasswd"))}}" : "")
            log: {level: error, accesslog: {disabled: true}}
            """)
        process = try ChildProcess.spawn(
            ChildProcess.Options("docker-registry", ["serve", place.path("registry.yml")]))
        let port = probe.port
        let isUp = Traces.wait { (try? Shell.run("bash -c 'exec 3<>/dev/tcp/127.0.0.1/\(port)' 2>/dev/null")) != nil }
        try #require(isUp, "docker-registry does not listen")
    }

    private static func makeCertificates(_ directory: String) throws {
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        try Shell.run(
            """
            cd '\(directory)' && exec 2>/dev/null
            for ca in ca other; do
                openssl req -x509 \(key) -keyout $ca.key -out $ca.crt -subj "/CN=Test $ca" -days 2
            done
            printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' > names
            for name in server client; do
                openssl req \(key) -keyout $name.key -out $name.csr -subj /CN=$name
                openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out $name.crt
            done
            """)
    }

    func stop() {
        process.terminate(SIGKILL)
        process.wait()
    }

    deinit { stop() }
}
