import Bases
import Core
import Testing

@Suite("Bases: lock files")
struct LockFileTests {
    private static func package(
        _ name: String, _ version: String = "1.0-1", _ architecture: String = "amd64", bytes: String = ""
    ) -> LockedPackage {
        LockedPackage(
            name: name, version: version, architecture: architecture, suite: "bookworm",
            path: "pool/main/\(name.prefix(1))/\(name)/\(name)_\(version)_\(architecture).deb", size: 1234,
            sha256: SHA256.digest(of: name + version + architecture + bytes))
    }

    private static func lock(_ packages: [String: [[LockedPackage]]]) -> LockFile {
        LockFile(
            recipe: SHA256.digest(of: "r"),
            sources: [
                .init(suite: "bookworm", uri: "http://mirror.test/debian", components: ["main"]),
                .init(
                    suite: "bookworm-security", uri: "http://mirror.test/debian-security",
                    components: ["main", "contrib"]),
            ],
            architectures: packages.map { name, levels in
                .init(
                    name: name,
                    levels: levels.enumerated().map { .init(name: "level\($0.offset)", packages: $0.element) })
            })
    }

    @Test("the text is the same for the same lock, a package a line, and reads back")
    func text() throws {
        let lock = Self.lock([
            "arm64": [[Self.package("tzdata", "2025b-0+deb12u2", "all")], []],
            "amd64": [[Self.package("libssl3", "3.0.17-1~deb12u2"), Self.package("zlib1g", "1:1.2.13.dfsg-1")], []],
        ])
        let digest = Self.package("libssl3", "3.0.17-1~deb12u2").sha256.hex
        let lines = lock.text.split(separator: "\n")
        #expect(lines[2] == "recipe: \(SHA256.digest(of: "r"))")
        #expect(
            lines[3...8] == [
                "sources:", "  - {suite: bookworm, uri: \"http://mirror.test/debian\", components: [main]}",
                "  - {suite: bookworm-security, uri: \"http://mirror.test/debian-security\", components: [main, contrib]}",
                "architectures:", "  - name: amd64", "    levels:",
            ])
        #expect(
            lines[11].hasPrefix(
                "          - {name: libssl3, version: \"3.0.17-1~deb12u2\", architecture: amd64, suite: bookworm, size: 1234, sha256: "
            ))
        #expect(lines[11].contains(digest))
        #expect(lines[11].hasSuffix("path: pool/main/l/libssl3/libssl3_3.0.17-1~deb12u2_amd64.deb}"))
        let read = try LockFile(parsing: SourceFile(name: "lock", text: lock.text))
        #expect(read == lock)
        #expect(read.text == lock.text)
        #expect(read["arm64"]?.levels.map(\.packages.count) == [1, 0])
        #expect(read["riscv64"] == nil)
    }

    @Test("level names of any kind survive")
    func names() throws {
        for name in ["true", "a b", "x: y", "\"quoted\" \\", "12", "no", "# c", "ü", "tab\t", ""] {
            let lock = LockFile(
                recipe: SHA256.digest(of: "r"),
                architectures: [.init(name: "amd64", levels: [.init(name: name, packages: [])])])
            #expect(try LockFile(parsing: SourceFile(name: "lock", text: lock.text)) == lock, "\(name)")
        }
    }

    @Test(
        "a damaged lock is refused with the place",
        arguments: [
            ("version: 1", "version: 2", "lock.version"), ("recipe: sha256:", "recipe: sha1:", "lock.digest"),
            ("name: amd64", "name: amd46", "recipe.architecture"), ("size: 1234", "size: -1", "yaml.integer"),
            ("size: 1234", "size: 99999999999999999999", "yaml.integer"), ("suite: bookworm, ", "", "yaml.missing-key"),
            ("path: pool/", "path: /pool/", "lock.path"), ("path: pool/", "path: pool/../../", "lock.path"),
            ("path: pool/", "path: http://h/", "lock.path"), ("sha256: ", "sha256: x", "lock.digest"),
            ("name: bash", "name: ../bash", "recipe.package"),
            ("version: \"5.2\"", "version: \"5 2\"", "recipe.version"),
            ("uri: \"http://", "uri: \"", "lock.address"), ("sources:", "source:", "yaml.unknown-key"),
            ("packages:", "package:", "yaml.unknown-key"), ("architectures:", "architecture:", "yaml.unknown-key"),
        ])
    func damaged(old: String, new: String, code: String) throws {
        let text = Self.lock(["amd64": [[Self.package("bash", "5.2")]]]).text
        let range = try #require(text.firstRange(of: old))
        let damaged = text.replacing(old, with: new, subrange: range.lowerBound..<text.endIndex, maxReplacements: 1)
        let list = #expect(throws: DiagnosticList.self) {
            _ = try LockFile(parsing: SourceFile(name: "lock", text: damaged))
        }
        #expect(list?.diagnostics.contains { $0.code == code && $0.span != nil } == true, "\(list?.diagnostics ?? [])")
    }

    @Test("two locks differ by what is added, removed, changed, rebuilt or moved")
    func difference() {
        let old = Self.lock([
            "amd64": [
                [Self.package("same"), Self.package("up", "1"), Self.package("gone"), Self.package("built")], [],
            ],
            "arm64": [[Self.package("up", "1", "arm64"), Self.package("moved", "1", "arm64")], []],
        ])
        let new = Self.lock([
            "amd64": [
                [Self.package("same"), Self.package("up", "2"), Self.package("built", bytes: "x")],
                [Self.package("new", "3")],
            ],
            "arm64": [[Self.package("up", "2", "arm64")], [Self.package("moved", "1", "arm64")]],
        ])
        let changes = LockFile.difference(old, new).map { change in
            "\(change.name) \(change.kind) \(change.oldVersion ?? "-") \(change.newVersion ?? "-") \(change.level) "
                + change.architectures.joined(separator: ",")
        }
        #expect(
            changes == [
                "built rebuilt 1.0-1 1.0-1 level0 amd64", "gone removed 1.0-1 - level0 amd64",
                "moved moved 1 1 level1 arm64", "new added - 3 level1 amd64", "up changed 1 2 level0 amd64,arm64",
            ])
        #expect(LockFile.difference(new, new).isEmpty)
    }

    @Test(
        "the lock of a recipe's file lies beside it",
        arguments: [("a/my-base.yaml", "a/my-base.lock.yaml"), ("b.yml", "b.lock.yml"), ("static", "static.lock.yaml")])
    func path(recipe: String, lock: String) { #expect(LockFile.path(for: recipe) == lock) }
}
