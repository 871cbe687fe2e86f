import Core
import Testing

@testable import SampanCommands

@Suite("names of images on the command line")
struct ImageNameTests {
    private static let hub = Reference(registry: "docker.io", repository: "library/web", tag: "1")

    @Test(
        "a name reads as its transport says, and back",
        arguments: [
            ("docker://web:1", .registry(hub), "docker://docker.io/library/web:1"),
            ("docker-image://web:1", .registry(hub), "docker://docker.io/library/web:1"),
            ("web:1", .plain(hub), "web:1"),
            (
                "docker:27-dind",
                .plain(Reference(registry: "docker.io", repository: "library/docker", tag: "27-dind")), nil
            ),
            ("store:web:1", .store("web:1"), nil), ("store:abc123", .store("abc123"), nil),
            ("oci:dir", .oci(path: "dir", name: nil), nil), ("oci:dir:", .oci(path: "dir", name: nil), "oci:dir"),
            ("oci:/a/b:v1", .oci(path: "/a/b", name: "v1"), nil),
            ("oci:/a/b:team/web:1", .oci(path: "/a/b", name: "team/web:1"), nil),
            ("oci-layout:///a:v1", .oci(path: "/a", name: "v1"), "oci:/a:v1"),
            ("oci-archive:x.tar", .ociArchive(path: "x.tar", name: nil), nil),
            ("oci-archive:x.tar:v1", .ociArchive(path: "x.tar", name: "v1"), nil),
            (
                "docker-archive:x.tar:localhost:5000/a/b:1",
                .dockerArchive(path: "x.tar", name: "localhost:5000/a/b:1"), nil
            ),
            ("docker-daemon:web", .dockerDaemon("web:latest"), "docker-daemon:web:latest"),
            ("docker-daemon:docker.io/library/web:1", .dockerDaemon("web:1"), "docker-daemon:web:1"),
            (
                "docker-daemon:sha256:" + String(repeating: "a", count: 64),
                .dockerDaemon("sha256:" + String(repeating: "a", count: 64)), nil
            ),
            ("dir:/a:b", .directory(path: "/a:b"), nil), ("dir:.", .directory(path: "."), nil),
            ("base:static", .base("static"), nil),
        ] as [(String, ImageName, String?)])
    func reads(text: String, name: ImageName, written: String?) throws {
        #expect(try ImageName(parsing: text) == name)
        #expect(name.description == written ?? text)
        // What is printed is understood again, and says the same.
        #expect(try ImageName(parsing: name.description) == name)
    }

    @Test(
        "what is no name is refused with the transport that was meant",
        arguments: [
            ("dockr://x", "did you mean 'docker://'?"), ("http://x/y", nil),
            ("oci-archiv:/x/y", "did you mean 'oci-archive:'?"),
            ("docker-deamon:web:1", "did you mean 'docker-daemon:'?"), ("dri:/x", "did you mean 'dir:'?"),
            ("ostree:x", nil), ("docker-registry:x", "write docker://NAME"),
            ("./x", "write oci:./x, dir:./x, oci-archive:./x or docker-archive:./x"),
        ])
    func refused(text: String, hint: String?) {
        let error = #expect(throws: Diagnostic.self) { try ImageName(parsing: text) }
        if let hint { #expect(error?.hint == hint) } else { #expect(error?.hint?.hasPrefix("transports are") == true) }
    }

    @Test(
        "nothing behind a transport is refused",
        arguments: ["oci:", "oci::v1", "docker://", "docker-daemon:", "dir:", "base:"])
    func empty(text: String) {
        #expect(throws: (any Error).self) { try ImageName(parsing: text) }
    }

    @Test(
        "a mistake in a plain name stays the name's",
        arguments: ["Web:1", "a//b", "web:", "web:b d", "x/y@sha256:12", ""])
    func plain(text: String) {
        #expect(throws: ReferenceError.self) { try ImageName(parsing: text) }
    }

    @Test("an argument that is no name is a usage error")
    func usage() {
        let error = #expect(throws: Diagnostic.self) { try ImageArgument("Web:1") }
        #expect(error?.exitCode == 64)
    }

    @Test("the beginning of a text tells transports")
    func transports() {
        for text in ["docker://x", "oci:x", "store:x", "dir:x", "docker-daemon:x", "base:x"] {
            #expect(ImageName.hasTransport(text))
        }
        for text in ["docker:x", "web:1", "docker-image:x", "oci", "./oci:x"] { #expect(!ImageName.hasTransport(text)) }
    }
}

@Suite("JSON for people")
struct IndentedJSONTests {
    @Test(
        "it keeps what it says",
        arguments: [
            (#"{}"#, "{}\n"), (#"{"b":[],"a":{ }}"#, "{\n  \"b\": [],\n  \"a\": {}\n}\n"),
            (#"["a,]\"{\\",1,null]"#, "[\n  \"a,]\\\"{\\\\\",\n  1,\n  null\n]\n"),
            ("[ [1 ,\n2]\t]", "[\n  [\n    1,\n    2\n  ]\n]\n"),
        ])
    func indents(text: String, expected: String) {
        #expect(String(decoding: IndentedJSON.bytes(Array(text.utf8)), as: UTF8.self) == expected)
    }
}
