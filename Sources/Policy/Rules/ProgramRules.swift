import Core
import ImageAnalysis
import Layers

/// Finds programs by their names, in the directories that programs are in.
enum NamedPrograms {
    private static let directories: Set<String> = ["bin", "sbin", "busybox"]

    /// Files and links that can be started; hard links count each.
    static func find(
        _ input: PolicyInput, except allowed: [PathPattern], what: String, hint: String, isMeant: (String) -> Bool
    ) -> [PolicyFinding] {
        var list = FindingList()
        for node in input.nodes where node.entry.isSymlink || node.entry.isFile && node.entry.mode & 0o111 != 0 {
            let parent = String(decoding: node.path.parent.name, as: UTF8.self)
            guard directories.contains(parent), isMeant(String(decoding: node.path.name, as: UTF8.self)),
                !allowed.contains(where: { $0.matches(node.path) })
            else { continue }
            list.add(
                PolicyFinding(
                    "\(SafeText.path(node.path)) is \(what)", hint: hint, path: node.path,
                    place: input.place(of: node), weight: node.entry.size))
        }
        return list.findings
    }

    /// Whether a name is one of some, perhaps with a version: `python3.11`, `gcc-12`.
    static func isOne(_ name: String, of names: Set<String>) -> Bool {
        if names.contains(name) { return true }
        var stem = Substring(name)
        while let last = stem.last, last.isNumber || last == "." || last == "-" { stem.removeLast() }
        return stem.count < name.count && names.contains(String(stem))
    }
}

enum ShellsRule: PolicyRule {
    static let name = "shells"
    static let title = "the image has no shell"
    static let help = "A shell is the first thing that an intruder looks for, and a service needs none."
    static let keys = [SettingKey("allow", .paths, "Shells that may stay.")]
    private static let names: Set<String> = [
        "sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "csh", "tcsh", "fish", "rbash", "busybox", "toybox",
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        NamedPrograms.find(
            input, except: settings.paths("allow"), what: "a shell",
            hint: "stand on a base without one, such as base:static, and copy the program there"
        ) { names.contains($0) }
    }
}

enum PackageManagersRule: PolicyRule {
    static let name = "package-managers"
    static let title = "the image has no package manager"
    static let help = "What installs packages at run time makes an image something else than was tested."
    static let keys = [SettingKey("allow", .paths, "Package managers that may stay.")]
    private static let names: Set<String> = [
        "apt", "apt-get", "aptitude", "dpkg", "apk", "yum", "dnf", "dnf5", "microdnf", "rpm", "zypper", "pacman",
        "opkg", "pip", "pipx", "poetry", "uv", "npm", "npx", "yarn", "pnpm", "corepack", "gem", "bundle", "composer",
        "conda", "mamba", "nix-env", "brew", "snap",
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        NamedPrograms.find(
            input, except: settings.paths("allow"), what: "a package manager",
            hint: "install in an earlier stage, and copy what is needed to a base without one"
        ) { NamedPrograms.isOne($0, of: names) }
    }
}

enum ToolchainsRule: PolicyRule {
    static let name = "toolchains"
    static let title = "the image has no compilers and build tools"
    static let help = "What built a program is not needed to run it, is large, and has vulnerabilities of its own."
    static let keys = [SettingKey("allow", .paths, "Tools that may stay.")]
    private static let names: Set<String> = [
        "gcc", "g++", "cc", "c++", "clang", "clang++", "cpp", "ld", "as", "make", "gmake", "cmake", "ninja", "meson",
        "go", "gofmt", "rustc", "cargo", "rustup", "javac", "jlink", "mvn", "gradle", "ant", "sbt", "kotlinc", "scalac",
        "swiftc", "swift-build", "dotnet-build", "msbuild", "ghc", "cabal", "stack", "ocamlopt", "dmd", "zig", "nasm",
        "autoconf", "automake", "libtool", "bison", "flex", "gdb", "lldb", "strace", "tsc", "bazel",
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        NamedPrograms.find(
            input, except: settings.paths("allow"), what: "a build tool",
            hint: "build in an earlier stage, and copy the result alone to the last one"
        ) { name in
            // x86_64-linux-gnu-gcc-12
            let triple = ["-linux-gnu-", "-linux-musl-", "-linux-gnueabihf-"].compactMap { name.firstRange(of: $0) }
                .first
            return NamedPrograms.isOne(triple.map { String(name[$0.upperBound...]) } ?? name, of: names)
        }
    }
}
