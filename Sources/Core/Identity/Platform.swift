// https://github.com/opencontainers/image-spec/blob/main/image-index.md#platform-variants
// Normalisation follows containerd's platforms package, so that both name a platform alike.

/// An operating system, an architecture and its variant, in normal form.
package struct Platform: Hashable, Sendable, CustomStringConvertible {
    package var os: String
    package var architecture: String
    package var variant: String?

    /// Normalises names: `x86_64` is `amd64`, `aarch64` is `arm64`; `arm64/v8`, `amd64/v1` and `arm/v7` are what
    /// the bare names mean (`arm` keeps `v7` written out, as image indexes do).
    package init(os: String, architecture: String, variant: String? = nil) {
        var architecture = architecture.lowercased()
        var variant = variant.flatMap { $0.isEmpty ? nil : $0.lowercased() }
        switch architecture {
        case "x86_64", "x86-64", "amd64":
            architecture = "amd64"
            if variant == "v1" { variant = nil }
        case "aarch64", "arm64":
            architecture = "arm64"
            if variant == "8" || variant == "v8" { variant = nil }
        case "armhf":
            architecture = "arm"
            variant = "v7"
        case "armel":
            architecture = "arm"
            variant = "v6"
        case "arm":
            switch variant {
            case nil, "7": variant = "v7"
            case "5", "6", "8": variant = "v" + variant!
            default: break
            }
        case "i386", "i486", "i586", "i686", "386":
            architecture = "386"
            variant = nil
        default: break
        }
        self.os = os.lowercased() == "macos" ? "darwin" : os.lowercased()
        self.architecture = architecture
        self.variant = variant
    }

    /// Reads `os/arch[/variant]`, or `arch` or `os` alone as docker does (the rest is the host's).
    package init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 3, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isAllowed) }) else {
            return nil
        }
        switch parts.count {
        case 1:
            if Self.systems.contains(parts[0].lowercased()) {
                self.init(os: parts[0], architecture: Platform.host.architecture, variant: Platform.host.variant)
            } else if Self.architectures.contains(Platform(os: "linux", architecture: parts[0]).architecture) {
                self.init(os: "linux", architecture: parts[0])
            } else {
                return nil
            }
        case 2: self.init(os: parts[0], architecture: parts[1])
        default: self.init(os: parts[0], architecture: parts[1], variant: parts[2])
        }
    }

    private static let systems: Set = ["linux", "windows", "darwin", "macos", "freebsd"]
    private static let architectures: Set = [
        "amd64", "arm64", "arm", "386", "riscv64", "ppc64le", "s390x", "mips64le", "mips64", "loong64",
    ]

    /// Whether system and architecture are ones that images are made for.
    package var isKnown: Bool { Self.systems.contains(os) && Self.architectures.contains(architecture) }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The platform of the machine this program was built for.
    package static var host: Platform {
        #if arch(x86_64)
            Platform(os: "linux", architecture: "amd64")
        #elseif arch(arm64)
            Platform(os: "linux", architecture: "arm64")
        #else
            #error("add this architecture's name")
        #endif
    }

    package var description: String {
        variant.map { "\(os)/\(architecture)/\($0)" } ?? "\(os)/\(architecture)"
    }

    /// Whether an image for `self` runs on a machine of `host` without emulation.
    package func runs(on host: Platform) -> Bool {
        guard os == host.os else { return false }
        if architecture == host.architecture { return true }
        return host.architecture == "amd64" && architecture == "386"
    }

    /// How well an image made for `self` serves someone who wants `wanted`: 0 is exact, larger is worse, nil is not
    /// at all. A lower variant serves a higher one (arm/v6 on arm/v7; amd64 on amd64/v2).
    package func distance(from wanted: Platform) -> Int? {
        guard os == wanted.os, architecture == wanted.architecture else { return nil }
        if variant == wanted.variant { return 0 }
        let have = Self.level(variant, architecture)
        let want = Self.level(wanted.variant, architecture)
        return have <= want ? want - have : nil
    }

    private static func level(_ variant: String?, _ architecture: String) -> Int {
        guard let variant else { return architecture == "arm64" ? 8 : 1 }
        return Int(variant.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
    }
}
