internal import Cataloging
internal import Core
internal import Inventory
internal import Layers

/// What a file of the final tree is there for, when that is nothing that the image runs.
enum NeedlessKind {
    /// - Returns: nil for all that may be needed.
    static func of(_ entry: Entry, _ facts: ContentFacts?, _ owner: InstalledPackage?) -> Waste.Kind? {
        let path = entry.path
        let kind = facts?.kind ?? .data
        switch kind {
        case .versionControl: return .versionControl
        case .cache: return path.hasPrefix("var/lib/apt/lists/") ? .packageLists : cache(path)
        case .documentation: return isLicense(path) ? nil : .documentation
        case .packageDatabase: return isPackageLeftover(path) ? .packageCache : nil
        default: break
        }
        if isPackageLeftover(path) { return .packageCache }
        if path.isTestData { return .testData }
        if path.isDebugFile { return .debugInfo }
        if kind == .source, isCompiled(path) { return .source }
        if kind == .staticLibrary || kind == .objectFile || BuildTools.has(path) { return .buildTool }
        if let owner, BuildTools.has(owner.component) { return .buildTool }
        return nil
    }

    /// What has to go along with what it speaks of.
    private static func isLicense(_ path: BytePath) -> Bool {
        let name = path.name.prefix(9).map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        return ["copyright", "license", "licence", "copying", "notice"].contains { name.starts(with: $0.utf8) }
    }

    /// The loader's cache, that of font configuration and the like are read by programs.
    private static func cache(_ path: BytePath) -> Waste.Kind? {
        if path == "etc/ld.so.cache" || path.hasPrefix("var/cache/fontconfig/") || path.hasPrefix("var/cache/ldconfig/")
        {
            return nil
        }
        return .packageCache
    }

    /// What package managers keep outside of caches.
    private static func isPackageLeftover(_ path: BytePath) -> Bool {
        for prefix in leftovers where path.hasPrefix(prefix) { return true }
        guard path.bytes.suffix(4).elementsEqual("-old".utf8) else { return false }
        return path.hasPrefix("var/lib/dpkg/") || path.hasPrefix("var/cache/debconf/")
    }

    private static let leftovers: [StaticString] = [
        "root/go/pkg/mod/", "go/pkg/mod/", "root/.cargo/registry/", "usr/local/cargo/registry/", "root/.m2/",
        "root/.gradle/", "root/.nuget/", "root/.gem/", "root/.bundle/cache/", "root/.yarn/",
        "usr/local/share/.cache/", "opt/rustup/downloads/", "usr/local/rustup/downloads/",
    ]

    /// Sources that only compilers read; those of Python, Ruby and the like are what runs.
    private static func isCompiled(_ path: BytePath) -> Bool {
        compiled.contains(FileName(path).suffix)
    }

    private static let compiled: Set<String> = [
        "c", "h", "cc", "cpp", "cxx", "c++", "hpp", "hh", "hxx", "go", "rs", "swift", "java", "kt", "scala", "cs",
        "fs", "vb", "hs", "ml", "mli", "d", "zig", "nim", "s", "asm", "f", "f90", "m4", "ac", "am", "cmake", "mk",
        "pyx", "pxd", "vala", "cu", "y", "l", "proto", "idl",
    ]
}

extension BytePath {
    /// Whether the path is in tests of something that is installed, or in what tests read.
    var isTestData: Bool {
        var isInstalled = false
        var isTest = false
        forEachDirectory { name in
            if name.equals("testdata") || name.equals("__tests__") || name.equals("__fixtures__") {
                isTest = true
            } else if isInstalled, name.equals("test") || name.equals("tests") {
                isTest = true
            } else if name.equals("site-packages") || name.equals("dist-packages") || name.equals("node_modules")
                || name.equals("gems") || name.isPythonLibrary
            {
                isInstalled = true
            }
        }
        return isTest
    }

    /// Whether the path is that of debug information kept apart from its program.
    var isDebugFile: Bool {
        hasPrefix("usr/lib/debug/") || FileName(self).isOneOf(["debug", "dwo", "dwp"])
    }
}

extension ArraySlice<UInt8> {
    /// `python3.12` and the like.
    fileprivate var isPythonLibrary: Bool {
        count > 7 && starts(with: "python3.".utf8)
    }
}
