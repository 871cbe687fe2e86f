import Core
import Testing

@testable import Cataloging

@Suite("Files that tell of packages")
struct EvidenceTests {
    @Test(
        "a path says what it is evidence of",
        arguments: [
            ("etc/os-release", .osRelease), ("usr/lib/os-release", .osRelease), ("opt/etc/os-release", nil),
            ("var/lib/dpkg/status", .dpkgStatus), ("var/lib/dpkg/status-old", nil),
            ("var/lib/dpkg/status.d/base", .dpkgPart), ("var/lib/dpkg/status.d/base.md5sums", .dpkgSums),
            ("var/lib/dpkg/status.d/a/b", nil), ("var/lib/dpkg/info/libc6:amd64.list", .dpkgList),
            ("var/lib/dpkg/info/libc6:amd64.md5sums", nil), ("var/lib/dpkg/diversions", .dpkgDiversions),
            ("usr/share/doc/libc6/copyright", .debianCopyright), ("usr/share/doc/a/b/copyright", nil),
            ("lib/apk/db/installed", .apkInstalled), ("usr/lib/apk/db/installed", .apkInstalled),
            ("var/lib/rpm/rpmdb.sqlite", .rpmDatabase), ("usr/lib/sysimage/rpm/Packages.db", .rpmDatabase),
            ("usr/share/rpm/Packages", .rpmDatabase), ("var/lib/rpm/Packages/x", nil),
            ("var/lib/rpm/rpmdb.sqlite-wal", .rpmLog),
            ("usr/lib/python3/dist-packages/idna-3.3.dist-info/METADATA", .pythonMetadata),
            ("app/idna-3.3.dist-info/RECORD", .pythonFiles), ("app/METADATA", nil),
            ("usr/lib/python3/dist-packages/six.egg-info/PKG-INFO", .pythonMetadata),
            ("usr/lib/python3/dist-packages/six-1.16.0.egg-info", .pythonMetadata),
            ("usr/lib/python3/x.egg-info/installed-files.txt", .pythonFiles), ("PKG-INFO", nil),
            ("app/node_modules/left-pad/package.json", .nodeManifest),
            ("app/node_modules/@types/node/package.json", .nodeManifest),
            ("node_modules/a/package.json", .nodeManifest), ("app/package.json", nil),
            ("app/node_modules/a/lib/package.json", nil), ("app/node_modules/@types/package.json", nil),
            ("usr/share/nodejs/acorn/package.json", .nodeManifest),
            ("usr/lib/ruby/gems/3.1.0/specifications/rake-13.gemspec", .gemSpecification),
            ("usr/lib/ruby/gems/3.1.0/specifications/default/json-2.gemspec", .gemSpecification),
            ("usr/lib/ruby/gems/3.1.0/gems/rake-13/rake.gemspec", nil),
            ("app/server.jar", .javaArchive), ("srv/a.war", .javaArchive), ("app/ajar", nil), ("", nil),
        ] as [(String, Evidence?)])
    func recognises(path: String, expected: Evidence?) {
        let path = BytePath(cleaning: path)
        #expect(Evidence.of(path) == expected)
        #expect(Catalog.wants(path, size: 1) == (expected != nil))
    }

    @Test("empty files and those beyond the limit are not wanted")
    func bounds() {
        #expect(!Catalog.wants("etc/os-release", size: 0))
        #expect(Catalog.wants("app.jar", size: Catalog.sizeLimit))
        #expect(!Catalog.wants("app.jar", size: Catalog.sizeLimit + 1))
        #expect(!Catalog.wants("app.jar", size: -1))
    }
}
