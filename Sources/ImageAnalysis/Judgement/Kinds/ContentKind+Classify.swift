package import Binaries
package import Core

extension ContentKind {
    /// Says what a file is by its name and its first bytes.
    ///
    /// What the place says comes first where a place has but one purpose (`.git`, package databases, caches), then what
    /// the bytes say, then the name, then whether the bytes read as text. Any bytes give an answer.
    /// - Parameters:
    ///   - path: where the file lies in the image.
    ///   - mode: its permission bits.
    ///   - head: its first bytes, all of them when it is short; empty for an empty file. 512 bytes are enough to tell
    ///     kinds apart, fewer make for coarser answers.
    package static func classify(path: BytePath, mode: UInt32, head: UnsafeRawBufferPointer) -> ContentKind {
        if head.isEmpty { return .empty }
        let name = FileName(path)
        if let kind = ofPlace(path, name) { return kind }
        if let kind = ofBytes(head, mode: mode, name) { return kind }
        if let kind = ofSharedPlace(path) { return kind }
        if let kind = ofName(name, path, mode: mode) { return kind }
        if path.hasPrefix("var/log/") { return .log }
        let isText = looksLikeText(UnsafeRawBufferPointer(rebasing: head.prefix(1024)))
        if isText, path.hasPrefix("etc/") { return .configuration }
        return isText ? .text : .data
    }

    /// What an ELF file is, which its first bytes can leave open: a position-independent program and a library look
    /// alike there.
    package func refined(by binary: BinaryFacts?) -> ContentKind {
        guard let binary, self == .program || self == .sharedLibrary else { return self }
        switch binary.kind {
        case .executable, .positionIndependent: return .program
        case .sharedLibrary: return .sharedLibrary
        case .object, .core: return self
        }
    }

    // MARK: Places that have one purpose

    private static func ofPlace(_ path: BytePath, _ name: FileName) -> ContentKind? {
        var inPackages = false
        for place in path.specialDirectories {
            switch place {
            case .versionControl: return .versionControl
            case .cache: return .cache
            case .pythonMetadata: return .packageDatabase
            case .bytecode: if name.isOneOf(["pyc", "pyo"]) { return .bytecode }
            case .packages: inPackages = true
            }
        }
        if inPackages { return nil }
        for (prefix, kind) in purposes where path.hasPrefix(prefix) { return kind }
        if path == "etc/ld.so.cache" { return .cache }
        return nil
    }

    /// Directories by what all files in them are; the first that fits counts.
    private static let purposes: [(StaticString, ContentKind)] = [
        ("var/lib/apt/lists/", .cache), ("var/cache/debconf/", .packageDatabase),
        ("var/cache/", .cache), ("var/lib/dpkg/", .packageDatabase),
        ("var/lib/apt/", .packageDatabase), ("lib/apk/db/", .packageDatabase), ("usr/lib/apk/db/", .packageDatabase),
        ("etc/apk/", .packageDatabase), ("var/lib/rpm/", .packageDatabase),
        ("usr/lib/sysimage/rpm/", .packageDatabase), ("var/lib/pacman/", .packageDatabase),
        ("var/lib/dnf/", .cache), ("usr/share/zoneinfo/", .timeZones), ("usr/share/zoneinfo-icu/", .timeZones),
        ("usr/share/ca-certificates/", .certificates), ("usr/local/share/ca-certificates/", .certificates),
        ("usr/share/doc/", .documentation), ("usr/share/man/", .documentation), ("usr/man/", .documentation),
        ("usr/share/info/", .documentation), ("usr/share/gtk-doc/", .documentation),
        ("usr/share/help/", .documentation), ("usr/share/doc-base/", .documentation),
        ("usr/share/lintian/", .documentation), ("usr/local/share/man/", .documentation),
        ("usr/local/share/doc/", .documentation), ("usr/local/man/", .documentation),
        ("usr/share/locale/", .locale), ("usr/share/i18n/", .locale), ("usr/lib/locale/", .locale),
        ("usr/local/share/locale/", .locale),
    ]

    /// Directories whose files are mostly of one kind, but may be programs and the like too.
    private static func ofSharedPlace(_ path: BytePath) -> ContentKind? {
        if path.hasPrefix("usr/include/") || path.hasPrefix("usr/src/") || path.hasPrefix("usr/local/include/") {
            return .source
        }
        if path.hasPrefix("etc/ssl/certs/") || path.hasPrefix("etc/pki/ca-trust/") { return .certificates }
        if path.hasPrefix("usr/share/fonts/") { return .font }
        return nil
    }

    // MARK: Bytes

