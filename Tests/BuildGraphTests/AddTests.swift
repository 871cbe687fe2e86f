import BuildGraph
import Core
import HostOS
import Layers
import SampanTestSupport
import Testing

@Suite("ADD and heredocs in whole builds")
struct AddTests {
    @Test("archives are unpacked, compressed or not; what only looks like one is copied")
    func archives() async throws {
        let workshop = try Workshop()
        let context = workshop.context
        try context.file("x/d/f", "1", mode: 0o640)
        try Shell.run(
            """
            cd \(context.path) && tar -cf t.tar --owner=7 --group=8 x/d && gzip -k t.tar && xz -k t.tar \
            && bzip2 -k t.tar && echo text | gzip > plain.gz && tar -cf empty.tar -T /dev/null
            """)
        try context.file("zeros", [UInt8](repeating: 0, count: 2048))
        for name in ["t.tar", "t.tar.gz", "t.tar.xz", "t.tar.bz2"] {
            let built = try await workshop.build("FROM scratch\nADD \(name) /to/\n")
            #expect(built.paths == ["to/", "to/x/", "to/x/d/", "to/x/d/f"])
            let file = built.files.entries.last
            #expect(file.map { [$0.mode, $0.uid, $0.gid] } == [0o640, 7, 8])
        }
        for name in ["plain.gz", "empty.tar", "zeros"] {
            #expect(try await workshop.build("FROM scratch\nADD \(name) /to/\n").paths == ["to/", "to/\(name)"])
        }
        #expect(try await workshop.build("FROM scratch\nADD --unpack=false t.tar /to/\n").paths == ["to/", "to/t.tar"])
    }

    @Test("a URL gives its file; what is shown of it has no password")
    func urls() async throws {
        let workshop = try Workshop()
        let built = try await workshop.build("FROM scratch\nADD http://user:pw@host/dir/file /to/\n")
        #expect(built.paths == ["to/", "to/file"])
        #expect(built.history == ["ADD http://***@host/dir/file /to/ # buildkit"])
    }

    @Test("heredocs are files with variables replaced, unless their name is quoted")
    func heredocs() async throws {
        let workshop = try Workshop()
        let built = try await workshop.build(
            "FROM scratch\nENV A=1\nCOPY --chown=5:6 --chmod=600 <<one <<\"two\" /d/\n$A ${B:-b}\none\n$A\ntwo\n")
        #expect(built.history == ["(ENV A=1)", "COPY --chown=5:6 --chmod=600 <<one <<two /d/ # buildkit"])
        #expect(built.paths == ["d/", "d/one", "d/two"])
        let tree = StackTree([ListedLayer(built.files)])
        #expect(try tree.readFile("d/one") == Array("1 b\n".utf8))
        #expect(try tree.readFile("d/two") == Array("$A\n".utf8))
        #expect(built.files.entry(at: "d/one").map { [$0.mode, $0.uid, $0.gid] } == [0o600, 5, 6])
    }

    @Test("COPY looks into stages through links, and leaves no layer when nothing matches")
    func stages() async throws {
        let workshop = try Workshop()
        try workshop.context.file("d/f", "1")
        try workshop.context.symlink("d/l", to: "/d/f")
        let built = try await workshop.build(
            """
            FROM scratch AS one
            COPY . /
            FROM scratch
            COPY --from=one /d/l /a
            COPY --from=ONE d/none* /b/
            COPY --from=0 --parents /./d/f /p/
            """)
        #expect(built.paths == ["a", "p/", "p/d/", "p/d/f"])
        #expect(
            built.history == [
                "COPY /d/l /a # buildkit", "(COPY d/none* /b/ # buildkit)", "COPY --parents /./d/f /p/ # buildkit",
            ])
        #expect(built.image.layers.count == 2)
    }
}
