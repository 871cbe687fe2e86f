internal import Core
internal import Inventory

/// What makes programs and is needed by none that is made: compilers, linkers, and what they read.
enum BuildTools {
    /// Whether a package of a distribution is one for building.
    static func has(_ component: Component) -> Bool {
        let name = component.name
        switch component.ecosystem {
        case .deb: return debian.contains(name) || isDevelopment(name, "-dev") || isVersionOf(name, versioned)
        case .apk: return alpine.contains(name) || isDevelopment(name, "-dev")
        case .rpm: return rpm.contains(name) || isDevelopment(name, "-devel")
        default: return false
        }
    }

    private static func isDevelopment(_ name: String, _ ending: String) -> Bool { name.hasSuffix(ending) }

    /// `gcc-12`, `cpp-12`, `clang-14` and the like: a name, then a version.
    private static func isVersionOf(_ name: String, _ names: [String]) -> Bool {
        for start in names where name.utf8.starts(with: start.utf8) {
            let rest = name.utf8.dropFirst(start.utf8.count)
            guard let first = rest.first else { continue }
            // gcc-12-base and the like say who made a compiler's libraries, and are everywhere.
            if (0x30...0x39).contains(first), !name.hasSuffix("-base") { return true }
        }
        return false
    }

    private static let debian: Set<String> = [
        "gcc", "g++", "cpp", "binutils", "binutils-common", "make", "cmake", "cmake-data", "ninja-build", "meson",
        "build-essential", "dpkg-dev", "libdpkg-perl", "patch", "bison", "flex", "autoconf", "automake",
        "autotools-dev", "libtool", "pkg-config", "pkgconf", "pkgconf-bin", "gdb", "valgrind", "strace", "ltrace",
        "golang", "golang-go", "golang-src", "rustc", "cargo", "clang", "llvm", "lld", "debhelper", "m4", "git",
        "git-man", "mercurial", "mercurial-common", "subversion", "default-jdk", "default-jdk-headless", "maven",
        "gradle", "swig", "nasm", "yasm", "ccache", "fakeroot", "libfakeroot", "manpages-dev", "libc-dev-bin",
        "libc-devtools", "libctf0", "libctf-nobfd0", "libbinutils", "libgprofng0",
    ]
    private static let versioned = [
        "gcc-", "g++-", "cpp-", "clang-", "llvm-", "lld-", "golang-", "rustc-",
        // Libraries of sanitizers: programs that were built to be tested load them.
        "libasan", "libtsan", "liblsan", "libubsan", "libhwasan", "libcc1-",
    ]
    private static let alpine: Set<String> = [
        "gcc", "g++", "binutils", "make", "cmake", "ninja", "samurai", "meson", "build-base", "patch", "bison", "flex",
        "autoconf", "automake", "libtool", "pkgconf", "gdb", "valgrind", "strace", "go", "rust", "cargo", "clang",
        "llvm", "lld", "m4", "git", "mercurial", "subversion", "fortify-headers", "linux-headers", "openjdk17-jdk",
    ]
    private static let rpm: Set<String> = [
        "gcc", "gcc-c++", "cpp", "binutils", "make", "cmake", "ninja-build", "meson", "patch", "bison", "flex",
        "autoconf", "automake", "libtool", "pkgconf", "pkgconf-pkg-config", "gdb", "valgrind", "strace", "golang",
        "golang-bin", "golang-src", "rust", "cargo", "clang", "llvm", "lld", "m4", "git", "git-core", "rpm-build",
        "kernel-headers", "maven", "swig", "nasm", "ccache", "libasan", "libtsan", "liblsan", "libubsan", "libhwasan",
    ]

    /// Whether a path is one where toolchains lie that no package manager put there.
    static func has(_ path: BytePath) -> Bool {
        for prefix in prefixes where path.hasPrefix(prefix) { return true }
        return false
    }

    private static let prefixes: [StaticString] = [
        "usr/local/go/", "usr/local/cargo/", "usr/local/rustup/", "root/.cargo/", "root/.rustup/", "usr/lib/go-",
        "usr/local/include/", "usr/include/", "usr/libexec/gcc/", "usr/local/lib/gcc/", "opt/rustup/",
        "usr/lib/swift/clang/", "usr/share/swift/", "usr/share/maven/", "opt/maven/", "opt/gradle/",
    ]
}