    private static func ofBytes(_ head: UnsafeRawBufferPointer, mode: UInt32, _ name: FileName) -> ContentKind? {
        switch head[0] {
        case 0x7f where head.starts(with: "\u{7f}ELF"): return ofELF(head, mode: mode, name)
        case UInt8(ascii: "!") where head.starts(with: "!<arch>\n") || head.starts(with: "!<thin>\n"):
            return name.isOneOf(["deb", "udeb"]) ? .archive : .staticLibrary
        case UInt8(ascii: "#") where head.starts(with: "#!"):
            // Modules often have the line too; they are scripts when they can be run.
            if mode & 0o111 == 0, let kind = FileName.kinds[name.suffix], kind == .source { return .source }
            return .script
        case UInt8(ascii: "T") where head.starts(with: "TZif"): return .timeZones
        case UInt8(ascii: "-") where head.starts(with: "-----BEGIN "): return ofPEM(head)
        case 0xca where head.count >= 8 && head.starts(with: [0xca, 0xfe, 0xba, 0xbe]):
            // The version of a class file; a Mach-O file of several architectures has a small count there.
            return head[6] != 0 || head[7] >= 0x2d ? .bytecode : .program
        case 0xfe where head.starts(with: [0xfe, 0xed, 0xfe, 0xed]): return .certificates
        case 0 where head.starts(with: [0, 0x61, 0x73, 0x6d]): return .bytecode
        case 0 where head.starts(with: [0, 1, 0, 0, 0]) && name.isOneOf(["ttf", "ttc"]): return .font
        case 0x89 where head.starts(with: [0x89, 0x50, 0x4e, 0x47]): return .image
        case 0xff where head.starts(with: [0xff, 0xd8, 0xff]): return .image
        case UInt8(ascii: "G") where head.starts(with: "GIF8"): return .image
        case UInt8(ascii: "w") where head.starts(with: "wOFF") || head.starts(with: "wOF2"): return .font
        case UInt8(ascii: "O") where head.starts(with: "OTTO"): return .font
        case 0xde where head.starts(with: [0xde, 0x12, 0x04, 0x95]): return .locale
        case 0x95 where head.starts(with: [0x95, 0x04, 0x12, 0xde]): return .locale
        case UInt8(ascii: "P") where head.starts(with: [0x50, 0x4b, 3, 4]) || head.starts(with: [0x50, 0x4b, 5, 6]):
            return name.name == "zoneinfo.zip" ? .timeZones : .archive
        case 0x1f where head.starts(with: [0x1f, 0x8b]): return ofCompressed(name)
        case 0xfd where head.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a]): return ofCompressed(name)
        case 0x28 where head.starts(with: [0x28, 0xb5, 0x2f, 0xfd]): return ofCompressed(name)
        case 0x42 where head.starts(with: "BZh"): return ofCompressed(name)
        case 0x37 where head.starts(with: [0x37, 0x7a, 0xbc, 0xaf]): return .archive
        default:
            return head.count >= 262 && UnsafeRawBufferPointer(rebasing: head[257..<262]).starts(with: "ustar")
                ? .archive : nil
        }
    }

    /// A compressed file is what its name says without the ending: a font, a kernel module; else an archive.
    private static func ofCompressed(_ name: FileName) -> ContentKind {
        switch name.innerSuffix {
        case "ko": .kernelModule
        case "pcf", "bdf", "psf", "psfu": .font
        case "1", "2", "3", "4", "5", "6", "7", "8", "info": .documentation
        case "svg": .image
        default: .archive
        }
    }

    /// https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
    private static func ofELF(_ head: UnsafeRawBufferPointer, mode: UInt32, _ name: FileName) -> ContentKind {
        guard head.count >= 18 else { return .data }
        let isLittle = head[5] != 2
        switch isLittle ? UInt16(head[16]) | UInt16(head[17]) << 8 : UInt16(head[17]) | UInt16(head[16]) << 8 {
        case 1: return name.suffix == "ko" ? .kernelModule : .objectFile
        case 2: return .program
        case 3:
            if hasInterpreter(head, isLittle: isLittle) { return name.isLibrary ? .sharedLibrary : .program }
            return name.isLibrary || mode & 0o111 == 0 ? .sharedLibrary : .program
        default: return .data
        }
    }

    /// Whether the program headers, as far as they are in the head, name a loader.
    private static func hasInterpreter(_ head: UnsafeRawBufferPointer, isLittle: Bool) -> Bool {
        func number(_ offset: Int, _ size: Int) -> Int {
            guard offset >= 0, offset <= head.count - size else { return 0 }
            var value: UInt64 = 0
            for index in 0..<size {
                value = value << 8 | UInt64(head[offset + (isLittle ? size - 1 - index : index)])
            }
            return Int(truncatingIfNeeded: value & 0xffff_ffff)
        }
        let is64 = head[4] == 2
        let table = number(is64 ? 32 : 28, is64 ? 8 : 4)
        let size = number(is64 ? 54 : 42, 2)
        let count = number(is64 ? 56 : 44, 2)
        guard size >= 32, table > 0 else { return false }
        var offset = table
        for _ in 0..<min(count, 64) {
            if offset > head.count - 4 { return false }
            if number(offset, 4) == 3 { return true }
            offset += size
        }
        return false
    }

    /// https://www.rfc-editor.org/rfc/rfc7468
    private static func ofPEM(_ head: UnsafeRawBufferPointer) -> ContentKind {
        var label: [UInt8] = []
        for byte in head.dropFirst(11).prefix(48) {
            if byte == UInt8(ascii: "-") || byte == 0x0a { break }
            label.append(byte)
        }
        let text = String(decoding: label, as: UTF8.self)
        if text.hasSuffix("PRIVATE KEY") || text == "PGP PRIVATE KEY BLOCK" { return .privateKey }
        return text.hasSuffix("CERTIFICATE") || text == "PKCS7" ? .certificates : .text
    }

    /// Whether the first bytes read as text: UTF-8 without control characters but those of layout.
    static func looksLikeText(_ head: UnsafeRawBufferPointer) -> Bool {
        var continuation = 0
        for byte in head {
            if continuation > 0 {
                if byte & 0xc0 != 0x80 { return false }
                continuation -= 1
            } else if byte < 0x20 {
                // Tab, line feed, form feed, carriage return, escape.
                guard byte >= 9 && byte <= 13 && byte != 11 || byte == 27 else { return false }
            } else if byte >= 0x80 {
                switch byte {
                case 0xc2...0xdf: continuation = 1
                case 0xe0...0xef: continuation = 2
                case 0xf0...0xf4: continuation = 3
                default: return false
                }
            }
        }
        return true
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func starts(with text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            for index in text.indices where text[index] != self[index] { return false }
            return true
        }
    }
}
