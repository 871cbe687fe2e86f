import Core
import Debian
import Glibc
import HostOS
import SampanTestSupport

/// Packages files of a few lines.
enum TestIndex {
    /// Maps a text as a Packages file.
    static func raw(
        _ text: String, suite: String = "bookworm", priority: SuitePriority = .normal
    ) throws -> PackageIndex {
        let directory = try TemporaryDirectory("index")
        let file = try FileDescriptor.open(directory.path("Packages"), O_RDWR | O_CREAT | O_EXCL)
        try file.write(Array(text.utf8))
        return try PackageIndex(MappedFile(file), suite: suite, architecture: "amd64", priority: priority)
    }

    /// Makes an index from packages written short, one a line: `name version; Depends: a (>= 1), b; Essential: yes`.
    static func make(
        _ packages: String, suite: String = "bookworm", priority: SuitePriority = .normal
    ) throws -> PackageIndex {
        try raw(packages.split(separator: "\n").map(stanza).joined(separator: "\n"), suite: suite, priority: priority)
    }

    private static func stanza(_ line: Substring) -> String {
        let parts = line.split(separator: ";").map { part in
            String(part.drop { $0 == " " })
        }
        let head = parts[0].split(separator: " ")
        let (name, version) = (String(head[0]), head.count > 1 ? String(head[1]) : "1")
        var lines = ["Package: \(name)", "Version: \(version)"] + parts.dropFirst()
        if !parts.contains(where: { $0.hasPrefix("Architecture:") }) { lines.append("Architecture: amd64") }
        return
            (lines + [
                "Filename: pool/\(name)_\(version).deb", "Size: 100",
                "SHA256: \(SHA256.digest(of: "\(name) \(version)").hex)", "",
            ]).joined(separator: "\n")
    }
}
