import Binaries
import Core
import SampanTestSupport
import Testing

@testable import ImageAnalysis

@Suite("kinds of content")
struct KindsTests {
    private static func kind(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) -> ContentKind {
        bytes.withUnsafeBytes { ContentKind.classify(path: BytePath(cleaning: path), mode: mode, head: $0) }
    }

    private static func kind(_ path: String, _ text: String, mode: UInt32 = 0o644) -> ContentKind {
        kind(path, Array(text.utf8), mode: mode)
    }

    /// The head of an ELF file of 64 bits, with the types of its program headers.
    private static func elf(_ type: UInt8, _ headers: [UInt8] = [], isBig: Bool = false) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64 + headers.count * 56)
        bytes.replaceSubrange(0..<6, with: [0x7f, 0x45, 0x4c, 0x46, 2, isBig ? 2 : 1])
        bytes[isBig ? 17 : 16] = type
        bytes[isBig ? 39 : 32] = 64
        bytes[isBig ? 55 : 54] = 56
        bytes[isBig ? 57 : 56] = UInt8(headers.count)
        for (index, header) in headers.enumerated() { bytes[64 + index * 56 + (isBig ? 3 : 0)] = header }
        return bytes
    }

    @Test("ELF files are told by their type, then by loader, name and mode")
    func elf() {
        #expect(Self.kind("bin/a", Self.elf(2)) == .program)
        #expect(Self.kind("bin/a", Self.elf(3, [6, 3, 1])) == .program)
        #expect(Self.kind("bin/a", Self.elf(3, [6, 3, 1], isBig: true)) == .program)
        #expect(Self.kind("lib/libc.so.6", Self.elf(3, [6, 3, 1])) == .sharedLibrary)
        #expect(Self.kind("lib/libz.so.1.2.13", Self.elf(3, [1])) == .sharedLibrary)
        #expect(Self.kind("lib/m.cpython-311-x86_64-linux-gnu.so", Self.elf(3, [1]), mode: 0o755) == .sharedLibrary)
        #expect(Self.kind("bin/static-pie", Self.elf(3, [1, 2]), mode: 0o755) == .program)
        #expect(Self.kind("lib/plugin", Self.elf(3, [1])) == .sharedLibrary)
        #expect(Self.kind("lib/x.o", Self.elf(1)) == .objectFile)
        #expect(Self.kind("lib/modules/x.ko", Self.elf(1)) == .kernelModule)
        #expect(Self.kind("core", Self.elf(4)) == .data)
        #expect(Self.kind("bin/short", [0x7f, 0x45, 0x4c, 0x46, 2, 1]) == .data)
    }

    @Test("what reading a program tells overrides what its head says")
    func refined() {
        #expect(ContentKind.sharedLibrary.refined(by: ImageStack.binary(.positionIndependent)) == .program)
        #expect(ContentKind.program.refined(by: ImageStack.binary(.sharedLibrary)) == .sharedLibrary)
        #expect(ContentKind.program.refined(by: nil) == .program)
        #expect(ContentKind.kernelModule.refined(by: ImageStack.binary(.object)) == .kernelModule)
    }

    @Test(
        "texts are told by place and name",
        arguments: [
            ("etc/passwd", ContentKind.configuration), ("etc/ssl/openssl.cnf", .configuration),
            ("app/settings.yaml", .configuration), ("usr/share/doc/x/README", .documentation),
            ("app/README.md", .documentation), ("app/LICENSE", .documentation), ("app/readme", .documentation),
            ("usr/share/locale/de/x.po", .locale), ("usr/include/linux/types.h", .source),
            ("usr/include/c++/12/vector", .source), ("app/main.go", .source), ("app/Makefile", .source),
            ("app/x.py", .source), ("app/public/x.js", .webAsset), ("app/index.js", .source),
            ("app/node_modules/a/public/x.js", .webAsset), ("app/jquery.min.js", .webAsset), ("app/a.html", .webAsset),
            ("app/.git/HEAD", .versionControl), ("x/.svn/entries", .versionControl), ("app/.gitignore", .text),
            ("var/lib/dpkg/status", .packageDatabase), ("lib/apk/db/installed", .packageDatabase),
            ("usr/lib/python3/dist-packages/a-1.dist-info/METADATA", .packageDatabase),
            ("usr/lib/python3/dist-packages/a.egg-info/PKG-INFO", .packageDatabase),
            ("var/lib/apt/lists/x", .cache), ("var/cache/x", .cache), ("root/.cache/x", .cache),
            ("root/.npm/_cacache/x", .cache), ("etc/ld.so.cache", .cache), ("var/log/dpkg.log", .log),
            ("var/log/lastlog", .log), ("app/out.log", .log), ("app/notes.txt", .text), ("app/notes", .text),
            ("usr/share/zoneinfo/tzdata.zi", .timeZones), ("app/run.sh", .script),
            ("app/node_modules/x/.cache/y", .cache), ("a/cache/x", .text), ("gitx/.gitx", .text),
            ("usr/share/ca-certificates/mozilla/x.crt", .certificates), ("app/image.svg", .image),
        ])
    func texts(_ path: String, _ kind: ContentKind) {
        #expect(Self.kind(path, "some words\n") == kind)
    }

    @Test(
        "bytes say more than names",
        arguments: [
            ("a.txt", [0x89, 0x50, 0x4e, 0x47, 0x0d], ContentKind.image), ("x", [0xff, 0xd8, 0xff, 0xe0], .image),
            ("x", Array("GIF89a".utf8), .image), ("x", Array("wOF2".utf8), .font), ("x", Array("OTTO".utf8), .font),
            ("a.ttf", [0, 1, 0, 0, 0, 5], .font), ("a", Array("TZif2".utf8), .timeZones),
            ("a.jar", [0x50, 0x4b, 3, 4], .archive), ("go/lib/time/zoneinfo.zip", [0x50, 0x4b, 3, 4], .timeZones),
            ("a.tar.gz", [0x1f, 0x8b, 8], .archive), ("ls.1.gz", [0x1f, 0x8b, 8], .documentation),
            ("m.ko.xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], .kernelModule), ("x.pcf.gz", [0x1f, 0x8b, 8], .font),
            ("liba.a", Array("!<arch>\n".utf8), .staticLibrary), ("a.deb", Array("!<arch>\n".utf8), .archive),
            ("A.class", [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 0x34], .bytecode),
            ("fat", [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], .program), ("x.wasm", [0, 0x61, 0x73, 0x6d, 1], .bytecode),
            ("a/__pycache__/m.cpython-311.pyc", [0xa7, 0x0d, 0x0d, 0x0a], .bytecode),
            ("de.mo", [0xde, 0x12, 0x04, 0x95], .locale), ("cacerts", [0xfe, 0xed, 0xfe, 0xed], .certificates),
            ("x", [0, 1, 2, 3], .data), ("x", [0xc3, 0x28], .data), ("etc/x", [0, 1], .data), ("x", [0x80], .data),
        ])
    func bytes(_ path: String, _ bytes: [UInt8], _ kind: ContentKind) {
        #expect(Self.kind(path, bytes) == kind)
    }

    @Test("a tar archive is one by its magic alone")
    func tar() {
        var bytes = [UInt8](repeating: 0x61, count: 512)
        bytes.replaceSubrange(257..<262, with: "ustar".utf8)
        #expect(Self.kind("x", bytes) == .archive)
    }

    @Test("scripts are what can be run, modules with the same first line are sources")
    func scripts() {
        #expect(Self.kind("bin/x", "#!/bin/sh\n", mode: 0o755) == .script)
        #expect(Self.kind("bin/x.py", "#!/usr/bin/python3\n", mode: 0o755) == .script)
        #expect(Self.kind("lib/x.py", "#!/usr/bin/python3\n") == .source)
        #expect(Self.kind("bin/x", "#!/bin/sh\n") == .script)
    }

    @Test("keys and certificates are told by their label")
    func pem() {
        for label in ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY"] {
            #expect(Self.kind("etc/x.pem", "-----BEGIN \(label)-----\nAAAA") == .privateKey)
        }
        #expect(Self.kind("etc/x.pem", "-----BEGIN CERTIFICATE-----\nAAAA") == .certificates)
        #expect(Self.kind("x", "-----BEGIN PUBLIC KEY-----\nAAAA") == .text)
        #expect(Self.kind("x", "-----BEGIN ") == .text)
    }

    @Test("an empty file is empty, wherever it is")
    func empty() {
        #expect(Self.kind("usr/lib/libc.so.6", []) == .empty)
        #expect(Self.kind("app/.git/x", []) == .empty)
    }

    @Test("a character cut at the end of what was read is text still")
    func cut() {
        #expect(Self.kind("notes", Array("gr\u{fc}n".utf8.prefix(3))) == .text)
        #expect(Self.kind("notes", [UInt8](repeating: 0x61, count: 5000) + [0]) == .text)
    }

    @Test("any bytes under any name have a kind")
    func random() {
        var random = SeededGenerator(seed: 5)
        let starts: [[UInt8]] = [[], Self.elf(3, [3]), Array("-----BEGIN ".utf8), Array("#!".utf8), [0x1f, 0x8b]]
        for _ in 0..<3000 {
            var bytes = starts.randomElement(using: &random) ?? []
            bytes += random.bytes(Int.random(in: 0...80, using: &random))
            if !bytes.isEmpty, Bool.random(using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
                bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
            }
            let path = BytePath(cleaning: random.bytes(Int.random(in: 0...40, using: &random)))
            let kind = bytes.withUnsafeBytes { ContentKind.classify(path: path, mode: 0o644, head: $0) }
            #expect((kind == .empty) == bytes.isEmpty)
        }
    }
}
