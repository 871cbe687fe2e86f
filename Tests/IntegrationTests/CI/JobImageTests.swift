import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite(
    "the image for CI jobs",
    .enabled(if: DebianBases.isReachable && Need.root, DebianBases.reason),
    .enabled(if: Need.programs("strip", "newuidmap", "newgidmap"), "needs strip (binutils) and newuidmap (uidmap)"))
struct JobImageTests {
    @Test("sampan builds in it as an ordinary user, to the same digest as outside, and has its tools there")
    func build() throws {
        // In the home that tests of bases share, so packages are fetched once.
        let work = try DebianBases.workspace()
        try Shell.run(
            "SAMPAN='\(Program.find())' SAMPAN_HOME='\(work.home)' '\(Repository.root)/scripts/ci-image' sampan sampan:ci"
                + " >'\(work.place.path)/log' 2>&1 || { cat '\(work.place.path)/log' >&2; exit 1; }")
        try builds(work)
        try mapsIDs(work)
    }

    private func builds(_ work: Workspace) throws {
        try work.file("Dockerfile", "FROM scratch\nWORKDIR /app\nCOPY --chown=5:6 --chmod=755 f .\nUSER 65532\n")
        try work.file("f", "f\n")
        // Others may look into the context.
        try Shell.run("chmod -R a+rX '\(work.place.path)'")
        let expected = try work.succeed(["build", "-q", work.context]).result
        let script =
            "id -u && git --version && jq --version && gpgv --version && runc --version && sampan build -q /context"
        let outcome = try work.succeed([
            "run", "-v", "\(work.context):/context:ro", "--entrypoint", "/bin/sh", "sampan:ci", "-ec", script,
        ])
        #expect(outcome.outputLines.first == "65532")
        #expect(outcome.result == expected)
        for name in ["git version", "jq-", "gpgv (GnuPG)", "runc version"] {
            #expect(outcome.output.contains(name), "\(name)")
        }
    }

    /// A RUN may map the container's other ids by file capabilities and not by set-uid bits.
    private func mapsIDs(_ work: Workspace) throws {
        let files = try work.files("sampan:ci")
        for program in ["newuidmap", "newgidmap"] { #expect(files["usr/bin/\(program)"]?.access == "755 0:0") }
        for file in ["subuid", "subgid"] {
            #expect(files["etc/\(file)"]?.text == "nonroot:1:65531\nnonroot:65533:3\n")
        }
        try work.succeed(["export", "sampan:ci", "-o", "type=tar,dest=\(work.place.path("image.tar"))"])
        let attributes = try Shell.run(
            """
            /usr/bin/python3 -c '
            import sys, tarfile
            for member in tarfile.open(sys.argv[1]):
                value = member.pax_headers.get("SCHILY.xattr.security.capability")
                if value is not None:
                    print(member.name, value.encode(errors="surrogateescape").hex())
            ' '\(work.place.path("image.tar"))'
            """)
        #expect(
            attributes.split(separator: "\n").sorted() == [
                "usr/bin/newgidmap 0100000240000000000000000000000000000000",
                "usr/bin/newuidmap 0100000280000000000000000000000000000000",
            ])
    }
}
