// As of 2026-11-21. Debian's part is compared by a test with bases as they are assembled. Alpine's names what its
// small image is known to have (alpine-baselayout, musl 1.2, busybox, ca-certificates-bundle, apk-tools of 3.21), and was
// not compared with one; the rules of its loader are tried with musl itself. https://pkgs.alpinelinux.org/contents
internal import Binaries
internal import Core
internal import Layers

/// What the bases offer that programs are put on, as layers without bytes: enough for a loader to look at.
enum BaseTable: String, CaseIterable {
    case scratch
    case `static`
    case base
    case cc
    case alpine

    /// - Returns: nil when there is no such base for the architecture.
    func layer(_ architecture: String) -> LayerFacts? {
        var files = BaseFiles()
        switch self {
        case .scratch:
            break
        case .static:
            guard Self.isDebian(architecture) else { return nil }
            Self.addDebian(to: &files)
        case .base, .cc:
            guard Self.isDebian(architecture) else { return nil }
            Self.addDebian(to: &files)
            Self.addLibraries(of: self == .cc ? ["base", "cc"] : ["base"], architecture, to: &files)
        case .alpine:
            guard let name = Self.muslNames[architecture] else { return nil }
            Self.addAlpine(name, architecture, to: &files)
        }
        return files.layer
    }

    // MARK: - Debian

    private static func isDebian(_ architecture: String) -> Bool { ["amd64", "arm64"].contains(architecture) }

    private static func addDebian(to files: inout BaseFiles) {
        for name in ["bin", "lib", "sbin"] { files.link(name, to: "usr/\(name)") }
        files.file("etc/ssl/certs/ca-certificates.crt")
        files.file(
            "etc/passwd",
            """
            root:x:0:0:root:/root:/sbin/nologin
            nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
            nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin

            """)
        files.file("etc/group", "root:x:0:\nnobody:x:65534:\ntty:x:5:\nstaff:x:50:\nnonroot:x:65532:\n")
        files.file("etc/nsswitch.conf", "hosts: files dns\n")
        files.file("usr/share/zoneinfo/UTC")
        for name in ["tmp", "var/tmp"] { files.directory(name, mode: 0o1777) }
        files.directory("root", mode: 0o700)
        files.directory("home/nonroot", mode: 0o700, owner: 65532)
    }

    private static func addLibraries(of bases: [String], _ architecture: String, to files: inout BaseFiles) {
        let table = architecture == "amd64" ? DebianBaseTable.amd64 : DebianBaseTable.arm64
        let triple = LoaderDirectories.triples[architecture] ?? ""
        for line in table.split(separator: "\n") {
            let groups = line.split(separator: "|").map { $0.split(separator: " ").map(String.init) }
            guard let head = groups.first, head.count >= 2, bases.contains(head[0]) else { continue }
            let name = head[1].hasSuffix(":") ? String(head[1].dropLast()) : head[1]
            var facts = library(architecture)
            facts.soname = name
            facts.needed = Array(head.dropFirst(2))
            facts.versionDefinitions = [name]
            for group in groups.dropFirst() where !group.isEmpty {
                facts.versionDefinitions += group.dropFirst().map { group[0] + $0 }
            }
            files.library("usr/lib/\(triple)/\(name)", facts)
        }
        if architecture == "amd64" {
            files.link("lib64", to: "usr/lib64")
            files.link("usr/lib64/ld-linux-x86-64.so.2", to: "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
        } else {
            files.link("usr/lib/ld-linux-aarch64.so.1", to: "aarch64-linux-gnu/ld-linux-aarch64.so.1")
        }
    }

    // MARK: - Alpine

    private static let muslNames = [
        "amd64": "x86_64", "arm64": "aarch64", "386": "i386", "arm": "armhf", "ppc64le": "powerpc64le",
        "s390x": "s390x", "riscv64": "riscv64", "loong64": "loongarch64",
    ]

    private static func addAlpine(_ name: String, _ architecture: String, to files: inout BaseFiles) {
        let loader = "ld-musl-\(name).so.1"
        var musl = library(architecture)
        musl.soname = "libc.musl-\(name).so.1"
        files.library("lib/\(loader)", musl)
        files.link("lib/libc.musl-\(name).so.1", to: loader)
        for (path, needed) in [
            ("usr/lib/libz.so.1", []), ("usr/lib/libcrypto.so.3", []), ("usr/lib/libssl.so.3", ["libcrypto.so.3"]),
            ("usr/lib/libapk.so.2.14.0", ["libcrypto.so.3", "libz.so.1", "libssl.so.3"]),
        ] {
            var facts = library(architecture)
            facts.soname = path.split(separator: "/").last.map(String.init)
            facts.needed = needed + ["libc.musl-\(name).so.1"]
            files.library(path, facts)
        }
        var busybox = library(architecture)
        busybox.kind = .positionIndependent
        busybox.interpreter = "/lib/\(loader)"
        busybox.needed = ["libc.musl-\(name).so.1"]
        files.library("bin/busybox", busybox)
        for tool in ["bin/sh", "bin/ash", "usr/bin/env"] { files.link(tool, to: "/bin/busybox") }
        files.file("etc/ssl/certs/ca-certificates.crt")
        files.link("etc/ssl/cert.pem", to: "certs/ca-certificates.crt")
        files.file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n")
        files.file("etc/group", "root:x:0:root\nnobody:x:65534:\n")
        files.file("etc/nsswitch.conf", "hosts: files dns\n")
        for name in ["tmp", "var/tmp"] { files.directory(name, mode: 0o1777) }
        files.directory("root", mode: 0o700)
    }

    private static func library(_ architecture: String) -> BinaryFacts {
        BinaryFacts(
            kind: .sharedLibrary, bits: ["386", "arm"].contains(architecture) ? 32 : 64,
            isLittleEndian: architecture != "s390x", architecture: architecture, isDynamic: true)
    }
}
