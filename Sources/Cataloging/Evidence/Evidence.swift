internal import Core

/// The kinds of files that tell what software is there, known by their paths.
enum Evidence: Hashable, CaseIterable {
    /// Names the distribution.
    case osRelease
    case dpkgStatus
    /// One package a file, as images without a package manager have it.
    case dpkgPart
    /// What files a package brought.
    case dpkgList, dpkgSums
    case dpkgDiversions
    /// Licenses of a Debian package.
    case debianCopyright
    case apkInstalled
    case rpmDatabase
    /// What is not yet moved into the database.
    case rpmLog
    case pythonMetadata
    case pythonFiles
    case nodeManifest
    case gemSpecification
    case javaArchive

    /// Bytes of the largest file of its kind that is looked at.
    var sizeLimit: Int64 {
        switch self {
        case .dpkgStatus, .apkInstalled, .rpmDatabase, .rpmLog, .javaArchive: 64 << 20
        case .dpkgList, .dpkgSums, .pythonFiles: 16 << 20
        case .osRelease, .dpkgPart, .dpkgDiversions, .debianCopyright, .pythonMetadata, .nodeManifest,
            .gemSpecification:
            4 << 20
        }
    }

    /// What a path is evidence of. Quick, as every file of every layer is asked about.
    static func of(_ path: BytePath) -> Evidence? {
        path.bytes.withUnsafeBytes { bytes in
            // The last byte settles most paths.
            switch bytes.last {
            case UInt8(ascii: "r"), UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "g"):
                if let found = archive(bytes) { return found }
            default: break
            }
            switch bytes.first {
            case UInt8(ascii: "e"): return bytes.equals("etc/os-release") ? .osRelease : language(bytes)
            case UInt8(ascii: "l"): return bytes.equals("lib/apk/db/installed") ? .apkInstalled : language(bytes)
            case UInt8(ascii: "u"): return distribution(inUsr: bytes) ?? language(bytes)
            case UInt8(ascii: "v"): return distribution(inVar: bytes) ?? language(bytes)
            default: return language(bytes)
            }
        }
    }

    private static func distribution(inUsr bytes: UnsafeRawBufferPointer) -> Evidence? {
        if bytes.hasPrefix("usr/lib/") {
            if bytes.equals("usr/lib/os-release") { return .osRelease }
            if bytes.equals("usr/lib/apk/db/installed") { return .apkInstalled }
            return rpm(bytes, below: "usr/lib/sysimage/rpm/")
        }
        guard bytes.hasPrefix("usr/share/") else { return nil }
        if bytes.hasPrefix("usr/share/doc/") {
            return bytes.hasSuffix("/copyright") && bytes.slashes == 4 ? .debianCopyright : nil
        }
        return rpm(bytes, below: "usr/share/rpm/")
    }

    private static func distribution(inVar bytes: UnsafeRawBufferPointer) -> Evidence? {
        if bytes.hasPrefix("var/lib/dpkg/") {
            if bytes.equals("var/lib/dpkg/status") { return .dpkgStatus }
            if bytes.equals("var/lib/dpkg/diversions") { return .dpkgDiversions }
            guard bytes.slashes == 4 else { return nil }
            if bytes.hasPrefix("var/lib/dpkg/info/") { return bytes.hasSuffix(".list") ? .dpkgList : nil }
            guard bytes.hasPrefix("var/lib/dpkg/status.d/") else { return nil }
            return bytes.hasSuffix(".md5sums") ? .dpkgSums : .dpkgPart
        }
        return rpm(bytes, below: "var/lib/rpm/")
    }

    private static func rpm(_ bytes: UnsafeRawBufferPointer, below directory: StaticString) -> Evidence? {
        guard bytes.hasPrefix(directory) else { return nil }
        let name = UnsafeRawBufferPointer(rebasing: bytes[directory.utf8CodeUnitCount...])
        if name.equals("rpmdb.sqlite") || name.equals("Packages.db") || name.equals("Packages") { return .rpmDatabase }
        return name.equals("rpmdb.sqlite-wal") ? .rpmLog : nil
    }

    private static let archives: [StaticString] = [
        ".jar", ".war", ".ear", ".par", ".sar", ".nar", ".jpi", ".hpi", ".kar",
    ]

    private static func archive(_ bytes: UnsafeRawBufferPointer) -> Evidence? {
        archives.contains { bytes.hasSuffix($0) } ? .javaArchive : nil
    }

    private static func language(_ bytes: UnsafeRawBufferPointer) -> Evidence? {
        switch bytes.last {
        case UInt8(ascii: "A"):
            return bytes.hasSuffix(".dist-info/METADATA") ? .pythonMetadata : nil
        case UInt8(ascii: "D"):
            return bytes.hasSuffix(".dist-info/RECORD") ? .pythonFiles : nil
        case UInt8(ascii: "O"):
            return bytes.hasSuffix(".egg-info/PKG-INFO") || bytes.hasSuffix("/EGG-INFO/PKG-INFO")
                ? .pythonMetadata : nil
        case UInt8(ascii: "o"):
            return bytes.hasSuffix(".egg-info") ? .pythonMetadata : nil
        case UInt8(ascii: "t"):
            return bytes.hasSuffix(".egg-info/installed-files.txt") ? .pythonFiles : nil
        case UInt8(ascii: "n"):
            return bytes.hasSuffix("/package.json") && isNodePackage(bytes) ? .nodeManifest : nil
        case UInt8(ascii: "c"):
            return bytes.hasSuffix(".gemspec") && isGemSpecification(bytes) ? .gemSpecification : nil
        default: return nil
        }
    }

    /// `…/node_modules/NAME/package.json` or `…/node_modules/@SCOPE/NAME/package.json`; Debian has its own place.
    private static func isNodePackage(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let package = bytes.withoutLastComponent
        guard package.lastComponent.first != UInt8(ascii: "@") else { return false }
        var directory = package.withoutLastComponent
        if directory.lastComponent.first == UInt8(ascii: "@") { directory = directory.withoutLastComponent }
        return directory.lastComponent.equals("node_modules") || directory.equals("usr/share/nodejs")
    }

    private static func isGemSpecification(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var directory = bytes.withoutLastComponent
        if directory.lastComponent.equals("default") { directory = directory.withoutLastComponent }
        return directory.lastComponent.equals("specifications")
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && hasPrefix(text)
    }

    fileprivate func hasPrefix(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length else { return false }
        return text.withUTF8Buffer { self[..<length].elementsEqual($0) }
    }

    fileprivate func hasSuffix(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length else { return false }
        return text.withUTF8Buffer { self[(count - length)...].elementsEqual($0) }
    }

    fileprivate var slashes: Int { reduce(0) { $0 + ($1 == UInt8(ascii: "/") ? 1 : 0) } }

    fileprivate var lastComponent: UnsafeRawBufferPointer {
        guard let slash = lastIndex(of: UInt8(ascii: "/")) else { return self }
        return UnsafeRawBufferPointer(rebasing: self[(slash + 1)...])
    }

    fileprivate var withoutLastComponent: UnsafeRawBufferPointer {
        guard let slash = lastIndex(of: UInt8(ascii: "/")) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: self[..<slash])
    }
}
