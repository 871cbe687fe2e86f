import Archive
import Bases
import Core
import Debian
import Layers
import SampanTestSupport
import Testing

@Suite("levels that are unpacked for their scripts")
struct UnpackTests {
    private static func recipe(_ edit: (inout Recipe) -> Void = { _ in }) -> Recipe {
        var recipe = Recipe(name: "test", origin: .builtIn)
        recipe.configure = true
        edit(&recipe)
        return recipe
    }

    private static func text(_ contents: LayerContents, _ path: BytePath) throws -> String? {
        guard let entry = contents.entry(at: path), entry.isFile else { return nil }
        return String(decoding: try entry.content.open().readAll(limit: 1 << 20), as: UTF8.self)
    }

    @Test("conffiles wait under another name, and no list of packages for scanners is made")
    func conffiles() throws {
        let bench = try AssemblyBench()
        let package = try bench.package(
            "app", [.file("etc/app.conf", "a=1", mode: 0o640), .file("etc/other", "o"), .file("bin/app", "app")],
            controlFiles: [("conffiles", "/etc/app.conf\n")])
        let layer = try bench.assembler.unpack(BaseLevel(recipe: Self.recipe(), packages: [package], archives: []))
        #expect(
            AssemblyBench.files(layer)
                == ["bin", "etc/app.conf.dpkg-new", "etc/other", "lib", "sbin", "usr/bin/app"]
                + ["available", "diversions", "info/app.conffiles", "info/app.list", "info/format"].map {
                    "var/lib/dpkg/" + $0
                } + ["statoverride", "status", "triggers/File", "triggers/Unincorp"].map { "var/lib/dpkg/" + $0 })
        #expect(layer.entry(at: "etc/app.conf.dpkg-new")?.mode == 0o640)
        #expect(layer.entry(at: "var/lib/dpkg/updates")?.isDirectory == true)
        // dpkg goes by the paths that packages have, not by those of a merged /usr.
        #expect(
            try Self.text(layer, "var/lib/dpkg/info/app.list")
                == "/.\n/bin\n/bin/app\n/etc\n/etc/app.conf\n/etc/other\n")
    }

    @Test("scripts find users from the start, and the recipe's files and certificates")
    func recipe() throws {
        let bench = try AssemblyBench()
        let package = try bench.package(
            "base-passwd",
            [
                .file("usr/share/base-passwd/passwd.master", "root:*:0:0:root:/root:/bin/bash\n"),
                .file("usr/share/base-passwd/group.master", "root:*:0:\n"),
                .file("usr/sbin/update-ca-certificates", "#!/bin/sh\n", mode: 0o755),
            ])
        let place = bench.directory
        try place.file("my-ca.pem", "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n")
        let recipe = Self.recipe {
            $0.files = [.init(path: "etc/motd", content: .text("hello"))]
            $0.certificates = [.init(path: "my-ca.pem", directory: place.path)]
            $0.users = [.init(name: "late", uid: 9, gid: 9, home: "/", shell: "/bin/sh", comment: "")]
        }
        #expect(throws: AssemblyError.noCertificateTool) {
            try bench.assembler.unpack(BaseLevel(recipe: recipe, packages: [], archives: []))
        }
        let layer = try bench.assembler.unpack(BaseLevel(recipe: recipe, packages: [package], archives: []))
        #expect(try Self.text(layer, "etc/passwd") == "root:*:0:0:root:/root:/bin/bash\n")
        #expect(try Self.text(layer, "etc/group") == "root:*:0:\n")
        #expect(try Self.text(layer, "etc/motd") == "hello")
        #expect(
            try Self.text(layer, "usr/local/share/ca-certificates/my-ca.pem.crt")?.contains("BEGIN CERTIFICATE") == true
        )
    }

    @Test("apt learns where there are more packages, unless the recipe says so itself")
    func sources() throws {
        let sources = [
            LockFile.Source(suite: "bookworm", uri: "http://mirror.example/debian", components: ["main"]),
            LockFile.Source(suite: "bookworm-updates", uri: "http://mirror.example/debian", components: ["main"]),
            LockFile.Source(
                suite: "bookworm-security", uri: "http://mirror.example/debian-security",
                components: ["main", "contrib"]),
        ]
        let bench = try AssemblyBench()
        let apt = try bench.package("apt", [])
        let place: BytePath = "etc/apt/sources.list.d/debian.sources"
        func unpack(_ packages: [DebPackage], _ sources: [LockFile.Source], _ recipe: Recipe) throws -> String? {
            let level = BaseLevel(recipe: recipe, packages: packages, archives: [])
            return try Self.text(bench.assembler.unpack(level, sources: sources), place)
        }
        #expect(
            try unpack([apt], sources, Self.recipe()) == """
                Types: deb
                URIs: http://mirror.example/debian
                Suites: bookworm bookworm-updates
                Components: main
                Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

                Types: deb
                URIs: http://mirror.example/debian-security
                Suites: bookworm-security
                Components: main contrib
                Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

                """)
        #expect(try unpack([], sources, Self.recipe()) == nil)
        #expect(try unpack([apt], [], Self.recipe()) == nil)
        for path in [place, "etc/apt/sources.list"] {
            let own = Self.recipe { $0.files = [.init(path: path, content: .text("own"))] }
            #expect(try unpack([apt], sources, own) == (path == place ? "own" : nil))
        }
    }

    @Test("a later level adds to what dpkg knows of those below")
    func levels() throws {
        let bench = try AssemblyBench()
        bench.assembler.take(
            configured: LayerContents([
                .directory("var"), .directory("var/lib"), .directory("var/lib/dpkg"),
                .file("var/lib/dpkg/status", bytes: Array("Package: low\nStatus: install ok installed\n\n".utf8)),
            ]))
        let layer = try bench.assembler.unpack(
            BaseLevel(recipe: Self.recipe(), packages: [try bench.package("app", [])], archives: []))
        let status = try #require(try Self.text(layer, "var/lib/dpkg/status"))
        #expect(
            status.hasPrefix(
                "Package: low\nStatus: install ok installed\n\nPackage: app\nStatus: install ok unpacked\n"))
    }

    @Test("a package of another architecture, or twice, is refused")
    func refused() throws {
        let bench = try AssemblyBench()
        let foreign = try bench.package(DebFile("app", architecture: "arm64"))
        let level = BaseLevel(recipe: Self.recipe(), packages: [foreign], archives: [])
        #expect(throws: AssemblyError.wrongArchitecture(package: "app", architecture: "arm64", wanted: "amd64")) {
            try bench.assembler.unpack(level)
        }
        let twice = try [bench.package("app", []), bench.package("app", version: "2", [])]
        #expect(throws: AssemblyError.duplicatePackage("app")) {
            try bench.assembler.unpack(BaseLevel(recipe: Self.recipe(), packages: twice, archives: []))
        }
    }
}
