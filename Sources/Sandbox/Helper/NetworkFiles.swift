private import HostOS

/// The files that tell a program about names on the network. They are shown to it and never part of a layer.
enum NetworkFiles {
    static func contents(_ request: SandboxRequest) -> [(target: String, content: [UInt8])] {
        [
            ("/etc/hosts", Array(hosts(request).utf8)),
            ("/etc/hostname", Array((request.hostname + "\n").utf8)),
            // The host's name servers serve the program too: it is on the host's network.
            ("/etc/resolv.conf", (try? WholeFile.read("/etc/resolv.conf", limit: 1 << 20)) ?? []),
        ]
    }

    private static func hosts(_ request: SandboxRequest) -> String {
        var lines = ["127.0.0.1\tlocalhost \(request.hostname)", "::1\tlocalhost ip6-localhost ip6-loopback"]
        lines += request.extraHosts.map { "\($0.address)\t\($0.name)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
