import Archive
import Core
import HostOS
import SampanTestSupport
import Testing

@Suite("archives that are wrong")
struct ArchiveErrorTests {
    typealias Edit = @Sendable (inout TestMirror.Suite) throws -> Void

    private static let trust = "hint: don't use this mirror; if it is being updated, try again later\n"

    private static let badReleases: [BadCase<Edit>] = [
        .init(
            "changed after signing", { $0.signing = .tampered },
            "error: MIRROR/dists/bookworm/InRelease is not what key KEY signed\n" + trust),
        .init(
            "not signed", { $0.signing = .unsigned },
            "error: MIRROR/dists/bookworm/InRelease is not signed\n" + trust),
        .init(
            "signed by another", { $0.signing = try .key(TestKeys.stranger()) },
            """
            error: MIRROR/dists/bookworm/InRelease is signed by keys that the keyring does not have: STRANGER
            hint: name the keys of this archive with 'keyring:', if it can be trusted

            """),
        .init(
            "not there", { $0.signing = .missing },
            """
            error: the mirror has no suite 'bookworm': MIRROR/dists/bookworm/InRelease does not exist
            hint: check the suite's name and the mirror's address

            """),
        .init(
            "expired", { $0.validUntil = "Sat, 08 Mar 2025 12:00:00 UTC" },
            """
            error: the release of suite 'bookworm' has expired: it was valid until Sat, 08 Mar 2025 12:00:00 UTC
            hint: the mirror is no longer updated, or this machine's clock is wrong; for an old state use 'snapshot:'

            """),
        .init(
            "dated in the future", { $0.date = "Thu, 01 Mar 2225 12:00:00 UTC" },
            """
            error: the release of suite 'bookworm' is dated in the future: Tue, 01 Mar 2225 12:00:00 UTC
            hint: check this machine's clock

            """),
        .init(
            "another suite's",
            {
                $0.rewrite = {
                    $0.replacing("name: bookworm", with: "name: trixie").replacing(
                        "Suite: bookworm", with: "Suite: testing")
                }
            },
            """
            error: the mirror gave another suite than 'bookworm': its release says 'testing' (codename 'trixie')
            hint: ask for the suite by its own name

            """),
        .init(
            "without SHA-256", { $0.rewrite = { $0.replacing("SHA256:", with: "MD5Sum:") } },
            "error: the release of suite 'bookworm' has no SHA-256 digests\nhint: use another mirror\n"),
        .init(
            "without the architecture", { $0.architectures = ["arm64"] },
            "error: suite 'bookworm' has no architecture 'amd64' (it has arm64)\n"),
    ]

    @Test("a release that can't be trusted is refused", arguments: badReleases)
    func releases(bad: BadCase<Edit>) throws {
        let bench = try BaseBench(edit: bad.value)
        let error = try bench.refuse(try bench.recipe("packages: [app]"))
        #expect(try error.replacing(TestKeys.stranger().fingerprint, with: "STRANGER") == bad.error)
    }

