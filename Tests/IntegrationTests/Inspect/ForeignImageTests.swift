import Core
import HostOS
import SampanTestSupport
import Testing

@Suite(
    "images that Podman and Buildah made, by every transport", .enabled(if: Need.root, Need.rootReason),
    .enabled(
        if: Need.programs("podman", "buildah", "docker", "docker-registry"),
        "needs podman, buildah, docker and docker-registry"))
struct ForeignImageTests {
    private static let dockerfile = """
        FROM scratch
        ADD root.tar /
        RUN mkdir /d && echo one >/d/one && echo two >/d/two
        RUN rm /d/one && chmod 700 /d/two && echo three >/three
        USER 7
        CMD ["/bin/sh"]

        """

    @Test("wherever it lies and however it is packed, it is explained alike", arguments: ["buildah", "podman"])
    func transports(tool: String) throws {
        let work = try Workspace("foreign")
        let (podman, place) = (Podman(work: work), work.place.path)
        try work.file("Dockerfile", Self.dockerfile)
        try Shell.run("cp '\(BaseRoot.archive())' '\(work.context)/root.tar'")
        let build = "-q --layers --isolation chroot -t web:1 '\(work.context)' 2>'\(place)/log'"
        _ = tool == "podman" ? try podman.podman("build " + build) : try podman.buildah("bud " + build)
        let registry = try DebianRegistry(place)
        let remote = "\(registry.authority)/team/web:1"
        if tool == "podman" {
            for form in ["docker-archive", "oci-archive", "oci-dir", "docker-dir"] {
                _ = try podman.podman("save -q --format \(form) -o '\(place)/\(form)' web:1 2>>'\(place)/log'")
            }
            _ = try podman.podman(
                "save -q --compress --format docker-dir -o '\(place)/compressed' web:1 2>>'\(place)/log'")
            _ = try podman.podman("push -q --tls-verify=false web:1 \(remote) 2>>'\(place)/log'")
        } else {
            for target in [
                "docker-archive:\(place)/docker-archive:web:1", "oci-archive:\(place)/oci-archive:1",
                "oci:\(place)/oci-dir:1", "dir:\(place)/docker-dir", "--format v2s2 dir:\(place)/compressed",
                "--tls-verify=false docker://\(remote)",
            ] {
                let words = target.split(separator: " ")
                let options = words.dropLast().joined(separator: " ")
                _ = try podman.buildah("push -q \(options) web:1 '\(words.last ?? "")' 2>>'\(place)/log'")
            }
        }
        let service = try PodmanService(work)
        defer { service.stop() }
        func run(_ arguments: [String]) throws -> OrderedJSON {
            let outcome = try work.succeed(
                arguments + ["-q", "--format", "json", "--insecure-registry", registry.authority],
                environment: ["DOCKER_HOST": service.socket])
            return try OrderedJSON(parsing: Array(outcome.output.utf8))
        }
        let first = "oci:\(place)/oci-dir"
        let (shown, files) = (try run(["inspect", first]), try run(["inspect", "--files", first]))
        #expect(shown["waste"]?["items"] != nil && shown["waste"]?["items"] != .array([]))
        for image in [
            "docker-archive:\(place)/docker-archive", "oci-archive:\(place)/oci-archive", "dir:\(place)/docker-dir",
            "dir:\(place)/compressed", "docker://\(remote)", remote, "docker-daemon:localhost/web:1",
        ] {
            let other = try run(["inspect", image])
            for key in ["bytes", "kinds", "waste", "packages", "programs"] {
                #expect(other[key] == shown[key], "\(image) \(key)")
            }
            #expect(try run(["inspect", "--files", image]) == files, "\(image)")
            #expect(try run(["diff", first, image])["same"] == true, "\(image)")
            try work.succeed(
                ["copy", image, "store:copy:1", "--insecure-registry", registry.authority],
                environment: ["DOCKER_HOST": service.socket])
            #expect(try run(["inspect", "--files", "copy:1"]) == files, "\(image)")
        }
    }
}
