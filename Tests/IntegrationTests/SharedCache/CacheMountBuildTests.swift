import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite("cache mounts that travel", .enabled(if: Need.root, Need.rootReason))
struct CacheMountBuildTests {
    /// Counts its runs in a cache mount; the argument makes it run each time.
    private static let dockerfile = """
        FROM base
        ARG ROUND
        RUN --mount=type=cache,target=/c,id=counter echo $ROUND >> /c/runs && cp -p /c/runs /runs
        """

    private func machine() throws -> Workspace {
        let work = try Workspace("mounts")
        try work.importBase()
        return work
    }

    private func round(_ number: Int, _ arguments: [String], on work: Workspace) throws -> String {
        let image = try work.image(Self.dockerfile, ["--build-arg", "ROUND=\(number)"] + arguments)
        return try work.files(image)["runs"]?.text ?? ""
    }

    @Test("a fresh machine goes on where the last one ended")
    func travels() throws {
        let (first, second, third) = (try machine(), try machine(), try machine())
        let path = first.place.path("cache")
        let export = ["--cache-to", "type=local,dest=\(path),mode=max", "--cache-mounts", "export"]
        let importing = ["--cache-from", "type=local,src=\(path)"]
        #expect(try round(1, export, on: first) == "1\n")
        #expect(try round(2, importing + export, on: second) == "1\n2\n")
        // A build that runs nothing keeps what was exported.
        #expect(try round(2, importing + export, on: third) == "1\n2\n")
        #expect(try round(3, importing, on: third) == "1\n2\n3\n")
        #expect(try round(4, importing + ["--cache-mounts", "off"], on: try machine()) == "4\n")
        for work in [first, second, third] { #expect(try work.usage() == Tree.size(work.home)) }
    }

    @Test("without --cache-mounts export they stay")
    func stays() throws {
        let (first, second) = (try machine(), try machine())
        let path = first.place.path("cache")
        #expect(try round(1, ["--cache-to", "type=local,dest=\(path),mode=max"], on: first) == "1\n")
        #expect(try round(2, ["--cache-from", "type=local,src=\(path)"], on: second) == "2\n")
    }

    @Test("a mount that can't be restored starts empty, and the build says so")
    func damaged() throws {
        let (first, second) = (try machine(), try machine())
        let path = first.place.path("cache")
        _ = try round(
            1, ["--cache-to", "type=local,dest=\(path),mode=max", "--cache-mounts", "export"], on: first)
        try Shell.run(
            """
            cd '\(path)/blobs/sha256' && for f in *; do if head -c 4 $f | od -An -tx1 | grep -q '28 b5 2f fd'; then \
            printf X | dd of=$f bs=1 seek=12 conv=notrunc 2>/dev/null; fi; done
            """)
        let outcome = try second.build(
            Self.dockerfile,
            ["--build-arg", "ROUND=2", "--cache-from", "type=local,src=\(path)", "--progress", "plain"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.error.contains("the cache mount 'counter' starts empty"), "\(outcome)")
        #expect(try second.files(outcome.result)["runs"]?.text == "2\n")
    }

    @Test("an ordinary user in a user namespace restores and exports them too")
    func ordinaryUser() throws {
        let user = try OrdinaryUser(.rootless)
        let first = try machine()
        let place = user.work.place.path
        let path = place + "/cache"
        let dockerfile = """
            FROM base
            ARG ROUND
            RUN --mount=type=cache,target=/c mkdir -p /c/sub && echo $ROUND >> /c/sub/f && chown 1000:1001 /c/sub/f && \
                chmod 640 /c/sub/f && chmod 500 /c/sub && stat -c '%a %u %g' /c/sub/f /c/sub > /stat && cat /c/sub/f > /runs
            """
        let export = ["--cache-to", "type=local,dest=\(path),mode=max", "--cache-mounts", "export"]
        _ = try first.image(dockerfile, ["--build-arg", "ROUND=1"] + export)
        try Shell.run("chown -R \(OrdinaryUser.id):\(OrdinaryUser.id) '\(path)'")
        try user.work.file("Dockerfile", dockerfile)
        let imported = try user.run(["import", place + "/root.tar", "base"])
        #expect(imported.code == 0, "\(imported)")
        let outcome = try user.run(
            [
                "build", "--build-arg", "ROUND=2", "--cache-from", "type=local,src=\(path)", "-o",
                "type=tar,dest=\(place)/x.tar",
            ] + export + [user.work.context])
        #expect(outcome.code == 0, "\(outcome)")
        let files = try FileFact.read(place + "/x.tar")
        #expect(files["runs"]?.text == "1\n2\n")
        #expect(files["stat"]?.text == "640 1000 1001\n500 0 0\n")
        // And back to root's machine.
        let second = try machine()
        let back = try second.image(
            dockerfile, ["--build-arg", "ROUND=3", "--cache-from", "type=local,src=\(path)"])
        #expect(try second.files(back)["runs"]?.text == "1\n2\n3\n")
        #expect(try second.files(back)["stat"]?.text == "640 1000 1001\n500 0 0\n")
    }
}
