import Binaries
import Core
import Inventory
import SampanTestSupport
import Testing

@testable import Cataloging

@Suite("Packages of apk and of languages")
struct LanguageTests {
    @Test("apk's database gives packages with their files")
    func apk() throws {
        let (packages, remarks) = try MemoryTree([
            "etc/os-release": "ID=alpine\nVERSION_ID=3.20.1\n",
            "lib/apk/db/installed": """
            C:Q1abc=
            P:ssl_client
            V:1.36.1-r29
            A:x86_64
            o:busybox
            L:GPL-2.0-only
            F:usr
            F:usr/bin
            R:ssl_client
            a:0:0:755
            R:absent

            P:musl
            V:1.2.5-r0
            A:x86_64
            L:MIT
            F:lib
            R:ld-musl-x86_64.so.1
            F:
            R:top

            P:broken

            """,
            "usr/bin/ssl_client": "x", "lib/ld-musl-x86_64.so.1": "x", "top": "x",
        ]).catalog()
        #expect(
            packages.map(\.url) == [
                "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1",
                "pkg:apk/alpine/ssl_client@1.36.1-r29?arch=x86_64&distro=alpine-3.20.1&upstream=busybox",
            ])
        #expect(packages.map(\.fileNames) == [["lib/ld-musl-x86_64.so.1", "top"], ["usr/bin/ssl_client"]])
        #expect(packages.map(\.component.licenses) == [["MIT"], ["GPL-2.0-only"]])
        #expect(remarks == ["/lib/apk/db/installed: the package broken has no version"])
    }

    @Test("Python's metadata and records, of wheels, eggs and single files")
    func python() throws {
        let site = "usr/lib/python3/dist-packages/"
        let (packages, remarks) = try MemoryTree([
            site + "PyYAML-6.0.dist-info/METADATA":
                "Metadata-Version: 2.1\nName: PyYAML\nVersion: 6.0\nLicense: MIT\n\nName: not this\n",
            site + "PyYAML-6.0.dist-info/RECORD":
                "yaml/__init__.py,sha256=x,1\n\"yaml/a,\"\"b.py\",,\n../../../bin/yaml,,\n/etc/yaml,,\nPyYAML-6.0.dist-info/RECORD,,\n",
            site + "yaml/__init__.py": "x", site + "yaml/a,\"b.py": "x", site + "yaml/other.py": "x",
            "usr/bin/yaml": "x", "etc/yaml": "x",
            site + "six.egg-info/PKG-INFO":
                "Name: six\nVersion: 1.16.0\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n",
            site + "six.egg-info/installed-files.txt": "../six.py\n",
            site + "six.py": "x",
            site + "old-1.egg-info": "Name: old\nVersion: 1\nLicense-Expression: MIT OR Apache-2.0\n",
            "opt/egg-2.egg/EGG-INFO/PKG-INFO": "Name: egg\nVersion: 2\n", "opt/egg-2.egg/egg.py": "x",
            "opt/bad.dist-info/METADATA": "Name: bad\n",
        ]).catalog()
        #expect(
            packages.map(\.url) == ["pkg:pypi/pyyaml@6.0", "pkg:pypi/egg@2", "pkg:pypi/old@1", "pkg:pypi/six@1.16.0"])
        #expect(packages[0].component.name == "PyYAML")
        #expect(
            packages[0].fileNames == [
                "etc/yaml", "usr/bin/yaml", site + "PyYAML-6.0.dist-info/METADATA",
                site + "PyYAML-6.0.dist-info/RECORD",
                site + "yaml/__init__.py", site + "yaml/a,\"b.py",
            ])
        #expect(packages[1].fileNames == ["opt/egg-2.egg/EGG-INFO/PKG-INFO", "opt/egg-2.egg/egg.py"])
        #expect(packages[2].fileNames == [site + "old-1.egg-info"])
        #expect(
            packages[3].fileNames == [
                site + "six.egg-info/PKG-INFO", site + "six.egg-info/installed-files.txt", site + "six.py",
            ])
        #expect(packages.map(\.component.licenses) == [["MIT"], [], ["MIT OR Apache-2.0"], ["MIT License"]])
        #expect(remarks == ["/opt/bad.dist-info/METADATA: names no Python package with its version"])
    }

    @Test("Node's manifests; packages inside of a package have their own files")
    func node() throws {
        let (packages, remarks) = try MemoryTree([
            "app/node_modules/a/package.json": #"{"name":"a","version":"1.0.0","license":"MIT"}"#,
            "app/node_modules/a/index.js": "x", "app/node_modules/a/z/node_modules.js": "x",
            "app/node_modules/a/node_modules/b/package.json":
                #"{"name":"@s/b","version":"2.0.0","licenses":[{"type":"ISC"},"BSD"]}"#,
            "app/node_modules/a/node_modules/b/b.js": "x", "app/node_modules/a/package.json.orig": "x",
            "app/node_modules/@s/c/package.json": #"{"name":"@s/c","version":"3.0.0","license":{"type":"MIT"}}"#,
            "app/node_modules/d/package.json": "{]", "app/node_modules/e/package.json": #"{"type":"module"}"#,
            "app/node_modules/a-b/x.js": "x",
        ]).catalog()
        #expect(packages.map(\.url) == ["pkg:npm/a@1.0.0", "pkg:npm/%40s/b@2.0.0", "pkg:npm/%40s/c@3.0.0"])
        #expect(
            packages[0].fileNames == [
                "app/node_modules/a/index.js", "app/node_modules/a/package.json",
                "app/node_modules/a/package.json.orig",
                "app/node_modules/a/z/node_modules.js",
            ])
        #expect(
            packages[1].fileNames == [
                "app/node_modules/a/node_modules/b/b.js", "app/node_modules/a/node_modules/b/package.json",
            ])
        #expect(packages.map(\.component.licenses) == [["MIT"], ["ISC", "BSD"], ["MIT"]])
        #expect(remarks.count == 2)
    }

    @Test("Ruby's specifications, as RubyGems writes them and as people do")
    func ruby() throws {
        let gems = "var/lib/gems/3.1.0/"
        let (packages, remarks) = try MemoryTree([
            gems + "specifications/rake-13.0.6.gemspec":
                "# -*- encoding: utf-8 -*-\n# stub: rake 13.0.6 ruby lib\n\nGem::Specification.new do |s|\n"
                + "  s.name = \"rake\".freeze\n  s.licenses = [\"MIT\".freeze, 'Ruby']\nend\n",
            gems + "gems/rake-13.0.6/lib/rake.rb": "x", gems + "gems/rake-13.0.60/x": "x",
            gems + "specifications/default/json-2.6.gemspec":
                "Gem::Specification.new do |spec|\n  spec.name = 'json'\n  spec.version = \"2.6\"\n  spec.license = \"Ruby\"\nend",
            gems + "gems/json-2.6/a": "x", gems + "specifications/bad.gemspec": "s.name = File.read('x')",
        ]).catalog()
        #expect(packages.map(\.url) == ["pkg:gem/json@2.6", "pkg:gem/rake@13.0.6"])
        #expect(packages[0].fileNames == [gems + "gems/json-2.6/a", gems + "specifications/default/json-2.6.gemspec"])
        #expect(
            packages[1].fileNames == [
                gems + "gems/rake-13.0.6/lib/rake.rb", gems + "specifications/rake-13.0.6.gemspec",
            ])
        #expect(packages.map(\.component.licenses) == [["Ruby"], ["MIT", "Ruby"]])
        #expect(remarks.count == 1)
    }

    private func program() -> BinaryFacts {
        BinaryFacts(kind: .executable, bits: 64, isLittleEndian: true, architecture: "amd64", isDynamic: false)
    }

    @Test("programs of Go name their modules, what replaced them, and Go's library")
    func go() throws {
        var build = GoBuild(version: "go1.22.1 X:boringcrypto")
        build.path = "example.com/shop/cmd/web"
        build.main = .init(path: "example.com/shop", version: "(devel)")
        build.dependencies = [
            .init(.init(path: "github.com/BurntSushi/toml", version: "v1.4.0")),
            .init(
                .init(path: "golang.org/x/net", version: "v0.1.0"),
                replacement: .init(path: "github.com/fork/net", version: "v0.2.0")),
            .init(
                .init(path: "example.com/local", version: "v0.0.0"), replacement: .init(path: "../local", version: "")),
        ]
        build.settings = [
            .init(key: "vcs.revision", value: "0123456789abcdef0123456789abcdef01234567"),
            .init(key: "vcs.time", value: "2024-05-01T10:20:30Z"),
        ]
        var facts = program()
        facts.go = build
        var tree = MemoryTree([String: String]())
        tree.binaries = [("usr/bin/web", facts)]
        let packages = try tree.catalog().packages
        #expect(
            packages.map(\.url) == [
                "pkg:golang/example.com/local", "pkg:golang/github.com/fork/net@v0.2.0",
                "pkg:golang/example.com/shop@v0.0.0-20240501102030-0123456789ab", "pkg:golang/stdlib@1.22.1",
                "pkg:golang/github.com/BurntSushi/toml@v1.4.0",
            ])
        #expect(packages.map(\.fileNames) == [[], [], ["usr/bin/web"], [], []])

        build.main = nil
        build.dependencies = []
        build.version = "devel +abc"
        facts.go = build
        tree.binaries = [("usr/bin/web", facts)]
        #expect(try tree.catalog().packages.map(\.url) == ["pkg:golang/example.com/shop/cmd/web"])
    }

    @Test(
        "a version that the linker was told counts",
        arguments: [
            ("-s -w -X main.version=1.18.1 -X main.date=2024", "v1.18.1"),
            ("-X 'a/b.Version=v2.0.0-rc1'", "v2.0.0-rc1"),
            ("-X=main.buildVersion=3.1", "v3.1"), ("-X main.version=dev", nil), ("-X main.version=", nil),
            ("-X main.goVersion=1.2", nil), ("-X version=1.2", nil), ("", nil), ("-X main.version=v", nil),
        ] as [(String, String?)])
    func linked(flags: String, version: String?) {
        #expect(GoVersion.linked(flags) == version)
    }

    @Test("programs of Rust name the crates that are in them")
    func rust() throws {
        var facts = program()
        facts.rust = RustBuild(crates: [
            .init(name: "app", version: "0.1.0", source: "local", isBuildOnly: false, isRoot: true),
            .init(name: "cc", version: "1.0.0", source: "crates.io", isBuildOnly: true, isRoot: false),
            .init(name: "serde", version: "1.0.1", source: "crates.io", isBuildOnly: false, isRoot: false),
        ])
        var tree = MemoryTree([String: String]())
        tree.binaries = [("usr/bin/app", facts)]
        let packages = try tree.catalog().packages
        #expect(packages.map(\.url) == ["pkg:cargo/app@0.1.0", "pkg:cargo/serde@1.0.1"])
        #expect(packages.map(\.fileNames) == [["usr/bin/app"], []])
    }
}
