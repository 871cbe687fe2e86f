import Archive
import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

/// Debian's Podman serving Docker's API, with all its data below a directory.
final class PodmanService {
    let socket: String
    private let process: ChildProcess

    init(_ work: Workspace) throws {
        let place = work.place.path("podman")
        try Directory.create(place)
        socket = "unix://\(place)/podman.sock"
        var options = ChildProcess.Options(
            "podman",
            [
                "--storage-driver", "vfs", "--root", place + "/root", "--runroot", place + "/run", "system", "service",
                "--time", "0", socket,
            ])
        options.parentDeathSignal = SIGTERM
        options.descriptors[2] = try .open(place + "/log", O_WRONLY | O_CREAT)
        process = try ChildProcess.spawn(options)
        let address = socket
        let isUp = Traces.wait(seconds: 30) {
            (try? Shell.run("docker -H '\(address)' version >/dev/null 2>&1")) != nil
        }
        try #require(isUp, "podman does not serve")
    }

    func stop() {
        process.terminate(SIGTERM)
        if process.wait(timeout: .seconds(20)) == nil {
            process.terminate(SIGKILL)
            process.wait()
        }
    }
}

extension Workspace {
    /// An image of two layers without any base, so that neither privilege nor a base is needed.
    /// - Returns: its digest.
    @discardableResult
    func small(_ name: String, seed: UInt64 = 1, size: Int = 300_000, _ arguments: [String] = []) throws -> String {
        var random = SeededGenerator(seed: seed)
        try file("data", random.bytes(size))
        try file("note", "seed \(seed)\n")
        return try image(
            "FROM scratch\nCOPY data /data\nCOPY note /note\nCMD [\"/data\"]\n", ["-t", name] + arguments)
    }

    /// An index of two images, for amd64 and arm64, in an OCI layout.
    /// - Returns: its path and its digest.
    func index(_ layout: String = "index") throws -> (path: String, digest: String) {
        for architecture in ["amd64", "arm64"] {
            try file("arch", architecture)
            try image(
                "FROM scratch\nCOPY arch /arch\n",
                [
                    "--platform", "linux/\(architecture)", "-o",
                    "type=oci,dest=\(place.path(layout)),name=x:\(architecture)",
                ])
        }
        let index = place.path(layout) + "/index.json"
        var text = String(decoding: try WholeFile.read(index), as: UTF8.self)
        // The layout's own index, with platforms and without names, becomes an image of it.
        let entries = ["amd64", "arm64"].map { architecture in
            let digest = try? Shell.run(
                "jq -r '.manifests[]|select(.annotations[\"org.opencontainers.image.ref.name\"]==\"\(architecture)\")|\"\\(.digest) \\(.size)\"' '\(index)'"
            ).split(separator: "\n").first
            let parts = (digest ?? "").split(separator: " ")
            return
                "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"\(parts.first ?? "")\",\"size\":\(parts.last ?? "0"),\"platform\":{\"os\":\"linux\",\"architecture\":\"\(architecture)\"}}"
        }
        text =
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[\(entries.joined(separator: ","))]}"
        let digest = SHA256.digest(of: Array(text.utf8))
        try AtomicFile.write(Array(text.utf8), to: place.path(layout) + "/blobs/sha256/\(digest.hex)")
        let entry =
            "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"digest\":\"\(digest)\",\"size\":\(text.utf8.count),\"annotations\":{\"org.opencontainers.image.ref.name\":\"all\"}}]}"
        try AtomicFile.write(Array(entry.utf8), to: index)
        return ("oci:\(place.path(layout)):all", digest.description)
    }

    /// The digest that skopeo sees somewhere.
    func skopeoDigest(_ image: String, _ options: String = "") throws -> String {
        let raw = Array(try Shell.run("skopeo inspect --raw \(options) '\(image)'").utf8)
        return SHA256.digest(of: raw).description
    }
}

/// Headers of tar members that tests fill with bytes.
enum TarHeaderFor {
    static func file(_ name: String, _ size: Int) -> TarHeader {
        TarHeader(name: Array(name.utf8), kind: .file, mode: 0o644, size: Int64(size))
    }
}
