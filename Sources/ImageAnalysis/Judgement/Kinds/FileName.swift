internal import Core

/// The last component of a path taken apart: what follows its last dot, and what follows the one before.
struct FileName {
    /// Lower case; empty when it is too long to be one of those that mean something.
    let name: String
    /// What follows the last dot, in lower case; empty when there is none, or the name starts with it.
    let suffix: String
    /// What follows the dot before the last one: `tar` of `a.tar.gz`.
    let innerSuffix: String

    /// Long enough for all that is looked for, and short enough to be kept without allocation.
    private static let limit = 15

    init(_ path: BytePath) {
        let bytes = path.name
        name = bytes.count <= Self.limit ? Self.lower(bytes) : ""
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > bytes.startIndex else {
            suffix = ""
            innerSuffix = ""
            return
        }
        suffix = bytes.endIndex - dot - 1 <= Self.limit ? Self.lower(bytes[(dot + 1)...]) : ""
        let stem = bytes[..<dot]
        if let inner = stem.lastIndex(of: UInt8(ascii: ".")), inner > stem.startIndex,
            stem.endIndex - inner - 1 <= Self.limit
        {
            innerSuffix = Self.lower(stem[(inner + 1)...])
        } else {
            innerSuffix = ""
        }
        isVersionedLibrary = Self.hasLibraryVersion(bytes)
    }

    private var isVersionedLibrary = false

    /// Whether the name is that of a shared library: `libc.so`, `libc.so.6`, `module.cpython-311-x86_64-linux-gnu.so`.
    var isLibrary: Bool { suffix == "so" || isVersionedLibrary }

    func isOneOf(_ suffixes: Set<String>) -> Bool { suffixes.contains(suffix) }

    /// Whether the name has `.so.` followed by digits and dots alone.
    private static func hasLibraryVersion(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while let last = rest.last, last == UInt8(ascii: ".") || (0x30...0x39).contains(last) { rest = rest.dropLast() }
        return rest.count < bytes.count && rest.count > 3 && rest.suffix(3).elementsEqual(".so".utf8)
    }

    private static func lower(_ bytes: ArraySlice<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count) { out in
            for (index, byte) in bytes.enumerated() {
                // What is no ASCII is not looked for; as text it need only be different.
                out[index] = byte >= 0x80 ? 0x3f : (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
            }
            return bytes.count
        }
    }

    /// What a file is by the ending of its name.
    static let kinds: [String: ContentKind] = {
        var kinds: [String: ContentKind] = [:]
        for (kind, suffixes) in table {
            for suffix in suffixes.split(separator: " ") { kinds[String(suffix)] = kind }
        }
        return kinds
    }()

    private static let table: [(ContentKind, String)] = [
        (
            .source,
            """
            c h cc cpp cxx c++ hpp hh hxx inc go rs swift py pyi pyx pxd rb java kt kts scala groovy pl pm pod t php \
            lua ts mts cts tsx jsx mjs cjs js cs fs vb hs lhs ml mli el lisp scm clj erl hrl ex exs s asm f for f90 f95 \
            m mm m4 ac am cmake mk proto thrift tcl vala vapi d zig nim r jl dart sql y l ll td def idl in gyp gypi
            """
        ),
        (.script, "sh bash zsh fish csh ksh awk sed bat ps1"),
        (.documentation, "md markdown rst adoc asciidoc texi info man pdf ps tex chm"),
        (.configuration, "conf cfg ini toml yaml yml properties service socket timer target env desktop rules list"),
        (.text, "txt json xml csv tsv jsonl dtd xsd xsl xslt"),
        (.webAsset, "html htm xhtml css scss sass less map wasm"),
        (.image, "png jpg jpeg gif webp svg svgz ico bmp tif tiff xpm xcf avif"),
        (.font, "ttf otf ttc woff woff2 eot pfb pfa afm pcf bdf psf"),
        (.archive, "jar war ear zip tar tgz txz tbz2 gz xz bz2 zst 7z deb udeb rpm apk whl egg gem crate nupkg"),
        (.bytecode, "pyc pyo class elc beam luac"),
        (.staticLibrary, "a rlib"),
        (.objectFile, "o swiftmodule rmeta"),
        (.locale, "mo gmo po pot"),
        (.certificates, "crt cer p7b p7c jks"),
        (.log, "log"),
    ]

    /// Names that say what a file is without an ending.
    static let names: [String: ContentKind] = [
        "readme": .documentation, "license": .documentation, "licence": .documentation, "copying": .documentation,
        "copyright": .documentation, "notice": .documentation, "authors": .documentation,
        "changelog": .documentation, "changes": .documentation, "news": .documentation, "history": .documentation,
        "contributors": .documentation, "install": .documentation, "license.txt": .documentation,
        "copying.lib": .documentation, "readme.txt": .documentation, "license-mit": .documentation,
        "license-apache": .documentation, "changelog.txt": .documentation, "thanks": .documentation,
        "makefile": .source, "gnumakefile": .source, "cmakelists.txt": .source, "rakefile": .source,
        "dockerfile": .source, "containerfile": .source, "go.mod": .source, "go.sum": .source,
        ".bashrc": .configuration, ".profile": .configuration, ".gitconfig": .configuration,
        ".npmrc": .configuration, ".netrc": .configuration, ".env": .configuration, "cacerts": .certificates,
    ]
}

extension ContentKind {
    /// What a name alone says.
    static func ofName(_ name: FileName, _ path: BytePath, mode: UInt32) -> ContentKind? {
        if let kind = FileName.names[name.name] { return kind }
        guard let kind = FileName.kinds[name.suffix] else { return nil }
        // The ending is right for what browsers fetch and for what servers run.
        if kind == .source, name.isOneOf(["js", "mjs"]), path.isServed { return .webAsset }
        if kind == .source, name.suffix == "js", name.innerSuffix == "min" { return .webAsset }
        if kind == .text || kind == .source, path.hasPrefix("etc/") { return .configuration }
        return kind
    }
}
