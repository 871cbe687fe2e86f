import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite(
    "moving images to and from other tools",
    .enabled(
        if: Need.programs("skopeo", "umoci", "docker-registry", "jq", "zstd"),
        "needs skopeo, umoci, docker-registry, jq, zstd"))
struct PeerTests {
    /// Transports whose images keep their digests.
    private static let exact = ["oci:P/layout:v1", "oci:P/layout:team/web:2", "oci-archive:P/a.tar:v1", "dir:P/dir"]

    @Test("skopeo reads every transport that is written, with the same digest")
    func skopeoReads() throws {
        let work = try Workspace("peers")
        let digest = try work.small("web:1")
        let registry = try DebianRegistry(work.place.path)
        for text in Self.exact {
            let name = text.replacing("P/", with: work.place.path + "/")
            let outcome = try work.succeed(["copy", "web:1", name])
            #expect(outcome.result == digest, "\(name)")
            #expect(outcome.error.contains("copied web:1 to \(name): "), "\(outcome.error)")
            #expect(try work.skopeoDigest(name) == digest, "\(name)")
            #expect(try work.succeed(["digest", name]).result == digest)
        }
        let remote = "\(registry.authority)/team/web:1"
        let options = ["--insecure-registry", registry.authority]
        let pushed = try work.succeed(["push", "web:1", remote] + options)
        #expect(pushed.outputLines == ["\(registry.authority)/team/web@\(digest)"])
        #expect(try work.skopeoDigest("docker://\(remote)", "--tls-verify=false") == digest)
        #expect(try work.succeed(["push", "web:1", remote] + options).error.contains("all of it already there"))
        let mounted = try work.succeed(["push", "web:1", "\(registry.authority)/other/web:1"] + options)
        #expect(mounted.error.contains(" mounted") && !mounted.error.contains(" moved"), "\(mounted.error)")
        // A docker archive has no manifest of its own for skopeo; the configuration is the image.
        let archive = "docker-archive:\(work.place.path("d.tar")):web:1"
        #expect(try work.succeed(["copy", "web:1", archive]).result == digest)
        let config = try work.skopeoDigest(archive.replacing("--raw", with: ""), "--config")
        #expect(config == (try work.skopeoDigest("oci:\(work.place.path("layout")):v1", "--config")))
    }

