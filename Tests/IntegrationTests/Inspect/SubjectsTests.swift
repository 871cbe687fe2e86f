import Core
import HostOS
import SampanTestSupport
import Testing

@Suite(
    "images of several tools, counted in several ways", .enabled(if: Need.root, Need.rootReason),
    .enabled(if: Need.programs("python3", "umoci", "skopeo"), "needs python3, umoci and skopeo"))
struct SubjectsTests {
    /// What layers can do to files: replace, delete, make opaque, link, and change owner or mode.
    private static let steps = """
        RUN mkdir -p /d/e /keep && echo one >/d/e/one && echo two >/d/two && ln /d/two /d/link && ln /d/two /keep/two
        RUN rm -rf /d && mkdir /d && echo three >/d/three && echo >/srv
        RUN cp /bin/busybox /keep/tool && ln /keep/tool /keep/tool-1 && ln -s tool /keep/soft && mkfifo /keep/pipe
        RUN chmod 700 /keep/tool && chown 7:8 /bin/busybox && echo four >>/keep/two
        RUN rm -rf /d && ln -s keep /d && rm /srv && mkdir /srv && echo x >/srv/x && rm /keep/tool-1

        """

    @Test("an image of buildah", .enabled(if: Need.programs("buildah")))
    func buildah() throws {
        let work = try Workspace("subjects")
        let podman = Podman(work: work)
        try work.file("Dockerfile", "FROM scratch\nADD root.tar /\n" + Self.steps)
        try Shell.run("cp '\(BaseRoot.archive())' '\(work.context)/root.tar'")
        let place = work.place.path
        _ = try podman.buildah("bud -q --layers --isolation chroot -t x:1 '\(work.context)' 2>'\(place)/log'")
        _ = try podman.buildah("push -q x:1 oci:\(place)/oci:1 2>>'\(place)/log'")
        _ = try podman.buildah("push -q x:1 docker-archive:\(place)/x.tar:x:1 2>>'\(place)/log'")
        let comparison = SubjectsComparison(work: work, layout: place + "/oci")
        let shown = try comparison.check(others: ["docker-archive:\(place)/x.tar"])
        try compare(comparison, shown)
        try comparison.compareWithDive(shown, archive: place + "/x.tar", efficiency: false)
    }

    @Test("an image of Docker", .enabled(if: Need.programs("dockerd", "docker")))
    func docker() throws {
        let work = try Workspace("subjects")
        let daemon = try DockerDaemon(work.place.path)
        defer { daemon.stop() }
        let place = work.place.path
        _ = try daemon.docker("import '\(BaseRoot.archive())' base:1")
        // Not built but committed, as the engine's builders want networks.
        var image = "base:1"
        for (index, line) in Self.steps.split(separator: "\n").enumerated() {
            _ = try daemon.docker("run --name c\(index) --network none \(image) /bin/sh -c '\(line.dropFirst(4))'")
            image = "x:\(index + 1)"
            _ = try daemon.docker("commit c\(index) \(image)")
        }
        _ = try daemon.docker("save -o '\(place)/x.tar' \(image)")
        try Shell.run("skopeo copy -q docker-archive:'\(place)/x.tar' oci:'\(place)/oci':1")
        let comparison = SubjectsComparison(work: work, layout: place + "/oci")
        let shown = try comparison.check(others: ["docker-archive:\(place)/x.tar"])
        try compare(comparison, shown)
        try comparison.compareWithDive(shown, archive: place + "/x.tar", efficiency: false)
    }

    @Test("an image of Sampan, with a directory that umoci makes opaque")
    func opaque() throws {
        let work = try Workspace("subjects")
        let place = work.place.path
        try work.importBase()
        try work.image("FROM base\n" + Self.steps, ["-o", "type=oci,dest=\(place)/oci,name=x:1"])
        let comparison = SubjectsComparison(work: work, layout: place + "/oci")
        try compare(comparison, comparison.check())
        try work.place.directory("new")
        // A whole block: umoci ends the archive behind the content, without what tar would fill up.
        try work.place.file("new/busybox", String(repeating: "another\n", count: 64))
        try Shell.run("umoci insert --image '\(place)/oci:1' --opaque '\(place)/new' /bin >/dev/null 2>&1")
        let shown = try comparison.check()
        #expect(comparison.items(shown["layers"]).count == 7)
    }

    /// What all tools' images of the steps have in common.
    private func compare(_ comparison: SubjectsComparison, _ shown: OrderedJSON) throws {
        let waste = comparison.items(shown["waste"]?["items"]).map { item in
            ["kind", "path", "layer", "replacedBy", "original"].map { comparison.text(item[$0]) }.joined(separator: " ")
        }
        for item in [
            "deleted /d/e/one 2 3 ", "deleted /d/three 3 6 ", "metadataCopy /bin/busybox 1 5 ",
            "deleted /srv 3 6 ",
        ] {
            #expect(waste.contains(item), "\(item) in \(waste)")
        }
        #expect(!comparison.items(shown["waste"]?["items"]).contains { $0["original"] == $0["path"] })
    }
}
