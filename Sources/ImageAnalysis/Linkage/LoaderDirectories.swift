// https://man7.org/linux/man-pages/man8/ld.so.8.html and glibc's elf/dl-load.c; musl's ldso/dynlink.c
internal import Core

/// A program loader, and where it looks for libraries when nobody says where.
struct LoaderDirectories {
    enum Flavour: Sendable, Hashable { case glibc, musl }

    var flavour: Flavour
    /// In the order in which they are searched; without what the loader's cache lists.
    var directories: [BytePath]
    /// What `$LIB` stands for.
    var libraryToken: String
    /// Of glibc: paths by library name, from `/etc/ld.so.cache`.
    var cache: [String: [BytePath]] = [:]

    /// Of the loader that a program names, and that was found.
    /// - Parameter name: as the program has it; musl's own settings are named after it.
    init(name: String, loader: LinkTree.File, architecture: String, _ tree: LinkTree) {
        let real = String(decoding: loader.path.name, as: UTF8.self)
        if real.contains("musl") || real == "libc.so" || name.contains("ld-musl") {
            flavour = .musl
            libraryToken = "lib"
            directories = Self.musl(name, tree)
        } else {
            flavour = .glibc
            (directories, libraryToken) = Self.glibc(loader.path, architecture)
            directories = tree.configuredLibraryDirectories + directories
            cache = tree.loaderCache
        }
    }

    /// Of `/lib/ld-musl-x86_64.so.1` the file `/etc/ld-musl-x86_64.path`, else what is built in.
    private static func musl(_ name: String, _ tree: LinkTree) -> [BytePath] {
        let file = name.split(separator: "/").last.map(String.init) ?? ""
        if file.hasPrefix("ld-musl-"), let dot = file.range(of: ".so"),
            let text = tree.text(BytePath(cleaning: "/etc/\(file[..<dot])" + ".path"))
        {
            return text.split { $0 == ":" || $0 == "\n" }.map { BytePath(cleaning: String($0)) }
        }
        return ["lib", "usr/local/lib", "usr/lib"]
    }

    /// glibc's directories are built in, too. Where the loader lies tells which build it is: Debian's lies in the
    /// directory of its architecture and looks there; Red Hat's in `/lib64`, as does one that someone put there alone.
    private static func glibc(_ loader: BytePath, _ architecture: String) -> ([BytePath], String) {
        let directory = loader.parent.description
        let triple = Self.triples[architecture]
        let multiarch = triple.map { ["lib/\($0)", "usr/lib/\($0)"] } ?? []
        let plain = ["lib", "usr/lib"]
        let wide = ["lib64", "usr/lib64"]
        let names: [String]
        if let triple, directory.hasSuffix(triple) {
            names = multiarch + plain
        } else if directory.hasSuffix("lib64") {
            names = wide + multiarch + plain
        } else {
            names = multiarch + plain + wide
        }
        let token = triple.map {
            directory.hasSuffix($0) ? "lib/\($0)" : directory.hasSuffix("lib64") ? "lib64" : "lib"
        }
        return (names.map { BytePath(cleaning: $0) }, token ?? "lib")
    }

    /// Debian's directories by architecture. https://wiki.debian.org/Multiarch/Tuples
    static let triples = [
        "amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu", "arm": "arm-linux-gnueabihf",
        "386": "i386-linux-gnu", "riscv64": "riscv64-linux-gnu", "ppc64le": "powerpc64le-linux-gnu",
        "s390x": "s390x-linux-gnu", "mips64le": "mips64el-linux-gnuabi64", "loong64": "loongarch64-linux-gnu",
    ]
}

extension String {
    fileprivate func range(of part: String) -> String.Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(part) { return index }
            index = self.index(after: index)
        }
        return nil
    }
}