    @Test("what skopeo writes is read on every transport, with the same digest")
    func skopeoWrites() throws {
        let work = try Workspace("peers")
        let digest = try work.small("web:1")
        let registry = try DebianRegistry(work.place.path)
        let source = "oci:\(work.place.path("mine")):v1"
        try work.succeed(["copy", "web:1", source])
        try work.place.directory("theirs")
        let theirs = work.place.path("theirs")
        for text in Self.exact {
            let name = text.replacing("P/", with: theirs + "/")
            try Shell.run("skopeo copy -q '\(source)' '\(name)'")
            #expect(try work.succeed(["digest", name]).result == digest, "\(name)")
            let other = try Workspace("peers")
            #expect(try other.succeed(["pull", name, "-t", "got:1"]).result == digest, "\(name)")
            #expect(try other.files("got:1")["note"]?.text == "seed 1\n")
        }
        let remote = "\(registry.authority)/skopeo/web"
        let options = ["--insecure-registry", registry.authority]
        for format in ["oci", "v2s2"] {
            try Shell.run(
                "skopeo copy -q --format \(format) --dest-tls-verify=false '\(source)' 'docker://\(remote):\(format)'")
            let theirDigest = try work.skopeoDigest("docker://\(remote):\(format)", "--tls-verify=false")
            let other = try Workspace("peers")
            #expect(try other.succeed(["pull", "\(remote):\(format)"] + options).result == theirDigest)
            #expect(try other.files("\(remote):\(format)")["note"]?.text == "seed 1\n")
            let there = "\(remote)-copy:\(format)"
            #expect(
                try other.succeed(["copy", "docker://\(remote):\(format)", "docker://\(there)"] + options).result
                    .hasSuffix(theirDigest))
        }
        #expect(try work.succeed(["ls", remote] + options).outputLines == ["oci", "v2s2"])
        let json = try work.succeed(["ls", remote, "--format", "json"] + options).output
        #expect(json == "[\n  \"oci\",\n  \"v2s2\"\n]\n")
        try Shell.run("skopeo copy -q '\(source)' 'docker-archive:\(theirs)/d.tar:web:9'")
        let other = try Workspace("peers")
        #expect(try other.succeed(["load", "-i", theirs + "/d.tar"]).error.contains("loaded web:9: "))
        #expect(try other.files("web:9")["note"]?.text == "seed 1\n")
    }

    @Test("formats and compressions are converted, which is said, and other tools read the result")
    func conversions() throws {
        let work = try Workspace("peers")
        let digest = try work.small("web:1")
        for (arguments, change) in [
            (["--format", "docker"], "docker"), (["--compression", "zstd"], "zstd"),
            (["--format", "oci", "--compression", "gzip"], ""),
        ] {
            let path = work.place.path("c\(change)")
            let outcome = try work.succeed(["copy", "web:1", "dir:" + path] + arguments)
            #expect((outcome.result == digest) == change.isEmpty)
            #expect(outcome.error.contains("became") == !change.isEmpty, "\(outcome.error)")
            #expect(outcome.error.contains(change))
            #expect(try work.skopeoDigest("dir:" + path) == outcome.result)
            // Its layers are what it says they are.
            if change == "zstd" {
                let layer = try Shell.run("jq -r '.layers[1].digest' '\(path)/manifest.json' | cut -d: -f2").dropLast()
                #expect(try Shell.run("zstd -dc < '\(path)/\(layer)' | tar -xO note") == "seed 1\n")
            } else {
                try Shell.run("skopeo copy -q 'dir:\(path)' 'oci:\(path)-oci:v1'")
                try Shell.run("umoci unpack --rootless --image '\(path)-oci:v1' '\(path)-root' >/dev/null 2>&1")
                #expect(try work.place.text("c\(change)-root/rootfs/note") == "seed 1\n")
            }
            let again = try Workspace("peers")
            let back = try again.succeed(["copy", "dir:" + path, "store:back:1", "--format", "oci"])
            #expect(try again.files("back:1")["note"]?.text == "seed 1\n", "\(back)")
        }
    }

    @Test("umoci reads a layout and adds to it, and the result is read")
    func umoci() throws {
        let work = try Workspace("peers")
        let digest = try work.small("web:1")
        let layout = work.place.path("layout")
        try work.succeed(["copy", "web:1", "oci:\(layout):v1"])
        #expect(try Shell.run("umoci ls --layout '\(layout)'") == "v1\n")
        try Shell.run("umoci tag --image '\(layout):v1' v2")
        try Shell.run("umoci config --image '\(layout):v2' --config.label added=yes")
        #expect(try work.succeed(["digest", "oci:\(layout):v1"]).result == digest)
        try work.succeed(["pull", "oci:\(layout):v2", "-t", "changed:1"])
        #expect(try work.inspect("changed:1").config.labels["added"] == "yes")
        #expect(try work.succeed(["ls", "oci:" + layout]).outputLines.sorted() == ["v1", "v2"])
    }

    @Test("an index is copied whole with --all, and one image of it without")
    func indexes() throws {
        let work = try Workspace("peers")
        let (index, digest) = try work.index()
        let registry = try DebianRegistry(work.place.path)
        let options = ["--insecure-registry", registry.authority]
        let remote = "\(registry.authority)/multi/arch:1"
        #expect(try work.succeed(["copy", index, "docker://" + remote, "--all"] + options).result.hasSuffix(digest))
        #expect(try work.skopeoDigest("docker://" + remote, "--tls-verify=false") == digest)
        let arm = try work.succeed(["digest", remote, "--platform", "linux/arm64"] + options).result
        #expect(arm != digest)
        let pulled = try work.succeed(["pull", remote, "--platform", "linux/arm64"] + options)
        #expect(pulled.result == arm)
        #expect(pulled.error.contains("linux/arm64"), "\(pulled.error)")
        let shown = try work.succeed(["manifest", "docker://" + remote] + options).output
        #expect(shown.contains("\n      \"digest\": \"\(arm)\""), "\(shown)")
        let raw = try work.succeed(["manifest", "--raw", "docker://" + remote] + options).output
        #expect(SHA256.digest(of: Array(raw.utf8)).description == digest)
        #expect(try work.succeed(["pull", remote, "--all", "-t", "all:1"] + options).result == digest)
        // A push sends all that there is.
        let again = "\(registry.authority)/multi/again:1"
        #expect(try work.succeed(["push", "all:1", again] + options).result.hasSuffix(digest))
        let saved = try work.succeed(["save", "all:1", "--format", "oci", "-o", work.place.path("all.tar")])
        #expect(saved.result == digest)
        #expect(try work.skopeoDigest("oci-archive:" + work.place.path("all.tar")) == digest)
        for platform in ["linux/s390x", "windows/amd64"] {
            let outcome = try work.run(["pull", remote, "--platform", platform] + options)
            #expect(outcome.code == 2 && outcome.error.contains("linux/arm64"), "\(outcome)")
        }
    }

    @Test("several images travel in one archive, named or not")
    func severalImages() throws {
        let work = try Workspace("peers")
        let first = try work.small("web:1", seed: 1)
        let second = try work.small("api:1", seed: 2)
        let third = try work.small("unnamed:1", seed: 3)
        for (format, transport) in [("docker", "docker-archive"), ("oci", "oci-archive")] {
            let path = work.place.path(format + ".tar")
            try work.succeed(["save", "web:1", "api:1", third, "--format", format, "-o", path])
            #expect(try work.succeed(["ls", "\(transport):\(path)"]).outputLines == ["web:1", "api:1"])
            let other = try Workspace("peers")
            let loaded = try other.succeed(["load", "-i", path])
            #expect(loaded.outputLines.sorted() == [first, second, third].sorted(), "\(loaded)")
            #expect(try other.succeed(["digest", "api:1"]).result == second)
            #expect(try other.succeed(["images", "-q"]).outputLines.sorted() == ["api:1", third, "web:1"].sorted())
            // Through a pipe, and compressed.
            let piped = try Workspace("peers")
            let bytes = Array(try WholeFile.read(path))
            #expect(try piped.succeed(["load"], input: bytes).outputLines.sorted() == loaded.outputLines.sorted())
            try Shell.run("gzip -k '\(path)'")
            #expect(
                try piped.succeed(["load", "-i", path + ".gz"]).outputLines.sorted() == loaded.outputLines.sorted())
            // Both have the tag 1, which by itself means neither.
            for name in ["web:1", "api:1"] {
                let theirName = format == "docker" ? name : "docker.io/library/" + name
                #expect(
                    try work.skopeoDigest("\(transport):\(path):\(theirName)", "--config")
                        == (try work.inspect(name).manifest.config.digest.description))
            }
            if format == "oci" {
                let bare = try work.run("inspect", "oci-archive:\(path):1")
                #expect(bare.code == 2 && bare.error.contains("docker.io/library/web:1"), "\(bare)")
            } else {
                let tags = try Shell.run("skopeo list-tags 'docker-archive:\(path)' | jq -r '.Tags[]'")
                #expect(tags.hasPrefix("docker.io/library/web:1\ndocker.io/library/api:1\n"), "\(tags)")
            }
        }
        let piped = try work.succeed(["save", "web:1", "-o", "-"]).output
        #expect(piped.utf8.count > 200_000)
    }

    @Test("an image of one platform is refused when another was asked for")
    func wrongPlatform() throws {
        let work = try Workspace("peers")
        try work.small("web:1")
        for arguments in [
            ["copy", "web:1", "dir:" + work.place.path("x"), "--platform", "linux/s390x"],
            ["save", "web:1", "-o", work.place.path("x.tar"), "--platform", "linux/s390x"],
            ["manifest", "web:1", "--platform", "linux/s390x"], ["digest", "web:1", "--platform", "linux/s390x"],
        ] {
            let outcome = try work.run(arguments)
            #expect(outcome.code == 2)
            #expect(outcome.error.contains("'web:1' is no image for linux/s390x"), "\(outcome)")
            #expect(outcome.output.isEmpty)
        }
        #expect(try FileInfo.of(work.place.path("x.tar")) == nil)
    }
}