    @Test("an index that is not what the release says is refused")
    func index() throws {
        let bench = try BaseBench {
            $0.rewriteIndex = { Array(String(decoding: $1, as: UTF8.self).replacing("1.2-3", with: "1.2-4").utf8) }
        }
        let error = try bench.refuse(try bench.recipe("packages: [app]"))
        let lines = error.split(separator: "\n")
        try #require(lines.count == 4)
        #expect(lines[0] == "error: MIRROR/dists/bookworm/main/binary-amd64/Packages.xz can't be downloaded")
        #expect(lines[1].hasPrefix("cause: MIRROR/dists/bookworm/main/binary-amd64/by-hash/SHA256/"))
        #expect(
            lines[2].hasPrefix("cause: MIRROR/dists/bookworm/main/binary-amd64/Packages.xz: it "))
        #expect(lines[3] == "hint: the mirror is being updated or is broken: try again later, or use another one")
    }

    // MARK: - Packages

    private static let path = "/debian/pool/main/a/app/app_1.2-3_amd64.deb"
    private static let failed = "error: MIRROR/pool/main/a/app/app_1.2-3_amd64.deb can't be downloaded\n"
    private static let broken = "hint: the mirror is being updated or is broken: try again later, or use another one\n"

    private static let badDownloads: [BadCase<TestRegistry.Fault>] = [
        .init(
            "other bytes", .wrongBytes,
            failed + "cause: it is not the file that the signed index names (it is sha256:OTHER)\n" + broken),
        .init(
            "too short", .truncatedContent(10),
            failed + "cause: it has not the size that the index says (SIZE-10 bytes)\n" + broken),
        .init(
            "too long", .longContent(10),
            failed + "cause: it has not the size that the index says (SIZE+10 bytes)\n" + broken),
        .init("hung up", .hangUp, failed + "cause: HOST closed the connection early\nhint: try again later\n"),
        .init(
            "not there", .status(404),
            """
            error: the mirror no longer has MIRROR/pool/main/a/app/app_1.2-3_amd64.deb
            hint: newer versions have taken its place: update the lock file, or use 'snapshot:'; \
            a mirror that is being updated has it later

            """),
        .init(
            "down", .status(503),
            failed + """
                cause: MIRROR/pool/main/a/app/app_1.2-3_amd64.deb answered with status 503
                hint: try again later

                """),
        .init(
            "no HTTP", .garbage,
            failed + "cause: HOST does not speak HTTP\nhint: check the port; a TLS port needs https\n"),
    ]

    @Test("a package that is not what the index says is refused, and a broken download", arguments: badDownloads)
    func downloads(bad: BadCase<TestRegistry.Fault>) throws {
        let bench = try BaseBench()
        bench.mirror.server.inject(bad.value, on: .file(Self.path))
        let error = try bench.refuse(try bench.recipe("packages: [app]"))
        let size = try BaseBench.packages[0].bytes.count
        var wrong = try BaseBench.packages[0].bytes
        wrong[0] ^= 1
        #expect(
            error.replacing(SHA256.digest(of: wrong).hex, with: "OTHER").replacing("\(size - 10)", with: "SIZE-10")
                .replacing("\(size + 10)", with: "SIZE+10") == bad.error)
    }

    @Test("a download that breaks off goes on where it was")
    func resume() throws {
        let bench = try BaseBench()
        bench.mirror.server.inject(.shortBody(300), on: .file(Self.path))
        let digest = try bench.succeed("build", try bench.recipe("packages: [app]")).result
        #expect(bench.count("app_1.2-3_amd64.deb") > 1)
        bench.mirror.server.heal()
        try Directory.removeTree(bench.work.home)
        #expect(try bench.succeed("build", "./my.yaml").result == digest)
    }

    @Test("a mirror that falls silent is given up")
    func silent() throws {
        let bench = try BaseBench()
        bench.mirror.server.inject(.silent, on: .everything)
        let start = ContinuousClock.now
        let error = try bench.refuse(try bench.recipe("packages: [app]"))
        #expect(error == "error: HOST has fallen silent\nhint: try again later\n")
        #expect(ContinuousClock.now - start < .seconds(110))
    }

    private static let bytes = Result { try BaseBench.packages[0].bytes }

    private static func package(_ name: String, _ deb: DebFile, _ error: String) -> BadCase<[UInt8]> {
        .init(name, (try? deb.bytes) ?? [], error)
    }

    private static func member(_ name: String) -> DebFile {
        DebFile(
            "app", version: "1.2-3",
            members: [DebFile.Member(TarHeader(name: Array(name.utf8), kind: .file), content: [1])])
    }

    private static let dishonest = "hint: do not trust this package: no honest tool makes such a one\n"

    private static let badPackages: [BadCase<[UInt8]>] = [
        package(
            "climbs out", member("./../../etc/escaped"),
            "cause: the package's data.tar has the name './..'\n" + dishonest),
        package("absolute", member("/etc/escaped"), "cause: the package's data.tar has the name '/etc'\n" + dishonest),
        package("another's name", DebFile("other", version: "1.2-3"), "cause: it says it is other 1.2-3 for amd64\n"),
        package("another version", DebFile("app", version: "1.2-4"), "cause: it says it is app 1.2-4 for amd64\n"),
        package(
            "another architecture", DebFile("app", version: "1.2-3", architecture: "arm64"),
            "cause: it says it is app 1.2-3 for arm64\n"),
        .init(
            "cut off", ((try? bytes.get()) ?? []).dropLast(100),
            "cause: the ar data ends too early\nhint: fetch or make the file again\n"),
        .init(
            "no package", Array("no package".utf8),
            """
            cause: the ar archive is wrong at byte 0: it does not start as an ar archive
            hint: the archive is damaged; fetch or make it again

            """),
        .init(
            "another format", DebFile.archive([("debian-binary", Array("3.0\n".utf8))]),
            """
            cause: the package has format '3.0', and 2.x is known
            hint: fetch the package again; if it stays so, it was not made by dpkg

            """),
    ]

    @Test("a package that is right by the index and yet none is refused", arguments: badPackages)
    func packages(bad: BadCase<[UInt8]>) throws {
        let bench = try BaseBench {
            $0.packages["main"]?[0] = .init(control: BaseBench.packages[0].control, bytes: bad.value)
        }
        let error = try bench.refuse(try bench.recipe("packages: [app]"))
        #expect(error == "error: the package app 1.2-3 cannot be used\n" + bad.error)
        #expect(try FileInfo.of("/etc/escaped") == nil)
    }

    @Test("an archive of a recipe that is not what its sha256 says is refused")
    func recipeArchive() throws {
        let bench = try BaseBench()
        let tar = try TarFile.bytes([TarFile.file("f", "f")])
        try bench.work.place.file("a.tar", tar)
        let right = SHA256.digest(of: tar).hex
        let wrong = String(repeating: "0", count: 64)
        func recipe(_ digest: String) throws -> String {
            try bench.recipe("packages: [app]", "archives: [{file: a.tar, sha256: \"\(digest)\", to: /opt}]")
        }
        let error = try bench.refuse(try recipe(wrong))
        #expect(
            error == """
                error: an archive of the recipe is not what its sha256 says
                cause: expected sha256:\(wrong)
                cause: got      sha256:\(right)

                """)
        #expect(try bench.work.files(bench.succeed("build", try recipe(right)).result)["opt/f"]?.text == "f")
    }

    @Test("a suite that the mirror does not have, and a mirror that is none")
    func mirrors() throws {
        let bench = try BaseBench()
        let suite = try bench.refuse(
            try bench.bareRecipe("suite: rocky\nmirror: \(bench.mirror.url)\nkeyring: keys.gpg\npackages: [app]\n"))
        #expect(
            suite == """
                error: the mirror has no suite 'rocky': MIRROR/dists/rocky/InRelease does not exist
                hint: check the suite's name and the mirror's address

                """)
        let closed = try bench.refuse(
            try bench.bareRecipe(
                "suite: bookworm\nmirror: http://127.0.0.1:1/debian\nkeyring: keys.gpg\npackages: [app]\n"))
        #expect(
            closed == "error: 127.0.0.1:1 refused the connection\nhint: check the port and that the server runs\n")
        let bad = try bench.refuse(try bench.recipe("packages: [app]"), ["--mirror", "not a mirror"])
        #expect(bad == "error: 'not a mirror' is not the address of a mirror\nhint: write it as http://HOST/debian\n")
        let keyring = try bench.refuse(try bench.recipe("packages: [app]"), ["--keyring", "none.gpg"])
        #expect(
            keyring == """
                error: the keyring 'none.gpg' does not exist
                hint: install the package debian-archive-keyring, or name a file of keys with 'keyring:'

                """)
    }
}
