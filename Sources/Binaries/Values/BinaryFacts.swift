// https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html

/// What an ELF file says of itself, without running it.
package struct BinaryFacts: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// At a fixed address.
        case executable
        /// Executable at any address.
        case positionIndependent
        case sharedLibrary
        /// Not linked yet, a kernel module among them.
        case object
        case core
    }

    /// What is left of names and of what debuggers read.
    package enum Symbols: String, Sendable, Hashable, CaseIterable {
        case stripped, symbols, debugInfo
    }

    /// Something a program wants at run time that no loader tells of.
    package enum Need: String, Sendable, Hashable, CaseIterable {
        /// Talks TLS as a client: wants certificate authorities.
        case certificates
        /// Loads time zones by name.
        case timeZones
        /// Looks users or groups up.
        case users
        /// Resolves host names.
        case names
        /// Makes temporary files.
        case temporaryFiles
        /// Starts a shell or other programs.
        case shell
    }

    /// Versions of symbols that a library must offer.
    package struct VersionNeed: Sendable, Hashable {
        /// As in NEEDED, such as `libc.so.6`.
        package var library: String
        /// Such as `GLIBC_2.34`, in the order of the file; weak ones are left out.
        package var versions: [String]

        package init(library: String, versions: [String]) {
            self.library = library
            self.versions = versions
        }
    }

    package enum Relro: String, Sendable, Hashable, CaseIterable { case none, partial, full }

    package var kind: Kind
    /// 32 or 64.
    package var bits: Int
    package var isLittleEndian: Bool
    /// As OCI and Go name it (`amd64`, `arm64`, …), else `machine-` and ELF's number.
    package var architecture: String
    /// The program loader; nil for static programs and most libraries.
    package var interpreter: String?
    /// Whether there is anything for a loader to do.
    package var isDynamic: Bool
    /// Whether parts that its headers speak of lie beyond the end of the file.
    package var isCutOff = false
    /// DT_NEEDED, in the order of the file.
    package var needed: [String] = []
    package var soname: String?
    /// DT_RPATH and DT_RUNPATH, each split at its colons.
    package var rpath: [String] = []
    package var runpath: [String] = []
    package var versionNeeds: [VersionNeed] = []
    /// Versions that the file itself offers.
    package var versionDefinitions: [String] = []

    package var relro: Relro = .none
    /// Also when the file doesn't say, as loaders take it.
    package var hasExecutableStack = false
    /// As far as its symbols tell: of a stripped static program it isn't known.
    package var hasStackProtector = false
    package var symbols: Symbols = .stripped
    /// Bytes of sections that no run needs: symbol tables, and what debuggers read.
    package var symbolBytes: Int64 = 0
    package var debugBytes: Int64 = 0
    /// Of GNU's note, in hexadecimal.
    package var buildID: String?

    package var go: GoBuild?
    package var rust: RustBuild?
    package var swift: SwiftBuild?
    /// Of the file's own code, without that of the libraries it loads.
    package var needs: Set<Need> = []

    package init(kind: Kind, bits: Int, isLittleEndian: Bool, architecture: String, isDynamic: Bool) {
        self.kind = kind
        self.bits = bits
        self.isLittleEndian = isLittleEndian
        self.architecture = architecture
        self.isDynamic = isDynamic
    }

    /// Whether it is a program, which a kernel starts, and not a library.
    package var isProgram: Bool { kind == .executable || kind == .positionIndependent }
    /// Whether it starts without a loader.
    package var isStatic: Bool { interpreter == nil && needed.isEmpty }
}

/// What Go's linker wrote down. https://pkg.go.dev/runtime/debug#BuildInfo
package struct GoBuild: Sendable, Hashable {
    package struct Module: Sendable, Hashable {
        package var path: String
        package var version: String
        package var sum: String?

        package init(path: String, version: String, sum: String? = nil) {
            self.path = path
            self.version = version
            self.sum = sum
        }
    }

    package struct Dependency: Sendable, Hashable {
        package var module: Module
        package var replacement: Module?

        package init(_ module: Module, replacement: Module? = nil) {
            self.module = module
            self.replacement = replacement
        }
    }

    package struct Setting: Sendable, Hashable {
        package var key: String
        package var value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Such as `go1.22.1`.
    package var version: String
    /// The package of `main`.
    package var path: String?
    package var main: Module?
    package var dependencies: [Dependency] = []
    /// Such as `CGO_ENABLED` and `-trimpath`, in the order of the file.
    package var settings: [Setting] = []
    /// Packages that call C, in order; nil of programs that load no library, or hide their functions.
    package var packagesWithC: [String]?

    package init(version: String) { self.version = version }

    package subscript(setting: String) -> String? { settings.first { $0.key == setting }?.value }
}

/// What cargo-auditable wrote down. https://github.com/rust-secure-code/cargo-auditable
package struct RustBuild: Sendable, Hashable {
    package struct Crate: Sendable, Hashable {
        package var name: String
        package var version: String
        /// Such as `crates.io` or `local`.
        package var source: String
        /// Used while building alone.
        package var isBuildOnly: Bool
        package var isRoot: Bool

        package init(name: String, version: String, source: String, isBuildOnly: Bool, isRoot: Bool) {
            self.name = name
            self.version = version
            self.source = source
            self.isBuildOnly = isBuildOnly
            self.isRoot = isRoot
        }
    }

    /// Of rustc, from the comment section, when it is there.
    package var compiler: String?
    /// Empty when the program was not built to be audited.
    package var crates: [Crate] = []

    package init(compiler: String? = nil, crates: [Crate] = []) {
        self.compiler = compiler
        self.crates = crates
    }
}

/// How a Swift program comes by its runtime.
package struct SwiftBuild: Sendable, Hashable {
    /// Whether the runtime is inside the program.
    package var isRuntimeStatic: Bool
    /// From the comment section, when it is there.
    package var compiler: String?

    package init(isRuntimeStatic: Bool, compiler: String? = nil) {
        self.isRuntimeStatic = isRuntimeStatic
        self.compiler = compiler
    }
}
