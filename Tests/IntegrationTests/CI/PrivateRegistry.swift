import Glibc
import HostOS
import SampanTestSupport
import Testing

/// Debian's docker-registry on loopback, for one user alone, as long as the value lives.
final class PrivateRegistry {
    static let user = "boatman"
    static let password = "three-planks"

    /// `127.0.0.1:PORT`.
    let host: String
    private let place: TemporaryDirectory
    private let process: ChildProcess

    init() throws {
        place = try TemporaryDirectory("registry")
        host = "127.0.0.1:\(try Self.freePort())"
        // The password above by bcrypt, the one way that docker-registry knows.
        let hashed = try Shell.run(#"perl -e 'print crypt("\#(Self.password)", "\$2y\$04\$abcdefghijklmnopqrstuu")'"#)
        try place.file("users", "\(Self.user):\(hashed)\n")
        let configuration = try place.file(
            "config.yml",
            """
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: \(place.path("data"))}}
            http: {addr: "\(host)", secret: test}
            auth: {htpasswd: {realm: test, path: \(place.path("users"))}}

            """)
        var options = ChildProcess.Options("docker-registry", ["serve", configuration])
        for descriptor: Int32 in [1, 2] {
            options.descriptors[descriptor] = try .open(place.path("log"), O_WRONLY | O_CREAT | O_APPEND)
        }
        process = try ChildProcess.spawn(options)
        let isUp = Traces.wait { (try? Shell.run("curl -s -o '\(place.path)/up' http://\(host)/v2/")) != nil }
        try #require(isUp, "docker-registry does not start: \((try? place.text("log")) ?? "")")
    }

    deinit {
        process.terminate()
        _ = process.wait()
    }

    /// A port that nobody listens on now.
    private static func freePort() throws -> UInt16 {
        let text = try Shell.run(
            "/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])'"
        )
        return try #require(UInt16(text.dropLast()))
    }

    /// Copies an OCI layout to a repository and tag, by skopeo.
    func add(layout: String, as name: String) throws {
        try Shell.run(
            "skopeo --insecure-policy copy -q --dest-tls-verify=false --dest-creds \(Self.user):\(Self.password)"
                + " 'oci:\(layout)' 'docker://\(host)/\(name)' 2>&1")
    }

    /// The digest of what a tag names, by skopeo; nil when there is no such tag.
    func digest(_ name: String) -> String? {
        let text = try? Shell.run(
            "skopeo inspect --tls-verify=false --creds \(Self.user):\(Self.password) --format '{{.Digest}}'"
                + " 'docker://\(host)/\(name)' 2>/dev/null")
        return text.map { String($0.dropLast()) }
    }
}
