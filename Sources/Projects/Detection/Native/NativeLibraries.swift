/// Libraries that C and C++ programs are linked with, and the Debian packages that hold them.
struct NativeLibraries {
    /// Names as `-l` has them: `curl`.
    private(set) var names: [String] = []
    /// Names that no package is known for.
    private(set) var unknown: [String] = []

    /// What the C library and a compiler's runtime bring.
    private static let builtIn: Set<String> = [
        "c", "m", "pthread", "dl", "rt", "resolv", "util", "crypt", "stdc++", "gcc", "gcc_s", "gomp", "atomic",
        "stdc++fs", "anl", "nsl",
    ]

    /// `-l` name: package to build with, package to run with (nil: the base has it).
    private static let packages: [String: (build: String, run: String?)] = [
        "ssl": ("libssl-dev", nil), "crypto": ("libssl-dev", nil), "z": ("zlib1g-dev", "zlib1g"),
        "curl": ("libcurl4-openssl-dev", "libcurl4"), "sqlite3": ("libsqlite3-dev", "libsqlite3-0"),
        "png": ("libpng-dev", "libpng16-16"), "jpeg": ("libjpeg62-turbo-dev", "libjpeg62-turbo"),
        "xml2": ("libxml2-dev", "libxml2"), "lzma": ("liblzma-dev", "liblzma5"), "bz2": ("libbz2-dev", "libbz2-1.0"),
        "zstd": ("libzstd-dev", "libzstd1"), "uuid": ("uuid-dev", "libuuid1"), "yaml": ("libyaml-dev", "libyaml-0-2"),
        "event": ("libevent-dev", "libevent-2.1-7"), "uv": ("libuv1-dev", "libuv1"),
        "pcre2-8": ("libpcre2-dev", "libpcre2-8-0"), "ncurses": ("libncurses-dev", "libncurses6"),
        "readline": ("libreadline-dev", "libreadline8"), "pq": ("libpq-dev", "libpq5"),
        "microhttpd": ("libmicrohttpd-dev", "libmicrohttpd12"), "jansson": ("libjansson-dev", "libjansson4"),
        "cjson": ("libcjson-dev", "libcjson1"), "expat": ("libexpat1-dev", "libexpat1"), "ev": ("libev-dev", "libev4"),
        "gmp": ("libgmp-dev", "libgmp10"), "sodium": ("libsodium-dev", "libsodium23"),
        "archive": ("libarchive-dev", "libarchive13"), "seccomp": ("libseccomp-dev", "libseccomp2"),
        "cap": ("libcap-dev", "libcap2"), "hiredis": ("libhiredis-dev", "libhiredis0.14"),
        "zmq": ("libzmq3-dev", "libzmq5"),
    ]

    /// The names that CMake's `find_package` has for them.
    private static let cmakeNames: [String: [String]] = [
        "OpenSSL": ["ssl"], "ZLIB": ["z"], "CURL": ["curl"], "SQLite3": ["sqlite3"], "PNG": ["png"], "JPEG": ["jpeg"],
        "LibXml2": ["xml2"], "LibLZMA": ["lzma"], "BZip2": ["bz2"], "Curses": ["ncurses"], "PostgreSQL": ["pq"],
        "EXPAT": ["expat"], "LibArchive": ["archive"], "Threads": [],
    ]

    /// - Parameter words: of build files: `-lcurl` and what stands between.
    init(words: [String], packages found: [String] = []) {
        for word in words where word.hasPrefix("-l") && word.count > 2 { add(String(word.dropFirst(2))) }
        for package in found {
            if let names = Self.cmakeNames[package] {
                names.forEach { add($0) }
            } else if !unknown.contains(package) {
                unknown.append(package)
            }
        }
    }

    private mutating func add(_ name: String) {
        guard !Self.builtIn.contains(name), !names.contains(name) else { return }
        if Self.packages[name] != nil {
            names.append(name)
        } else if Words.isPlain(name), !unknown.contains(name) {
            unknown.append(name)
        }
    }

    /// Whether a word of `target_link_libraries` is a library of the system: targets of the project itself are no packages.
    static func isName(_ word: String) -> Bool { word.hasPrefix("-l") || packages[word] != nil }

    var buildPackages: [String] { unique(names.compactMap { Self.packages[$0]?.build }) }
    var runPackages: [String] { unique(names.compactMap { Self.packages[$0]?.run }) }

    private func unique(_ names: [String]) -> [String] { Set(names).sorted() }
}
