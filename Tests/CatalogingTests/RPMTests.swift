import Core
import Inventory
import SampanTestSupport
import Testing

@testable import Cataloging

@Suite("Packages of RPM")
struct RPMTests {
    /// A package whose header takes several pages.
    private static var large: RPMPackageFile {
        RPMPackageFile(
            "large", "1", "1",
            more: [
                (1116, .numbers(.init(repeating: 0, count: 2000))), (1117, .texts((0..<2000).map { "file\($0)" })),
                (1118, .texts(["/opt/"])),
            ])
    }

    private static var key: RPMPackageFile { RPMPackageFile("gpg-pubkey", "5a6340b3", "6229229e") }

    private static var forms: [(name: String, bytes: [UInt8])] {
        let blobs = [RPMPackageFile.sample.blob, large.blob, key.blob]
        return [
            ("rpmdb.sqlite", RPMDatabaseFile.sqlite(blobs)), ("Packages.db", RPMDatabaseFile.ndb(blobs)),
            ("Packages", RPMDatabaseFile.berkeley(blobs)),
            ("Packages", RPMDatabaseFile.berkeley(blobs, bigEndian: true)),
        ]
    }

    @Test("each form of the database gives the packages, their sources and files", arguments: 0..<4)
    func forms(index: Int) throws {
        let (name, bytes) = Self.forms[index]
        let path = BytePath("usr/lib/sysimage/rpm").appending(Array(name.utf8))
        var tree = MemoryTree([
            "etc/os-release": "ID=\"rocky\"\nVERSION_ID=\"9.3\"\n", "usr/bin/bash": "x", "etc/bashrc": "x",
            "etc/ghost": "x", "opt/file7": "x",
        ])
        tree[path] = bytes
        let (packages, remarks) = try tree.catalog()
        #expect(remarks.isEmpty)
        #expect(
            packages.map(\.url) == [
                "pkg:rpm/rocky/bash@5.1.8-6.el9?arch=x86_64&distro=rocky-9.3&epoch=1&upstream=bash-src",
                "pkg:rpm/rocky/large@1-1?arch=x86_64&distro=rocky-9.3",
            ])
        try #require(packages.count == 2)
        #expect(packages[0].fileNames == ["etc/bashrc", "usr/bin/bash"])
        #expect(packages[0].component.licenses == ["GPLv3+"])
        #expect(packages[0].evidence == path)
        #expect(packages[1].fileNames == ["opt/file7"])

        tree.isCondensed = true
        #expect(try tree.catalog().packages == packages)
        #expect(Catalog.condensed(path, bytes).count < bytes.count)
    }

    @Test("values that lie beside their keys are read too")
    func inline() {
        let reading = RPMCataloger.read(RPMDatabaseFile.berkeley([RPMPackageFile.sample.blob], isInline: true))
        #expect(reading.packages.map(\.component.name) == ["bash"])
        #expect(reading.remarks.isEmpty)
    }

    @Test("a log that was not moved into the database is told")
    func log() throws {
        var tree = MemoryTree(["var/lib/rpm/rpmdb.sqlite-wal": "x"])
        #expect(try tree.catalog().remarks.count == 1)
        tree["var/lib/rpm/rpmdb.sqlite-wal"] = []
        #expect(try tree.catalog().remarks.isEmpty)
    }

    @Test(
        "the source of a package is what its file is called",
        arguments: [
            ("bash-5.1.8-6.el9.src.rpm", "bash", "5.1.8-6.el9"), ("a-b-1-2.nosrc.rpm", "a-b", "1-2"),
            ("bash-5.src.rpm", nil, nil), ("-1-2.src.rpm", nil, nil), ("bash-5-1.x86_64.rpm", nil, nil), ("", nil, nil),
        ] as [(String, String?, String?)])
    func source(file: String, name: String?, version: String?) {
        let source = RPMHeader.source(file)
        #expect(source?.name == name)
        #expect(source?.version == version)
    }

    @Test("a database of another form, or none, is told")
    func unknown() {
        for bytes in [[], Array("RpmP".utf8), Array("hello".utf8), Array("SQLite format 3\0".utf8)] as [[UInt8]] {
            let reading = RPMCataloger.read(bytes)
            #expect(reading.packages.isEmpty)
            #expect(reading.remarks.count == 1)
        }
    }

    @Test("a view in place of the table, which could compute without end, is not asked")
    func view() {
        let schema = """
            CREATE VIEW Packages AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
            SELECT x AS hnum, zeroblob(1000000) AS blob FROM n
            """
        let reading = RPMCataloger.read(RPMDatabaseFile.sqlite([], schema: schema))
        #expect(reading.packages.isEmpty)
        #expect(reading.remarks == [RPMDatabaseError.sqlite(26).text])
    }

    @Test("pages that follow each other in a circle end")
    func circle() {
        var bytes = RPMDatabaseFile.berkeley([Self.large.blob])
        // The first overflow page names itself as the next.
        bytes.replace(at: 2 * 4096 + 16, with: little(UInt32(2)))
        let reading = RPMCataloger.read(bytes)
        #expect(reading.packages.isEmpty)
        #expect(reading.remarks == [RPMDatabaseError.damaged.text])
    }

    @Test("slots that share a package count once")
    func shared() {
        var bytes = RPMDatabaseFile.ndb([Self.large.blob])
        let slot = Array(bytes[32..<48])
        for index in 3..<256 { bytes.replace(at: index * 16, with: slot) }
        let reading = RPMCataloger.read(bytes)
        #expect(reading.packages.count == 1)
        #expect(reading.remarks == [RPMDatabaseError.damaged.text])
    }

    private func package(_ blob: ArraySlice<UInt8>) -> Reading.Package? {
        var budget = PathBudget()
        return RPMHeader(blob)?.package(&budget)
    }

    @Test("headers with wrong counts, offsets and ends give what can be known, and never crash")
    func headers() {
        let blob = RPMPackageFile.sample.blob
        #expect(package(blob[...])?.files == ["bin/bash", "etc/bashrc"])
        for count in 0..<blob.count { _ = package(blob[..<count]) }
        // A slice need not start at 0.
        #expect(package(([9, 9, 9] + blob)[3...])?.component.name == "bash")
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            var damaged = blob
            for _ in 0..<3 {
                let place = Int.random(in: 0..<damaged.count, using: &generator)
                damaged[place] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = package(damaged[...])
        }
    }

    @Test("damaged databases of every form never crash or hang", arguments: 0..<4)
    func fuzz(index: Int) {
        let blobs = [RPMPackageFile.sample.blob, Self.key.blob]
        let bytes =
            switch index {
            case 0: RPMDatabaseFile.sqlite(blobs)
            case 1: RPMDatabaseFile.ndb(blobs)
            case 2: RPMDatabaseFile.berkeley(blobs)
            default: RPMDatabaseFile.berkeley(blobs, bigEndian: true)
            }
        #expect(RPMCataloger.read(bytes).packages.count == 1)
        var generator = SeededGenerator(seed: UInt64(index))
        for round in 0..<400 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                // Mostly where the structure is.
                let limit = Bool.random(using: &generator) ? 128 : damaged.count
                damaged[Int.random(in: 0..<limit, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if round % 4 == 0 { damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator)) }
            #expect(RPMCataloger.read(damaged).packages.count <= 256)
        }
    }
}
