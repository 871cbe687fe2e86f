import Glibc
import HostOS
import SampanTestSupport
import Testing

@testable import SampanCommands

@Suite("paths in the place of an image's name")
struct GivenPathTests {
    @Test("what lies there decides what to write")
    func kinds() throws {
        let place = try TemporaryDirectory("given")
        func tar(_ name: String, _ members: [String]) throws {
            let root = "files of " + name
            for member in members { try place.file("\(root)/\(member)", "x") }
            try Shell.run(
                "tar -C '\(place.path)/\(root)' -cf '\(place.path)/\(name)' \(members.joined(separator: " "))")
        }
        try tar("docker.tar", ["blobs/sha256/a", "index.json", "manifest.json", "oci-layout"])
        try tar("oci.tar", ["blobs/sha256/a", "index.json", "oci-layout"])
        try tar("root.tar", ["etc/passwd", "manifest.json.d/x"])
        try Shell.run("gzip -k '\(place.path)/docker.tar' && gzip -k '\(place.path)/root.tar'")
        try place.file("text", "no archive\n")
        try place.file("empty", "")
        for directory in ["layout", "plain", "other"] { try place.directory(directory) }
        try place.file("layout/oci-layout", "{}")
        try place.file("plain/manifest.json", "{}")
        try place.file("plain/version", "x")
        try place.file("other/manifest.json", "{}")
        #expect(mkfifo(place.path("pipe"), 0o600) == 0)
        for (name, hint) in [
            ("docker.tar", "is a docker archive: write docker-archive:"),
            ("docker.tar.gz", "is a docker archive: write docker-archive:"),
            ("oci.tar", "is an OCI archive: write oci-archive:"), ("layout", "is an OCI layout: write oci:"),
            ("plain", "is a directory with an image: write dir:"),
        ] {
            let path = place.path(name)
            #expect(GivenPath.hint(path) == "'\(path)' \(hint)\(path)")
            #expect(GivenPath.hint(path + ":web:1") == "'\(path)' \(hint)\(path):web:1")
        }
        for name in ["root.tar", "root.tar.gz"] {
            let path = place.path(name)
            let hint = "'\(path)' is a tar of files: sampan import \(path) NAME makes an image of it"
            #expect(GivenPath.hint(path) == hint)
        }
        for name in ["text", "empty", "other", "none", "pipe", "text/x"] {
            #expect(GivenPath.hint(place.path(name)) == nil, "\(name)")
        }
        #expect(GivenPath.hint("") == nil && GivenPath.hint(":x") == nil)
    }
}
