import Core
import Inventory
import SampanTestSupport
import Testing

@testable import Cataloging

@Suite("Images that want to break cataloging")
struct HostileTests {
    @Test("a package named a thousand times has its files once")
    func repeated() throws {
        let status = String(repeating: "Package: a\nVersion: 1\n\n", count: 1000)
        let packages = try MemoryTree([
            "var/lib/dpkg/status": status, "var/lib/dpkg/info/a.list": "/x\n/../../x\n/./x/\n", "x": "x",
        ]).catalog().packages
        #expect(packages.count == 1000)
        #expect(packages.flatMap(\.files).count == 2)
    }

    @Test("names that climb, are endless, or are no text are taken as they are, or left out")
    func names() throws {
        let long = String(repeating: "a", count: 5000)
        let (packages, remarks) = try MemoryTree([
            "var/lib/dpkg/status": "Package: ../../etc/passwd\nVersion: 1\n\nPackage: \(long)\nVersion: 1\n",
            "lib/apk/db/installed": "P:a\nV:1\nF:../../\(long)\nR:b\nF:../..\nR:etc/shadow\n\n",
            "etc/shadow": "x",
        ]).catalog()
        #expect(packages.map(\.component.name) == ["../../etc/passwd", "a"])
        #expect(packages.map(\.fileNames) == [[], ["etc/shadow"]])
        #expect(
            remarks == [
                "/var/lib/dpkg/status: names a package too long to be one",
                "/lib/apk/db/installed: names more files than are looked at",
            ])
    }

    @Test("more packages than are told of are left out")
    func many() throws {
        let text = String(repeating: "P:a\nV:1\n\n", count: Catalog.packageLimit + 5)
        let (packages, remarks) = try MemoryTree(["lib/apk/db/installed": text]).catalog()
        #expect(packages.count == Catalog.packageLimit)
        #expect(remarks == ["more than 200000 packages: the rest is left out"])
    }

    @Test("packages nested in each other don't multiply files")
    func nested() throws {
        var files: [String: String] = [:]
        var directory = ""
        for _ in 0..<150 {
            directory += "n.egg/"
            files[directory + "EGG-INFO/PKG-INFO"] = "Name: n\nVersion: 1\n"
        }
        for index in 0..<200 { files[directory + "\(index)"] = "x" }
        let packages = try MemoryTree(files).catalog().packages
        #expect(packages.count == 150)
        let listed = packages.reduce(0) { $0 + $1.files.count }
        #expect(listed == 41_325)
    }

    @Test("a directory that RPM names once can't stand for endless paths")
    func expansion() {
        let package = RPMPackageFile(
            "p", "1", "1",
            more: [
                (1116, .numbers(.init(repeating: 0, count: 40_000))),
                (1117, .texts(.init(repeating: "", count: 40_000))),
                (1118, .texts(["/" + String(repeating: "d", count: 4000)])),
            ])
        let reading = RPMCataloger.read(RPMDatabaseFile.ndb([package.blob]))
        #expect(reading.remarks == [PathBudget.remark])
        #expect(reading.packages.first?.files.count == 16_768)
    }

    @Test("random changes of every kind of file neither crash nor hang, and give the same twice")
    func fuzz() throws {
        let files: [(BytePath, String)] = [
            ("etc/os-release", "ID='x'\nVERSION_ID=\"1\"\n"),
            ("var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\nSource: b (2)\n\n"),
            ("var/lib/dpkg/status.d/c", "Package: c\nVersion: 1\n"),
            ("var/lib/dpkg/info/a.list", "/.\n/usr\n/lib/apk/db/installed\n"),
            ("var/lib/dpkg/diversions", "/a\n/b\nc\n"),
            ("usr/share/doc/a/copyright", "License: MIT\n/usr/share/common-licenses/GPL-2.\n"),
            ("lib/apk/db/installed", "P:a\nV:1\nF:usr\nR:b\n\n"),
            ("s/a-1.dist-info/METADATA", "Name: a\nVersion: 1\nClassifier: License :: OSI :: MIT\n\n"),
            ("s/a-1.dist-info/RECORD", "\"a,\"\"b\",,\n../../c,,\n"),
            ("node_modules/a/package.json", #"{"name":"@a/b","version":"1","licenses":[{"type":"x"}]}"#),
            ("specifications/a.gemspec", "# stub: a 1 ruby\n s.version = \"1\".freeze\ns.licenses = ['a']"),
        ]
        var generator = SeededGenerator(seed: 17)
        for _ in 0..<600 {
            var tree = MemoryTree([BytePath: [UInt8]]())
            for (path, text) in files {
                var bytes = Array(text.utf8)
                for _ in 0..<Int.random(in: 0...3, using: &generator) {
                    let place = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: bytes.remove(at: place)
                    case 1: bytes.insert(bytes.randomElement(using: &generator) ?? 0, at: place)
                    case 2: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                    default: bytes.removeLast(min(place, bytes.count - 1))
                    }
                    if bytes.isEmpty { bytes = [0] }
                }
                tree[path] = bytes
            }
            let first = try tree.catalog()
            let second = try tree.catalog()
            #expect(second.packages == first.packages)
            #expect(second.remarks == first.remarks)
        }
    }
}
