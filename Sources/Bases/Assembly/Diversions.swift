// https://man7.org/linux/man-pages/man1/dpkg-divert.1.html
private import Core
internal import Debian

/// Finds maintainer scripts that move files of other packages aside. Without running them, the files of both packages
/// would fight for one path, so such packages are refused.
enum Diversions {
    /// - Throws: ``AssemblyError/diversion(package:script:line:)``.
    static func check(_ package: DebPackage) throws(AssemblyError) {
        // Those that run when a package is removed only take diversions away.
        for script in [DebPackage.Script.preinst, .postinst] {
            guard let bytes = package.scripts[script], let line = added(in: bytes) else { continue }
            throw .diversion(package: package.name, script: script.rawValue, line: String(line.prefix(200)))
        }
    }

    /// The first command that adds a diversion. `--add` is what dpkg-divert does when no other action is named.
    static func added(in script: [UInt8]) -> String? {
        for line in lines(of: script) where line.contains("dpkg-divert") {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("#") { continue }
            for command in line.split(whereSeparator: { ";|&(){}`".contains($0) }) {
                if isAdding(command.split(whereSeparator: { $0 == " " || $0 == "\t" })) { return String(line) }
            }
        }
        return nil
    }

    /// Lines of a shell script, with those that a backslash continues joined.
    private static func lines(of script: [UInt8]) -> [String] {
        var out: [String] = []
        var joined: [UInt8] = []
        for line in script.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.last == UInt8(ascii: "\\") {
                joined += line.dropLast() + [UInt8(ascii: " ")]
            } else {
                out.append(String(decoding: joined + line, as: UTF8.self))
                joined = []
            }
        }
        if !joined.isEmpty { out.append(String(decoding: joined, as: UTF8.self)) }
        return out
    }

    private static let otherActions: Set<Substring> = [
        "--remove", "--list", "--listpackage", "--truename", "--help", "--version", "-?",
    ]
    /// Commands that only look for the program.
    private static let lookups: Set<Substring> = ["-v", "which", "type", "-x", "-e", "-f", "hash", "echo", "test"]

    private static func isAdding(_ words: [Substring]) -> Bool {
        func isProgram(_ word: Substring) -> Bool {
            word.drop { $0 == "\"" || $0 == "'" }.prefix { $0 != "\"" && $0 != "'" }.split(separator: "/").last
                == "dpkg-divert"
        }
        guard let at = words.firstIndex(where: isProgram) else { return false }
        let arguments = words[(at + 1)...]
        if arguments.contains("--add") { return true }
        if arguments.contains(where: otherActions.contains) || words[..<at].contains(where: lookups.contains) {
            return false
        }
        return arguments.contains { !$0.hasPrefix("-") && !$0.hasPrefix(">") && !$0.hasPrefix("2>") }
    }
}
