// https://go.dev/ref/mod#pseudo-versions, https://pkg.go.dev/cmd/link
internal import Binaries

/// Finds the version of a program of Go whose main module was built from a working copy.
enum GoVersion {
    /// The version that the linker put into a variable, else one made of the commit as Go makes them.
    static func told(by build: GoBuild) -> String? {
        build["-ldflags"].flatMap(linked) ?? committed(build)
    }

    /// `-X main.version=1.2.3` and the like.
    static func linked(_ flags: String) -> String? {
        for word in flags.split(whereSeparator: { " \t\n'\"".contains($0) }) {
            let word = word.hasPrefix("-X=") ? word.dropFirst(3) : word
            guard let equals = word.firstIndex(of: "="), let dot = word[..<equals].lastIndex(of: ".") else { continue }
            let variable = word[word.index(after: dot)..<equals].lowercased()
            guard variable == "version" || variable == "buildversion" || variable == "appversion" else { continue }
            let value = word[word.index(after: equals)...]
            guard let first = value.first(where: { $0 != "v" }), first.isNumber, value.contains("."),
                value.utf8.count <= 100
            else { continue }
            return value.hasPrefix("v") ? String(value) : "v" + value
        }
        return nil
    }

    private static func committed(_ build: GoBuild) -> String? {
        guard let revision = build["vcs.revision"], let time = build["vcs.time"], revision.utf8.count >= 12,
            revision.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        // `2024-05-01T10:20:30Z`, always in UTC.
        let digits = time.filter { $0.isASCII && $0.isNumber }
        guard digits.utf8.count == 14, time.hasSuffix("Z") else { return nil }
        return "v0.0.0-" + digits + "-" + revision.prefix(12)
    }
}
