import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("ADD, from a Dockerfile to an image")
struct AddTests {
    private func archive() throws -> [UInt8] {
        try TarFile.bytes([
            TarFile.directory("dir"), TarFile.file("dir/file", "packed\n", mode: 0o640),
            TarFile.file("program", "#!\n", mode: 0o755),
            TarFile.link("dir/link", .symlink, to: "file"), TarFile.link("dir/same", .hardlink, to: "dir/file"),
        ])
    }

    @Test(
        "a local archive is unpacked whatever compresses it",
        arguments: [("", "cat"), (".gz", "gzip -c"), (".bz2", "bzip2 -c"), (".xz", "xz -c"), (".zst", "zstd -qc")])
    func archives(suffix: String, compress: String) throws {
        let work = try Workspace()
        let tar = try work.place.file("a.tar", try archive())
        try Shell.run("\(compress) < \(tar) > \(work.context)/a.tar\(suffix)")
        try work.image(
            "FROM scratch\nADD a.tar\(suffix) /out/\nADD --unpack=false a.tar\(suffix) /kept/\n", ["-t", "x"])
        let files = try work.files("x")
        #expect(
            files.keys.sorted() == [
                "kept", "kept/a.tar\(suffix)", "out", "out/dir", "out/dir/file", "out/dir/link", "out/dir/same",
                "out/program",
            ])
        #expect(files["out/dir/file"]?.text == "packed\n")
        #expect(files["out/dir/file"]?.mode == 0o640)
        #expect(files["out/program"]?.mode == 0o755)
        #expect(files["out/dir/link"]?.link == "file")
        #expect(files["out/dir/same"]?.kind == .hardlink)
    }

    @Test("a download is verified, cached, and kept packed unless --unpack asks")
    func download() throws {
        let work = try Workspace()
        let bytes = try archive()
        let registry = try TestRegistry()
        registry.addFile(
            "/files/a.tar",
            TestRegistry.File(bytes, headers: [("ETag", "\"1\""), ("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT")]))
        let url = registry.url + "/files/a.tar"
        let digest = SHA256.digest(of: bytes)
        try work.image(
            "FROM scratch\nADD --checksum=\(digest) \(url) /packed.tar\nADD --unpack=true \(url) /out/\nADD --chmod=755 --chown=1:2 \(url) /dir/\n",
            ["-t", "x"])
        let files = try work.files("x")
        #expect(files["packed.tar"]?.access == "600 0:0")
        #expect(files["out/dir/file"]?.text == "packed\n")
        #expect(files["dir/a.tar"]?.access == "755 1:2")
        // What has a checksum and is known needs no question.
        registry.stop()
        try work.image("FROM scratch\nADD --checksum=\(digest) \(url) /again.tar\n", ["-t", "y"])
        #expect(try work.files("y").keys.sorted() == ["again.tar"])
    }

    @Test("a download with other bytes than its checksum says is refused")
    func wrongChecksum() throws {
        let work = try Workspace()
        let registry = try TestRegistry()
        registry.addFile("/f", TestRegistry.File(Array("evil".utf8)))
        let expected = SHA256.digest(of: "good")
        let failed = try work.build("FROM scratch\nADD --checksum=\(expected) \(registry.url)/f /f\n")
        #expect(failed.code == 2)
        #expect(failed.error.contains(expected.description), "\(failed.error)")
        #expect(failed.error.contains(SHA256.digest(of: "evil").description), "\(failed.error)")
        #expect(failed.error.contains("ADD --checksum="))
        let missing = try work.build("FROM scratch\nADD \(registry.url)/none /f\n")
        #expect(missing.code == 2)
        #expect(missing.error.contains("404"), "\(missing.error)")
    }

    /// A bare repository with two commits, the first tagged `v1`; gives the commits.
    private func repository(_ work: Workspace) throws -> [String] {
        let place = work.place.path
        return try Shell.run(
            """
            export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
            export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
            cd \(place) && git init -q -b main repo && cd repo && mkdir -p sub/deep && echo one > sub/deep/file && echo top > top
            git add . && git commit -qm one && git tag v1 && git rev-parse HEAD
            echo two > sub/deep/file && git commit -qam two && git rev-parse HEAD
            printf 'FROM scratch\\nCOPY sub /sub\\n' > Dockerfile && git add . && git commit -qm three && git rev-parse HEAD
            git clone -q --bare . ../repo.git
            """
        ).split(separator: "\n").map(String.init)
    }

    @Test("a git repository comes at a ref, a subdirectory of it, and with its history where asked")
    func git() throws {
        let work = try Workspace()
        let commits = try repository(work)
        let url = "file://\(work.place.path)/repo.git"
        try work.image(
            """
            FROM scratch
            ADD \(url)#main:sub /main/
            ADD \(url)#v1 /v1/
            ADD --checksum=\(commits[1]) \(url)#\(commits[1]):sub/deep /commit/
            ADD --keep-git-dir=true \(url)#v1 /kept/
            """, ["-t", "x"])
        let files = try work.files("x")
        #expect(files["main/deep/file"]?.text == "two\n")
        #expect(files["v1/sub/deep/file"]?.text == "one\n")
        #expect(files["v1/top"]?.text == "top\n")
        #expect(files["v1/.git"] == nil)
        #expect(files["commit/file"]?.text == "two\n")
        #expect(files["kept/.git/HEAD"] != nil)
        let failed = try work.build("FROM scratch\nADD --checksum=\(commits[1]) \(url)#v1 /x/\n")
        #expect(failed.code == 2)
        #expect(failed.error.contains(commits[0]), "\(failed.error)")
        let unknown = try work.build("FROM scratch\nADD \(url)#nowhere /x/\n")
        #expect(unknown.code == 2)
        #expect(unknown.error.contains("nowhere"), "\(unknown.error)")
    }

    @Test("a git repository is a build context")
    func gitContext() throws {
        let work = try Workspace()
        _ = try repository(work)
        try work.succeed(["build", "-t", "x", "file://\(work.place.path)/repo.git#main"])
        #expect(try work.files("x")["sub/deep/file"]?.text == "two\n")
    }

    @Test(
        "an archive that climbs out of its root adds nothing",
        arguments: [
            [TarFile.file("../escape", "x")], [TarFile.file("a/../../escape", "x")],
            [TarFile.link("a", .symlink, to: "/"), TarFile.file("a/../../escape", "x")],
            [TarFile.link("a", .hardlink, to: "../../../etc/passwd")],
            [TarFile.link("a", .hardlink, to: "/etc/shadow")],
        ])
    func climbing(_ members: [(TarHeader, [UInt8])]) throws {
        let work = try Workspace()
        try work.file("a.tar", try TarFile.bytes(members))
        let failed = try work.build("FROM scratch\nADD a.tar /out/\n")
        #expect(failed.code == 2)
        #expect(failed.error.contains("a.tar"), "\(failed.error)")
        #expect(try FileInfo.of(work.place.path("escape")) == nil)
        let imported = try work.run("import", work.context + "/a.tar", "y")
        #expect(imported.code == 2)
        #expect(try work.run("export", "y").code == 2)
    }

    @Test("links of an archive are followed inside the directory that it is unpacked into")
    func insideRoot() throws {
        let work = try Workspace()
        try work.file(
            "a.tar",
            try TarFile.bytes([
                TarFile.link("up", .symlink, to: "../../../../.."), TarFile.file("up/inside", "x"),
                TarFile.file("/absolute", "y"),
            ]))
        try work.image("FROM scratch\nADD a.tar /out/\n", ["-t", "x"])
        let files = try work.files("x")
        #expect(files["out/absolute"]?.text == "y")
        #expect(files["out/inside"]?.text == "x")
        #expect(try FileInfo.of(work.place.path("inside")) == nil)
    }

    @Test("a pax header beyond all bounds is refused before it is read")
    func hugeHeader() throws {
        let work = try Workspace()
        var bytes: [UInt8] = []
        try TarWriter.append(
            TarHeader(name: Array("pax".utf8), kind: .file, size: 1 << 33), to: &bytes)
        bytes[156] = UInt8(ascii: "x")
        // The checksum counts its own field as spaces.
        for index in 148..<156 { bytes[index] = UInt8(ascii: " ") }
        let sum = bytes.prefix(512).reduce(0) { $0 + Int($1) }
        let octal = String(sum, radix: 8)
        let field = String(repeating: "0", count: 6 - octal.count) + octal + "\0 "
        bytes.replaceSubrange(148..<156, with: Array(field.utf8))
        try work.file("a.tar", bytes + [UInt8](repeating: 0x61, count: 4096))
        for dockerfile in ["FROM scratch\nADD a.tar /\n"] {
            let failed = try work.build(dockerfile)
            #expect(failed.code == 2)
            #expect(failed.error.contains("a.tar"), "\(failed.error)")
        }
        #expect(try work.run("import", work.context + "/a.tar", "y").code == 2)
    }
}
