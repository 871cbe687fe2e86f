import Archive
import Core
import HostOS
import OCI
import SampanTestSupport

/// A registry with images that are made by hand, to be looked into.
struct InspectionSample {
    let work: Workspace
    let registry: TestRegistry

    var options: [String] { ["--insecure-registry", registry.authority] }

    init(_ name: String) throws {
        work = try Workspace(name)
        registry = try TestRegistry()
    }

    func name(_ repository: String) -> String { "\(registry.authority)/\(repository):1" }

    /// Two layers: the second adds, changes and removes.
    /// - Returns: the digests of their blobs.
    @discardableResult
    func addChanging(_ repository: String = "web") throws -> [Digest] {
        let lower = try TarFile.bytes([
            TarFile.directory("etc"), TarFile.file("etc/hosts", "127.0.0.1\n"), TarFile.file("etc/old", "gone\n"),
            TarFile.file("usr/share/big.txt", String(repeating: "0123456789\n", count: 5000)),
        ])
        let upper = try TarFile.bytes([
            TarFile.directory("etc"), TarFile.file("etc/.wh.old", ""), TarFile.file("etc/hosts", "127.0.0.2\n"),
            TarFile.file("srv/note", "first line\nsecond line\n"),
        ])
        return try registry.addImage([lower, upper], repository: repository, tag: "1").manifest.layers.map(\.digest)
    }

    /// Every kind of name that a terminal should not get as it is.
    static let hostileNames: [[UInt8]] = [
        Array("esc\u{1b}[2J\u{1b}]0;owned\u{7}".utf8), Array("csi\u{9b}31m".utf8), Array("line\nbreak\rreturn\t".utf8),
        Array("txt.\u{202e}exe".utf8), Array("zero\u{200b}width".utf8), [0x62, 0x61, 0x64, 0xff, 0xfe],
        Array("del\u{7f}".utf8), Array("tag\u{e0041}".utf8),
    ]

    func addHostile(_ repository: String = "evil") throws {
        let files = Self.hostileNames.map { name -> (TarHeader, [UInt8]) in
            (TarHeader(name: name, kind: .file, mode: 0o755, size: 4), Array("same".utf8))
        }
        let links = Self.hostileNames.map { name -> (TarHeader, [UInt8]) in
            (TarHeader(name: Array("l-".utf8) + name, kind: .symlink, linkName: name, mode: 0o777), [])
        }
        _ = try registry.addImage([try TarFile.bytes(files + links)], repository: repository, tag: "1")
    }

    /// Whether a text is safe for a terminal.
    static func isSafe(_ text: String) -> Bool {
        !text.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x0a: false
            case 0..<0x20, 0x7f...0x9f, 0x200b...0x200f, 0x202a...0x202e, 0xe0000...0xe0fff, 0xfffd: true
            default: false
            }
        }
    }
}
